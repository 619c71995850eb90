/** What `/sync_status` answers as JSON. */

import { z } from 'zod';
import { closureSchema } from '../../shared/closures/closures.ts';
import { runSchema } from '../../shared/sync/run.ts';
import { progressSchema } from './runs.ts';

const activeRunSchema = runSchema
  .pick({
    id: true,
    kind: true,
    state: true,
    user: true,
    codes: true,
    createdAt: true,
    startedAt: true,
  })
  .extend({
    user: z.string().exactOptional().meta({ description: 'With a token only' }),
    progress: progressSchema,
  })
  .meta({ id: 'ActiveRun' });

export const statusSchema = z
  .object({
    running: z.boolean().meta({ description: 'Whether any run is queued or running' }),
    runs: z.array(activeRunSchema),
    waiting: z.int().meta({ description: 'Runs that wait, of all callers' }),
    closures: z
      .array(
        closureSchema.pick({ server: true, company: true, everything: true, until: true }).extend({
          reason: z.string().exactOptional().meta({ description: 'With a token only' }),
        }),
      )
      .meta({ description: 'What is closed for now, and until when' }),
  })
  .meta({ id: 'SyncStatus' });
