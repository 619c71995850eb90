/**
 * A call: one entity, or whole data sources, for the months that were asked for. A run executes any
 * list of them.
 */

import { z } from 'zod';

export const periodSchema = z
  .object({ month: z.int().min(1).max(12), year: z.int() })
  .meta({ id: 'Period' });
export type Period = z.infer<typeof periodSchema>;

/** One end of a range: a month by name, or 0 for the current one, -1 for the one before. */
const rangeEndSchema = z.union([z.int().max(0), periodSchema]);

/** Months as somebody asked for them, before it was known which they are. */
export const askedMonthsSchema = z
  .object({
    month: z.int().max(12).exactOptional().meta({
      description: '1 to 12 of `year`; without one 0 for the current month, -1 for the one before',
    }),
    year: z.int().exactOptional(),
    // No tuple: clients that are generated from the document lose it on the way.
    months: z
      .array(rangeEndSchema)
      .length(2)
      .exactOptional()
      .meta({ description: 'From the first to the second, both included' }),
  })
  .meta({ id: 'AskedMonths', description: 'Months as they were asked for' });
export type AskedMonths = z.infer<typeof askedMonthsSchema>;

export const callSchema = z
  .object({
    /** Data sources, each once. */
    codes: z.array(z.string()),
    /** Entities in catalogue order; a source has those of them that the catalogue gives it. */
    names: z.array(z.string()),
    whole: z.boolean().meta({ description: 'No entity was named: whole data sources' }),
    periods: z
      .array(periodSchema)
      .exactOptional()
      .meta({ description: 'The months, the earliest first; absent where nothing is dated' }),
    asked: askedMonthsSchema.exactOptional(),
    retries: z.int().exactOptional().meta({ description: 'How often it is made again by itself' }),
    after: z.string().exactOptional().meta({ description: 'How long before that: `10m`' }),
  })
  .meta({ id: 'Call', description: 'What was asked for, with the months that it means' });
/** A call whose codes, names and months are known. */
export type Call = z.infer<typeof callSchema>;
