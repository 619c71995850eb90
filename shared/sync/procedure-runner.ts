/** Stages of kind `procedure`: one stored procedure call on a session of its own. */

import { dropAppLock, takeAppLock } from '../database/app-lock.ts';
import type { ProcedureResult } from '../database/call.ts';
import type { Databases } from '../database/databases.ts';
import { judgedReturn } from '../database/return-value.ts';
import type { Session } from '../database/session.ts';
import { callOnTerms } from '../database/transaction.ts';
import type { Stage } from './run.ts';
import type { StageResult, StageRunner, StageSlot } from './stage-runner.ts';

/** Cleaning up a session is one short statement; a server that cannot do that has lost it. */
const cleanUpMs = 5_000;

/**
 * The fence: as long as a session of an earlier attempt lives on the server, its lock is held and
 * the new attempt waits. The server serves waiters in order, so runs share a server fairly.
 */
function fenceOf(stage: Pick<Stage, 'server'>): string {
  return `syncboard/procedure/${stage.server}`;
}

export function procedureRunner(databases: Databases): StageRunner {
  return {
    async open(stage, runId, signal) {
      const session = await databases.session(stage.database, signal);
      try {
        await takeAppLock(session, fenceOf(stage), runId, signal);
      } catch (error) {
        session.destroy();
        throw error;
      }
      return new ProcedureSlot(session, stage);
    },
  };
}

/** A session that holds the fence. */
class ProcedureSlot implements StageSlot {
  readonly #session: Session;
  readonly #database: string;
  readonly #fence: string;

  constructor(session: Session, { database, ...stage }: Stage) {
    this.#session = session;
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
  ): Promise<StageResult> {
    const { procedure, transaction = 'own', setOptions, returnCheck = 'warn' } = stage;
    const judge = ({ returnValue, rows }: ProcedureResult): StageResult => {
      const warning = judgedReturn(procedure, returnValue, returnCheck);
      return { rows, returnValue, ...(warning && { warnings: [warning] }) };
    };
    const terms = { transaction, setOptions, onMessage, judge };
    return callOnTerms(this.#session, stage, terms, signal);
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
