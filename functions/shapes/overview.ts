/** Cells of the overview as they go out, and what it is asked for by. */

import { z } from 'zod';
import { activeCellSchema } from '../../shared/board/overview/active-cells.ts';
import { cellSchema } from '../../shared/board/overview/cells.ts';
import { overviewSchema } from '../../shared/board/overview/overview.ts';
import { type Tool, tools } from '../../shared/board/overview/text.ts';
import { fault } from '../../shared/faults/member.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { runProgressSchema } from './run-views.ts';

export const cellsSchema = z
  .object({ cells: z.array(cellSchema.meta({ id: 'Cell' })) })
  .meta({ id: 'Cells' });

export const activeCellsSchema = z
  .object({ cells: z.array(activeCellSchema.meta({ id: 'ActiveCell' })) })
  .meta({ id: 'ActiveCells' });

/** With `progress=true`. */
export const liveOverviewSchema = overviewSchema
  .extend({
    runs: z
      .array(runProgressSchema.extend({ user: z.string() }))
      .exactOptional()
      .meta({ description: 'With `progress`: how far the runs are that have servers now' }),
  })
  .meta({ id: 'Overview' });

export const toolSchema = z.enum(tools);

/** Throws `HttpProblem` 400. */
export function toolOf(query: URLSearchParams): Tool {
  const value = query.get('tool') ?? 'curl';
  const known = toolSchema.safeParse(value);
  if (known.success) return known.data;
  const error = fault({ field: 'tool', value }, `one of ${tools.join(', ')}`);
  throw new HttpProblem('invalid-value', error.message, { errors: [error] });
}
