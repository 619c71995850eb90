/**
 * Cells: what is known of an entity of a data source. Each run says something of its own; put
 * together in any order, and however often, that is the same.
 */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { cut } from '../../sync/brief.ts';
import { periodSchema } from '../../sync/call.ts';
import { type CheckResult, checkStates } from '../../sync/checks/check.ts';
import { asked, checkText } from '../../sync/checks/outcome.ts';
import { comparePeriods } from '../../sync/period.ts';
import { hasEnded, type Run, type Stage } from '../../sync/run.ts';

export const cellStates = ['succeeded', 'failed', 'cancelled', 'skipped'] as const;

const newestSchema = z.record(z.string(), z.string().nullable());

const successSchema = z.object({
  run: z.string(),
  at: instantSchema,
  tookMs: z.number().meta({
    description: 'From the beginning of its first stage to the end of its last',
  }),
  rows: z.record(z.string(), z.number()).meta({
    description: 'By stage, as the server counts them; without stages under SET NOCOUNT ON',
  }),
  period: periodSchema.exactOptional().meta({ description: 'Its month; of several the last one' }),
  newest: newestSchema.exactOptional().meta({
    description: 'Freshness after it: the newest timestamps by place, as the server returned them',
  }),
});

const checkSchema = z.object({
  run: z.string(),
  at: instantSchema,
  state: z.enum(checkStates).meta({ description: 'The worst of its checks' }),
  what: z
    .string()
    .exactOptional()
    .meta({ description: 'Of one that does not agree: both sides, or why' }),
  agreedAt: instantSchema.exactOptional().meta({ description: 'When it agreed at last' }),
  firstAt: instantSchema
    .exactOptional()
    .meta({ description: 'When it was checked for the first time' }),
});
type Checked = z.infer<typeof checkSchema>;

export const cellSchema = z.object({
  code: z.string(),
  entity: z.string(),
  state: z.enum(cellStates).meta({ description: 'How it ended in the latest run that had it' }),
  run: z.string().meta({ description: 'That run' }),
  /** When it ended there. */
  at: instantSchema,
  error: z
    .object({ number: z.int().exactOptional(), message: z.string() })
    .exactOptional()
    .meta({ description: 'Of one that failed: the first error of its stages, in brief' }),
  success: successSchema.exactOptional().meta({ description: 'The latest one' }),
  check: checkSchema.exactOptional().meta({ description: 'What was checked at last' }),
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
    const check = checkOf(run, code, entity);
    const error = errorOf(stages);
    const cell: Cell = {
      ...{ code, entity, state, run: run.id, at },
      ...(error && { error }),
      ...(check && { check }),
    };
    if (state !== 'succeeded') return [cell];
    const { at: _, errors: __, ...newest } = after ?? { at: '' };
    const period = lastPeriod(stages);
    const success = {
      ...{ run: run.id, at, tookMs: tookMs(stages, at), rows: rowsOf(stages) },
      ...(period && { period }),
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
  const latest = later(withoutParts(one), withoutParts(other));
  const success = laterOf(one.success, other.success);
  const check = mergedCheck(one.check, other.check);
  return { ...latest, ...(success && { success }), ...(check && { check }) };
}

/** The later one, with the times that both know. */
function mergedCheck(one: Checked | undefined, other: Checked | undefined): Checked | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const latest = later(untimed(one), untimed(other));
  const agreed = [one, other].flatMap(({ agreedAt = [] }) => agreedAt).sort();
  const first = [one, other].flatMap(({ firstAt = [] }) => firstAt).sort();
  return {
    ...latest,
    ...(agreed.length > 0 && { agreedAt: agreed.at(-1) ?? '' }),
    ...(first.length > 0 && { firstAt: first[0] ?? '' }),
  };
}

function untimed({ agreedAt: _, firstAt: __, ...check }: Checked): Checked {
  return check;
}

function withoutParts({ success: _, check: __, ...cell }: Cell): Cell {
  return cell;
}

function laterOf<T extends { at: string; run: string }>(
  one: T | undefined,
  other: T | undefined,
): T | undefined {
  return one && other ? later(one, other) : (one ?? other);
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

/** Bytes: of both sides, of an error. */
const longestText = 200;

/** The worst of what was asked of the entity; what differs in two months is told once. */
function checkOf(run: Run, code: string, entity: string): Cell['check'] {
  const results = asked(run).filter((one) => one.entity === entity && one.code === code);
  const order: readonly CheckResult['state'][] = ['differs', 'unknown', 'agrees'];
  const [worst] = results.toSorted(
    (one, other) => order.indexOf(one.result.state) - order.indexOf(other.result.state),
  );
  if (worst === undefined) return undefined;
  const { state, at } = worst.result;
  const what = state === 'agrees' ? undefined : cut(checkText(worst), longestText);
  return {
    ...{ run: run.id, at, state, firstAt: at },
    ...(what !== undefined && { what }),
    ...(state === 'agrees' && { agreedAt: at }),
  };
}

function errorOf(stages: readonly Stage[]): Cell['error'] {
  const failed = stages.find(({ state }) => state === 'failed' || state === 'interrupted');
  if (failed?.error === undefined) return undefined;
  const { number, message } = failed.error;
  return { ...(number !== undefined && { number }), message: cut(message, longestText) };
}

function lastPeriod(stages: readonly Stage[]): Stage['period'] {
  const periods = stages.flatMap(({ period = [] }) => period);
  return periods.toSorted((one, other) => comparePeriods(other, one))[0];
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

/** Of all months together; without those of which nobody knows, under SET NOCOUNT ON. */
function rowsOf(stages: readonly Stage[]): Record<string, number> {
  const rows = new Map<string, number>();
  const uncounted = new Set<string>();
  for (const { stage, rows: counted } of stages) {
    if (counted?.statements === 0) uncounted.add(stage);
    if (counted !== undefined) rows.set(stage, (rows.get(stage) ?? 0) + counted.sum);
  }
  return Object.fromEntries([...rows].filter(([stage]) => !uncounted.has(stage)));
}
