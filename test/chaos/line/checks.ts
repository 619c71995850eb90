/** What must hold of runs that have waited, by what the SQL Server saw. */

import type { ProcedureCall } from 'tds-sqlite';
import type { Run } from '../../../shared/sync/run.ts';
import type { Asked } from './client.ts';

/** @returns every rule that was broken, in words */
export function checkLine(
  runs: readonly Run[],
  asked: readonly Asked[],
  calls: readonly ProcedureCall[],
): string[] {
  return [...checkEnds(runs, asked), ...checkOnce(runs, calls), ...checkOrder(runs, asked, calls)];
}

function checkEnds(runs: readonly Run[], asked: readonly Asked[]): string[] {
  const ids = new Set(asked.map(({ id }) => id));
  const ended = runs.filter(({ id }) => ids.has(id));
  const missing = ids.size - ended.length;
  return [
    ...(ids.size === asked.length ? [] : ['two requests were answered by one run']),
    ...(missing === 0 ? [] : [`${missing} accepted runs are gone`]),
    ...ended
      .filter(({ state }) => state !== 'succeeded' && state !== 'interrupted')
      .map(({ id, state, reason }) => `run ${id} is ${state}: ${reason}`),
    // An export of HCS may not be repeated: its worker died in it. Nothing else ends so.
    ...ended
      .filter((run) => run.state === 'interrupted')
      .filter(({ stages }) => !stages.some(({ state }) => state === 'interrupted'))
      .map(({ id, reason }) => `run ${id} is interrupted: ${reason}`),
  ];
}

/** As often as its attempts say, and one success. */
function checkOnce(runs: readonly Run[], calls: readonly ProcedureCall[]): string[] {
  return runs.flatMap((run) => {
    const own = calls.filter(({ context }) => context === run.id);
    const attempts = run.stages.reduce((sum, stage) => sum + stage.attempts.length, 0);
    const done = own.filter(({ outcome }) => outcome === 'ok').length;
    const succeeded = run.stages.filter(({ state }) => state === 'succeeded').length;
    const isSaid = own.length <= attempts && done >= succeeded && done <= attempts;
    return isSaid
      ? []
      : [
          `run ${run.id}: ${own.length} calls, ${done} done, of ${attempts} attempts, ${succeeded} succeeded`,
        ];
  });
}

/** Clocks of workers agree with storage's to the second, and so does this machine's. */
const slackMs = 2_000;

/**
 * At each database, the only one of its server, the first calls of runs stand in the order of their
 * tickets. A ticket whose entry was not there when another run was found first may be behind it:
 * POSTs that are under way at the same time are in no order but the one that comes of it.
 */
function checkOrder(
  runs: readonly Run[],
  asked: readonly Asked[],
  calls: readonly ProcedureCall[],
): string[] {
  const told = new Map(asked.map((one) => [one.id, one]));
  const exports = calls.filter(({ database }) => database.toUpperCase() !== 'AB');
  return [...Map.groupBy(exports, ({ database }) => database)].flatMap(([database, own]) => {
    const begun = new Map<string, number>();
    for (const { context, start } of own) {
      begun.set(context, Math.min(begun.get(context) ?? start, start));
    }
    const order = runs
      .filter(({ id, ticket }) => begun.has(id) && ticket !== undefined)
      .sort((a, b) => (begun.get(a.id) ?? 0) - (begun.get(b.id) ?? 0));
    return order.flatMap((run, index) =>
      order
        .slice(index + 1)
        .filter(({ id, ticket = '' }) => {
          const answeredAt = told.get(id)?.answeredAt ?? Number.POSITIVE_INFINITY;
          return ticket < (run.ticket ?? '') && answeredAt + slackMs < foundFirstAt(run);
        })
        .map(({ ticket }) => `${database}: ticket ${run.ticket} came before ${ticket}`),
    );
  });
}

/** When a worker found that it was first in line; the last time, where that was broken off. */
function foundFirstAt({ log }: Run): number {
  const line = log.findLast(({ text }) => text.startsWith('It was first in line'));
  return line === undefined ? Number.NEGATIVE_INFINITY : Date.parse(line.at);
}
