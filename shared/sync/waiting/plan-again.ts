/** A run that has waited is planned again, with the catalogue of the worker that starts it. */

import type { Catalog } from '../../catalog/index.ts';
import type { Call } from '../call.ts';
import { type Plan, planStages } from '../plan.ts';
import type { Run } from '../run.ts';

/** The plan, and in words what a whole data source has lost; or why there is none. */
export type PlannedAgain = { plan: Plan; lost: string[] } | { why: string };

/**
 * Months are those of the asking. What a call names must still be there; of whole data sources what
 * is left is enough.
 */
export function planAgain(catalog: Catalog, run: Run): PlannedAgain {
  const { calls = [] } = run;
  const isGone = (code: string) => catalog.names(code) === undefined;
  const gone = [...new Set(calls.flatMap(({ codes }) => codes.filter(isGone)))];
  if (gone.length > 0) return { why: noLonger(gone.map((code) => `data source ${code}`)) };
  const missing = run.freshness.filter(
    (pair) => !codesOf(calls, pair).some((code) => has(catalog, code, pair.entity)),
  );
  const textOf = (pair: Pair) => `${pair.entity} of ${codesOf(calls, pair).join(', ')}`;
  const named = missing.filter((pair) =>
    calls.some((call) => names(call, codesOf(calls, pair), pair.entity)),
  );
  if (named.length > 0) return { why: noLonger(named.map(textOf)) };
  try {
    const plan = planStages(catalog, calls);
    if (plan.stages.length > 0) return { plan, lost: missing.map(textOf) };
    return { why: noLonger(missing.map(textOf)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { why: `The catalogue has changed: ${error.message}.` };
  }
}

/** What the plan asked for: an entity of a data source, or of one that stands for all areas. */
type Pair = Run['freshness'][number];

/** The data sources of the calls that an entity was planned for. */
function codesOf(calls: readonly Call[], { entity, code }: Pair): string[] {
  const named = calls.filter(({ names }) => names.includes(entity));
  const codes = [...new Set(named.flatMap((call) => call.codes))];
  return codes.includes(code) ? [code] : codes;
}

function has(catalog: Catalog, code: string, entity: string): boolean {
  return Object.hasOwn(catalog.names(code) ?? {}, entity);
}

/** Whether a call asks for it by name. */
function names({ codes, names, whole }: Call, wanted: readonly string[], entity: string): boolean {
  return !whole && names.includes(entity) && codes.some((code) => wanted.includes(code));
}

export function noLonger(what: readonly string[]): string {
  return `The catalogue no longer has ${what.join(', ')}.`;
}
