/** What `/ages` shows. */

import { z } from 'zod';
import { ageSchema } from '../../shared/sync/ages/age.ts';

export const agesSchema = z
  .object({
    ages: z.array(
      ageSchema.omit({ old: true }).extend({
        state: z.enum(['old', 'fresh', 'unknown']).meta({
          description:
            '`unknown`: there is no timestamp, or it was never read; `error` says why the latest look failed',
        }),
      }),
    ),
  })
  .meta({ id: 'Ages', description: 'Places that the catalogue has watched by `maxAge`' });
export type AgesView = z.infer<typeof agesSchema>;
