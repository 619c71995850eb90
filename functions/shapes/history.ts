/** How an entity went, run by run. */

import { z } from 'zod';
import { cellSchema } from '../../shared/board/overview/cells.ts';
import { periodSchema } from '../../shared/sync/call.ts';
import { checkStates } from '../../shared/sync/checks/check.ts';

const turnSchema = z
  .object({
    ...cellSchema.pick({ run: true, code: true, state: true, at: true }).shape,
    period: periodSchema
      .exactOptional()
      .meta({ description: 'The month of its data, where it is dated' }),
    tookMs: z.number().exactOptional().meta({
      description: 'Of a success: from its first stage’s beginning to its last one’s end',
    }),
    rows: z
      .record(z.string(), z.number())
      .exactOptional()
      .meta({ description: 'Of a success: by stage, as the server counts them' }),
    check: z.enum(checkStates).exactOptional().meta({ description: 'The worst of its checks' }),
  })
  .meta({ id: 'EntityTurn', description: 'An entity of a data source in one run' });
export type EntityTurn = z.infer<typeof turnSchema>;

export const durationsSchema = z
  .object({
    name: z.string(),
    turns: z.array(turnSchema).meta({ description: 'The newest run first' }),
    next: z
      .string()
      .regex(/^\/history\/durations\?/)
      .exactOptional()
      .meta({
        description: 'Path of older ones; a page is also shorter where reading them takes long',
        format: 'uri-reference',
      }),
  })
  .meta({ id: 'EntityDurations' });
