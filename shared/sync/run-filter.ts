/** Which runs somebody looks for. */

import type { Run, RunState } from './run.ts';
import { summaryOf } from './summary.ts';
import type { RunSummary } from './syncs.ts';

/** A run must fit all that are there; of each list it must fit one. */
export interface RunFilter {
  states?: readonly RunState[];
  /** Data sources, of which it has at least one. */
  codes?: readonly string[];
  /** Entities, of which it has at least one. */
  names?: readonly string[];
  /** Who asked for it, in any case of letters. */
  user?: string;
  boards?: readonly string[];
  /** It was asked for at this moment or later. */
  from?: Date;
  /** It was asked for before this moment. */
  to?: Date;
  /** All of its data sources are among these. */
  within?: readonly string[];
}

/** @returns undefined where the summary leaves out what decides: the document has it */
export function fits(summary: RunSummary, filter: RunFilter): boolean | undefined {
  const { state, user, board, createdAt } = summary;
  const { states, boards, from, to } = filter;
  const asked = Date.parse(createdAt);
  const isOut =
    states?.includes(state) === false ||
    (filter.user !== undefined && sameLetters(user) !== sameLetters(filter.user)) ||
    (boards !== undefined && (board === undefined || !boards.includes(board))) ||
    (from !== undefined && asked < from.getTime()) ||
    (to !== undefined && asked >= to.getTime());
  if (isOut) return false;
  const lists = [
    hasOne(summary.codes, summary.moreCodes, filter.codes),
    hasOne(summary.names, summary.moreNames, filter.names),
    isWithin(summary, filter.within),
  ];
  if (lists.includes(false)) return false;
  return lists.includes(undefined) ? undefined : true;
}

/** The same of the whole run. */
export function runFits(run: Run, filter: RunFilter): boolean {
  return fits(summaryOf(run), filter) === true;
}

/** @param shown undefined: a run of an earlier version does not say */
function hasOne(
  shown: readonly string[] | undefined,
  more: number | undefined,
  wanted: readonly string[] | undefined,
): boolean | undefined {
  if (wanted === undefined || shown?.some((one) => wanted.includes(one))) return true;
  return shown === undefined || more !== undefined ? undefined : false;
}

function isWithin(
  { codes, moreCodes }: RunSummary,
  within: RunFilter['within'],
): boolean | undefined {
  if (within === undefined) return true;
  if (!codes.every((code) => within.includes(code))) return false;
  return moreCodes === undefined ? true : undefined;
}

const sameLetters = (text: string) => text.normalize().trim().toLowerCase();
