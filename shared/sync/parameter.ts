/** Parameters of procedures and queries in a run's document. */

import { z } from 'zod';
import { clockSources, runSources } from '../catalog/index.ts';

export const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const parameterSchema = z
  .object({
    name: z.string(),
    type: z.string(),
    value: valueSchema,
    /**
     * Before it is known: in a plan that has not begun `user`, `run id`, `date of run`; of a check
     * when a stage began.
     */
    from: z.enum([...runSources, ...clockSources]).exactOptional(),
    /** Its value after the call is in `outputs`. */
    output: z.literal(true).exactOptional(),
    required: z.literal(true).exactOptional(),
    /** Of an output parameter: its value is in no record. */
    secret: z.literal(true).exactOptional(),
  })
  .meta({ id: 'ProcedureParameter' });
