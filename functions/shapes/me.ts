/** Who asks, as he himself sees it. */

import { z } from 'zod';
import { askerMembers } from '../../shared/audit/asker.ts';
import { signInOfferSchema } from '../../shared/http/sign-in-offer.ts';
import { roles } from '../../shared/settings/settings.ts';

const rightsMembers = {
  roles: z.array(z.enum(roles)),
  codes: z
    .array(z.string())
    .meta({ description: 'Data sources that may be touched and seen; `*` for all' }),
  connections: z.array(z.string()).meta({ description: 'What dynsql may ask; `*` for all' }),
};

export const meSchema = z
  .object({
    name: z.string().meta({
      description: 'Of the API token, or of the account; in runs and the audit as `token`',
    }),
    principal: askerMembers.principal,
    ...rightsMembers,
    rights: z.array(z.object(rightsMembers).meta({ id: 'Rights' })).meta({
      description:
        'The same apart, as an account may have several app roles: a role holds for the data sources and connections beside it',
    }),
    expires: z.string().exactOptional().meta({
      description:
        'Of an API token, its first instant without it: a moment with its zone, or a day (UTC)',
    }),
    signIn: signInOfferSchema,
  })
  .meta({ id: 'Me' });
