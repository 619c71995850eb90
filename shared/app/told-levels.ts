/** What telemetry is told of what all workers share, by whichever of them the clock has called. */

import type { Facts } from '../board/overview/facts.ts';
import type { Queues } from '../storage/queues.ts';
import { measured } from '../telemetry/measurements.ts';
import { poisonQueue, watchedQueues } from './poison-queues.ts';

export function tellFacts({ servers, companies, ages }: Facts, now: Date): void {
  const to = measured();
  if (to === undefined) return;
  const ids = (runs: ({ id: string } | undefined)[]) =>
    new Set(runs.flatMap((run) => run?.id ?? [])).size;
  to.openRuns.record(ids(servers.map(({ run }) => run)), { state: 'running' });
  to.openRuns.record(ids(servers.flatMap(({ waiting }) => waiting)), { state: 'waiting' });
  const states = { starting: 0, loading: 0, following: 0, trouble: 0 };
  for (const { phase, trouble } of Object.values(companies)) {
    states[trouble === undefined ? phase : 'trouble'] += 1;
  }
  for (const [state, count] of Object.entries(states)) to.companies.record(count, { state });
  for (const { entity, code, place, oldAt, maxAgeMs } of ages) {
    if (oldAt === undefined) continue;
    const ageMs = now.getTime() - Date.parse(oldAt) + maxAgeMs;
    to.dataAge.record(Math.max(0, ageMs) / 1000, { entity, code, place });
  }
}

/** @throws storage's error, or the reason of `signal` */
export async function tellQueues(
  queues: Pick<Queues, 'length'>,
  signal: AbortSignal,
): Promise<void> {
  for (const queue of watchedQueues) {
    for (const [name, poison] of [
      [queue, false],
      [poisonQueue(queue), true],
    ] as const) {
      measured()?.queueMessages.record(await queues.length(name, signal), { queue, poison });
    }
  }
}
