/** Somebody who wants a sync, and does not leave before it has begun. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import type { RunSummary } from '../../shared/sync/syncs.ts';
import type { Fleet } from './fleet.ts';
import type { World } from './world.ts';

const request = { month: 7, year: 2019, token: 'demo-token' };
/** The app itself answers within 30 s. */
const answerMs = 35_000;

/** Runs that were asked for under this name, the newest first; storage is read past all faults. */
export async function runsOf(world: World, user: string, signal: AbortSignal) {
  const { runs } = await world.state.runs.list({ limit: 50 }, signal);
  return runs.filter((run: RunSummary) => run.user === user);
}

/**
 * Asks one worker after another until one says 202, or the run is there although nobody said so.
 *
 * @returns what was answered instead on the way, for the statistics
 * @throws Error for an answer that no trouble of storage explains
 */
export async function startSync(
  world: World,
  fleet: Fleet,
  codes: readonly string[],
  user: string,
  signal: AbortSignal,
): Promise<string[]> {
  const answers: string[] = [];
  for (let turn = 0; ; turn += 1) {
    signal.throwIfAborted();
    const serving = fleet.serving;
    const worker = serving[turn % serving.length];
    if (worker !== undefined) {
      const answer = await ask(worker.url, codes, user, signal);
      if (answer === '202') return answers;
      answers.push(answer);
      if (!['409', '503', 'nothing'].includes(answer)) throw new Error(`A POST got ${answer}`);
      if ((await runsOf(world, user, signal)).length > 0) return answers;
    }
    await sleep(100, undefined, { signal });
  }
}

/** One source as the original's clients ask for it; several as calls, of which the first comes twice. */
function startOf(codes: readonly string[], user: string): { route: string; body: object } {
  if (codes.length === 1)
    return { route: 'data_source_sync', body: { ...request, user, code: codes } };
  const { token, ...months } = request;
  const calls = [...codes, ...codes.slice(0, 1)].map((code) => ({ code, ...months }));
  return { route: 'runs', body: { token, user, calls } };
}

async function ask(
  url: string,
  codes: readonly string[],
  user: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { route, body } = startOf(codes, user);
    const response = await fetch(`${url}/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(scaled(answerMs))]),
    });
    const text = await response.text();
    return [202, 409, 503].includes(response.status)
      ? String(response.status)
      : `${response.status} ${text}`;
  } catch (error) {
    signal.throwIfAborted();
    // The worker was killed, or hung up.
    if (error instanceof TypeError) return 'nothing';
    throw error;
  }
}

/** Asks any worker to stop the run; whatever comes of it shows in the run. */
export async function cancelRun(fleet: Fleet, id: string, signal: AbortSignal): Promise<void> {
  const [worker] = fleet.serving;
  await fetch(`${worker?.url}/runs/${id}/cancel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${request.token}` },
    signal,
  }).catch(() => signal.throwIfAborted());
}
