/**
 * Cells: what is known of an entity of a data source. Each run says something of its own; put
 * together in any order, and however often, that is the same.
 */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { hasEnded, type Run, type Stage } from '../../sync/run.ts';

export const cellStates = ['succeeded', 'failed', 'cancelled', 'skipped'] as const;

const newestSchema = z.record(z.string(), z.string().nullable());

const successSchema = z.object({
  run: z.string(),
  at: instantSchema,
  tookMs: z.number().meta({
    description: 'From the beginning of its first stage to the end of its last',
  }),
  rows: z
    .record(z.string(), z.number())
    .meta({ description: 'By stage, as the server counts them' }),
  newest: newestSchema.exactOptional().meta({
    description: 'Freshness after it: the newest timestamps by place, as the server returned them',
  }),
});

export const cellSchema = z.object({
  code: z.string(),
  entity: z.string(),
  state: z.enum(cellStates).meta({ description: 'How it ended in the latest run that had it' }),
  run: z.string().meta({ description: 'That run' }),
  at: instantSchema.meta({ description: 'When it ended there' }),
  success: successSchema.exactOptional().meta({ description: 'The latest one' }),
});
export type Cell = z.infer<typeof cellSchema>;

/** What a run says of each of its entities whose stages have all ended. */
export function cellsOf(run: Run): Cell[] {
  return run.freshness.flatMap(({ code, entity, after }) => {
    const stages = run.stages.filter(
      (stage) => stage.entity === entity && (stage.code === undefined || stage.code === code),
    );
    const at = endOf(stages) ?? run.endedAt;
    if (stages.length === 0 || at === undefined || !stages.every(hasEnded)) return [];
    const state = stateOf(stages);
    const cell: Cell = { code, entity, state, run: run.id, at };
    if (state !== 'succeeded') return [cell];
    const { at: _, errors: __, ...newest } = after ?? { at: '' };
    const success = {
      ...{ run: run.id, at, tookMs: tookMs(stages, at), rows: rowsOf(stages) },
      ...(Object.keys(newest).length > 0 && { newest }),
    };
    return [{ ...cell, success }];
  });
}

/** All that is known of each, by `cellKey`. */
export function withCells(
  known: ReadonlyMap<string, Cell>,
  found: readonly Cell[],
): Map<string, Cell> {
  const cells = new Map(known);
  for (const cell of found) {
    const key = cellKey(cell);
    const before = cells.get(key);
    cells.set(key, before === undefined ? cell : merged(before, cell));
  }
  return cells;
}

export const cellKey = ({ code, entity }: Pick<Cell, 'code' | 'entity'>) => `${code}/${entity}`;

function merged(one: Cell, other: Cell): Cell {
  const { success: _, ...latest } = later(one, other);
  const success =
    one.success && other.success
      ? later(one.success, other.success)
      : (one.success ?? other.success);
  return { ...latest, ...(success && { success }) };
}

/** Of two the one that was later; of the same run the one that says more. */
function later<T extends { at: string; run: string }>(one: T, other: T): T {
  const order = compare(one.at, other.at) || compare(one.run, other.run);
  if (order !== 0) return order > 0 ? one : other;
  return compare(JSON.stringify(one), JSON.stringify(other)) >= 0 ? one : other;
}

const compare = (one: string, other: string) => (one === other ? 0 : one < other ? -1 : 1);

function stateOf(stages: readonly Stage[]): Cell['state'] {
  const states = new Set(stages.map(({ state }) => state));
  if (states.has('failed') || states.has('interrupted')) return 'failed';
  if (states.has('cancelled')) return 'cancelled';
  return states.has('skipped') ? 'skipped' : 'succeeded';
}

function endOf(stages: readonly Stage[]): string | undefined {
  const ends = stages.flatMap(({ attempts }) => attempts.at(-1)?.endedAt ?? []);
  return ends.reduce<string | undefined>(
    (last, at) => (last === undefined || at > last ? at : last),
    undefined,
  );
}

function tookMs(stages: readonly Stage[], end: string): number {
  const begins = stages.flatMap(({ attempts }) => attempts[0]?.startedAt ?? []).map(Date.parse);
  return begins.length === 0 ? 0 : Math.max(0, Date.parse(end) - Math.min(...begins));
}

/** Of all months together. */
function rowsOf(stages: readonly Stage[]): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const { stage, rows: counted } of stages) {
    if (counted !== undefined) rows[stage] = (rows[stage] ?? 0) + counted.sum;
  }
  return rows;
}
