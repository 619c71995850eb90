/** A token as its own holder sees it. */

import { z } from 'zod';
import { roles } from '../../shared/settings/settings.ts';

export const meSchema = z
  .object({
    name: z.string().meta({ description: 'The token’s name in API_TOKENS' }),
    roles: z.array(z.enum(roles)),
    codes: z
      .array(z.string())
      .meta({ description: 'Data sources that it may touch and see; `*` for all' }),
    connections: z
      .array(z.string())
      .meta({ description: 'What dynsql may ask with it; `*` for all' }),
    expires: z.string().exactOptional().meta({
      description: 'Its first instant without the token: a moment with its zone, or a day (UTC)',
    }),
  })
  .meta({ id: 'Me' });
