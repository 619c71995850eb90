/** Stages of kind `procedure`: one stored procedure call on a session of its own. */

import { dropAppLock } from '../../database/app-lock.ts';
import type { Databases } from '../../database/databases.ts';
import type { ProcedureResult } from '../../database/procedure-call.ts';
import type { Session } from '../../database/session.ts';
import { callOnTerms } from '../../database/transaction.ts';
import type { FenceWatch } from '../../sync/fence-watch.ts';
import type { Stage } from '../../sync/run.ts';
import {
  StageFailure,
  type StageResult,
  type StageRunner,
  type StageSlot,
} from '../../sync/stage-runner.ts';
import { judgedCall } from '../../sync/success.ts';
import { fenceOf, takeFence, untilNameIsFree } from './fence.ts';
import { plannedDatabase } from './planned.ts';

/** Cleaning up a session is one short statement; a server that cannot do that has lost it. */
const cleanUpMs = 5_000;

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
      try {
        const fencing = { databases, runId, tell, watch };
        const place = await takeFence(fencing, session, { ...stage, database }, signal);
        return new ProcedureSlot(session, stage, runId, place);
      } catch (error) {
        session.destroy();
        throw error;
      }
    },
    async untilGone(name, place, signal) {
      let database: string;
      try {
        database = plannedDatabase(locations, place);
      } catch (error) {
        // A database that the catalogue has no more: there is nobody to ask.
        if (error instanceof StageFailure) return;
        throw error;
      }
      await untilNameIsFree({ databases, watch }, name, database, signal);
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
  readonly place: number;
  #lingers = false;

  constructor(session: Session, { database, ...stage }: Stage, runId: string, place: number) {
    this.#session = session;
    this.#runId = runId;
    this.#database = database;
    this.place = place;
    this.#fence = fenceOf(stage, place);
  }

  get lingers(): boolean {
    return this.#lingers;
  }

  fits(stage: Stage): boolean {
    const isNear = fenceOf(stage, this.place) === this.#fence;
    const fits = stage.database === this.#database && isNear && this.place <= (stage.atOnce ?? 1);
    // Killed between two stages, or failed over: the next one takes its turn anew.
    return fits && this.#session.isOpen;
  }

  async run(
    stage: Stage,
    onMessage: (text: string) => void,
    signal: AbortSignal,
    onCall: () => void | Promise<void> = () => {},
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
      this.#lingers = true;
      this.#session.destroy();
    }
  }
}
