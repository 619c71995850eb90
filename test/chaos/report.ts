/** What a failed episode leaves behind for whoever has to find out why. */

import type { ProcedureCall } from 'tds-sqlite';
import type { Run } from '../../shared/sync/run.ts';
import type { Fleet } from './fleet.ts';
import type { EpisodePlan } from './plan.ts';

export function report(
  plan: EpisodePlan,
  runs: readonly Run[],
  calls: readonly ProcedureCall[],
  fleet: Fleet,
): string {
  return [
    `Episode ${plan.number} failed: ${JSON.stringify(plan)}`,
    ...runs.map(describeRun),
    'Call log (milliseconds since the first call):',
    ...calls.map((call) => describeCall(call, calls[0]?.start ?? 0)),
    fleet.lastWords(),
  ].join('\n');
}

function describeRun(run: Run): string {
  const stages = run.stages.map(({ id, state, attempts }) => {
    const tried = attempts.map(
      ({ startedAt, endedAt, error }) =>
        `${time(startedAt)}-${time(endedAt)}${error === undefined ? '' : ` ${error.message}`}`,
    );
    return `  ${id} ${state}: ${tried.join('; ')}`;
  });
  const log = run.log.map(({ at, text }) => `  ${time(at)} ${text}`);
  return [
    `Run ${run.id} of ${run.codes} ${run.state}, locks ${JSON.stringify(run.locks)}`,
    ...stages,
    ...log,
  ].join('\n');
}

function time(at: string | undefined): string {
  return at?.slice(11, 23) ?? '?';
}

function describeCall(call: ProcedureCall, zero: number): string {
  const { id, server, database, session, procedure, parameters, start, end, outcome } = call;
  const span = `${(start - zero).toFixed(1)}-${end === undefined ? '?' : (end - zero).toFixed(1)}`;
  const at = new Date(start).toISOString().slice(11, 23);
  return `  ${id} ${at} ${span} ${server}/${database} session ${session} ${procedure} ${JSON.stringify(parameters)} ${outcome ?? 'running'}`;
}
