/** Stages of kind `procedure`: one stored procedure call on a session of its own. */

import { dropAppLock, takeAppLock } from '../../database/app-lock.ts';
import type { Databases } from '../../database/databases.ts';
import type { ProcedureResult } from '../../database/procedure-call.ts';
import type { Session } from '../../database/session.ts';
import { callOnTerms } from '../../database/transaction.ts';
import { type FenceWatch, watchFence } from '../../sync/fence-watch.ts';
import { addressOf } from '../../sync/locks.ts';
import type { Stage } from '../../sync/run.ts';
import type { StageResult, StageRunner, StageSlot } from '../../sync/stage-runner.ts';
import { judgedCall } from '../../sync/success.ts';
import { plannedDatabase } from './planned.ts';

/** Cleaning up a session is one short statement; a server that cannot do that has lost it. */
const cleanUpMs = 5_000;

/** What the names of all fences begin with. */
export const fencePrefix = 'syncboard/procedure/';

/**
 * The fence: as long as a session of an earlier attempt lives on the server, its lock is held and
 * the new attempt waits. The server serves waiters in order, so runs share a server fairly.
 */
function fenceOf(stage: Pick<Stage, 'server' | 'location'>): string {
  // 255 characters are allowed; a host has at most 253, and what makes it known comes first.
  return `${fencePrefix}${addressOf(stage) ?? stage.server}`.slice(0, 255);
}

/**
 * @param locations where the settings have each database now (`databaseLocation`)
 * @param watch how soon a session that its client has left is told and killed
 */
export function procedureRunner(
  databases: Databases,
  locations?: Readonly<Record<string, string>>,
  watch?: FenceWatch,
): StageRunner {
  return {
    async open(stage, runId, signal, tell = () => {}) {
      const database = plannedDatabase(locations, stage);
      const session = await databases.session(database, signal);
      const fence = fenceOf(stage);
      const done = new AbortController();
      const waiting = { database, fence, waiter: runId };
      const until = AbortSignal.any([signal, done.signal]);
      const watching = watchFence(databases, waiting, tell, until, watch);
      try {
        await takeAppLock(session, fence, runId, signal);
      } catch (error) {
        session.destroy();
        throw error;
      } finally {
        done.abort();
        await watching;
      }
      return new ProcedureSlot(session, stage, runId);
    },
  };
}

/** A session that holds the fence. */
class ProcedureSlot implements StageSlot {
  readonly tellsCall = true;
  readonly #session: Session;
  readonly #database: string;
  readonly #fence: string;
  readonly #runId: string;

  constructor(session: Session, { database, ...stage }: Stage, runId: string) {
    this.#session = session;
    this.#runId = runId;
    this.#database = database;
    this.#fence = fenceOf(stage);
  }

  fits(stage: Stage): boolean {
    const fits = stage.database === this.#database && fenceOf(stage) === this.#fence;
    // Killed between two stages, or failed over: the next one takes its turn anew.
    return fits && this.#session.isOpen;
  }

  async run(
    stage: Stage,
    onMessage: (text: string) => void,
    signal: AbortSignal,
    onCall: () => void = () => {},
  ): Promise<StageResult> {
    const { procedure, transaction = 'own', setOptions } = stage;
    const judge = (result: ProcedureResult) => judgedCall(stage, result);
    const holder = this.#runId;
    const terms = { transaction, holder, setOptions, onMessage, onCall, judge };
    const { rollbacks } = this.#session.transactionEnds;
    const result = await callOnTerms(this.#session, stage, terms, signal);
    if (this.#session.transactionEnds.rollbacks === rollbacks) return result;
    // Of a transaction around the call that is a failure; without one only the procedure knows.
    const name = `${procedure.schema}.${procedure.name}`;
    const undone = `${name} rolled back work of its own: rows that it counted may not be there`;
    return { ...result, warnings: [...(result.warnings ?? []), undone] };
  }

  async close(): Promise<void> {
    try {
      const limit = AbortSignal.timeout(cleanUpMs);
      await dropAppLock(this.#session, this.#fence, limit);
      // What procedures have taken and not given back must not wait for whoever comes next.
      await this.#session.reset(limit);
      this.#session.release();
    } catch {
      // Also where the session is gone already: the server drops the lock with it.
      this.#session.destroy();
    }
  }
}
