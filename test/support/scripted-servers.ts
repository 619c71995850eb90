/** Database servers whose procedures a test scripts: a fence each, and a log of what was called. */

import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '../../shared/async/retry.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import type { Stage } from '../../shared/sync/run.ts';
import type { StageRunner } from '../../shared/sync/stage-runner.ts';

export interface ScriptedCall {
  runId: string;
  stage: string;
  server: string;
  /** The same for the calls of one worker. */
  worker: number;
  outcome: 'running' | 'succeeded' | 'failed' | 'cancelled';
}

/** What one call does: how long it takes, and whether it fails then. */
export type Script = (stage: Stage) => { ms: number; error?: Error };

/** How long a server takes to notice that a session is gone, in milliseconds. */
const noticeMs = 5;

export class ScriptedServers {
  readonly calls: ScriptedCall[] = [];
  /** Rules broken; empty as long as all is well. */
  readonly faults: string[] = [];
  readonly #fences = new Map<string, Promise<void>>();
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  /** A runner of one worker; `dead` is aborted when that dies, and its sessions with it. */
  runner(worker: number, dead: AbortSignal): StageRunner {
    return {
      open: async ({ server }, runId, signal) => {
        const leave = await this.#fence(server, AbortSignal.any([signal, dead]));
        return {
          fits: (stage) => stage.server === server,
          run: async (stage, _onMessage, running) => {
            await this.#call(
              { runId, stage: stage.id, server, worker, outcome: 'running' },
              stage,
              AbortSignal.any([running, dead]),
            );
            return { rows: rowCounts([1]), returnValue: 0 };
          },
          close: async () => leave(),
        };
      },
    };
  }

  async #fence(server: string, signal: AbortSignal): Promise<() => void> {
    const before = this.#fences.get(server) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    this.#fences.set(
      server,
      before.then(() => mine.promise),
    );
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await Promise.race([before, aborted.promise]);
      return mine.resolve;
    } catch (error) {
      mine.resolve();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #call(call: ScriptedCall, stage: Stage, signal: AbortSignal): Promise<void> {
    const { server, runId } = call;
    if (this.calls.some((other) => other.server === server && other.outcome === 'running')) {
      this.faults.push(`two procedures at once on ${server}: ${runId} ${stage.id}`);
    }
    for (const id of stage.needs) {
      if (!this.calls.some((o) => o.runId === runId && o.stage === id && o.outcome === 'succeeded'))
        this.faults.push(`${runId} ${stage.id} before the success of ${id}`);
    }
    this.calls.push(call);
    try {
      const { ms, error } = this.#script(stage);
      await pause(ms, signal);
      if (error !== undefined) throw error;
      call.outcome = 'succeeded';
    } catch (error) {
      if (signal.aborted) await sleep(noticeMs);
      call.outcome = signal.aborted ? 'cancelled' : 'failed';
      throw error;
    }
  }
}
