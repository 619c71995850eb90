/** A worker that dies is started again, as the platform does, however often. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, EarlyEnd } from './child.ts';

/** Who has lived for so long is well: the next death is a first one. */
const wellAfterMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
const manyFailures = 5;

/** What comes before the start after the nth death in a row; none after the first. */
export function pauseMs(deaths: number): number {
  return deaths < 2 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (deaths - 2));
}

export interface KeptWorker {
  /** Ends the process that runs now; `signal` must be aborted, or another one follows it. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Resolves when it is ready for the first time. From then on, and where it is killed before, nothing
 * but `signal` ends it.
 *
 * @param start one life of it; rejects with EarlyEnd when that ends before it is ready
 * @throws what the first start does, where the worker itself gave up: its settings are wrong
 */
export async function keepWorker(
  name: string,
  start: () => Promise<Child>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<KeptWorker> {
  let child: Child | undefined;
  let deaths = 0;
  let wasReady = false;
  const ready = Promise.withResolvers<void>();

  /** @returns how it ended */
  async function live(): Promise<string> {
    try {
      child = await start();
    } catch (error) {
      const isKilled = error instanceof EarlyEnd && error.code === null;
      if (signal.aborted || !(wasReady || isKilled)) throw error;
      const how = error instanceof EarlyEnd ? (error.code ?? 'killed') : (error as Error).message;
      return `ended (${how}) while it started`;
    }
    wasReady = true;
    ready.resolve();
    const begun = performance.now();
    const code = await child.exited;
    if (performance.now() - begun > wellAfterMs) deaths = 0;
    return `ended (${code ?? 'killed'})`;
  }

  async function keep(): Promise<void> {
    for (;;) {
      const end = await live();
      signal.throwIfAborted();
      deaths += 1;
      const pause = pauseMs(deaths);
      const when = pause === 0 ? '' : ` in ${pause / 1_000} s`;
      say(`${name} ${end}; it is started again${when}.`);
      if (deaths % manyFailures === 0) {
        say(`${name} has ended ${deaths} times in a row: see above what it said. Ctrl-C ends all.`);
      }
      await sleep(pause, undefined, { signal });
    }
  }

  // After the first readiness only the signal ends it, and whoever aborts that knows.
  keep().catch(ready.reject);
  await ready.promise;
  return { stop: async (graceMs) => child?.stop(graceMs) };
}
