/** Stages of kind `procedure`: one stored procedure call on a session of its own. */

import { dropAppLock, takeAppLock } from '../database/app-lock.ts';
import type { Databases } from '../database/databases.ts';
import { leavesSessionUsable } from '../database/errors.ts';
import { judgedReturn } from '../database/return-value.ts';
import type { Session } from '../database/session.ts';
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
    try {
      return await this.#call(stage, onMessage, signal);
    } catch (error) {
      // Cancelled, timed out or broken: whether the server has stopped is not known for sure, and
      // its session must not live on. A plain SQL error leaves it as good as before.
      if (!leavesSessionUsable(error)) this.#session.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      await dropAppLock(this.#session, this.#fence, AbortSignal.timeout(cleanUpMs));
      this.#session.release();
    } catch {
      // Also where the session is gone already: the server drops the lock with it.
      this.#session.destroy();
    }
  }

  async #call(
    stage: Stage,
    onMessage: (text: string) => void,
    signal: AbortSignal,
  ): Promise<StageResult> {
    const { setOptions } = stage;
    if (setOptions.length === 0) return this.#callJudged(stage, onMessage, signal);
    await this.#session.batch(setStatements(setOptions, 'ON'), signal);
    try {
      return await this.#callJudged(stage, onMessage, signal);
    } finally {
      await this.#switchOff(setOptions);
    }
  }

  async #callJudged(
    stage: Stage,
    onMessage: (text: string) => void,
    signal: AbortSignal,
  ): Promise<StageResult> {
    const { returnValue, rows } = await this.#session.call(stage, onMessage, signal);
    const warning = judgedReturn(stage.procedure, returnValue, stage.returnCheck ?? 'warn');
    return { rows, returnValue, ...(warning && { warnings: [warning] }) };
  }

  async #switchOff(setOptions: readonly string[]): Promise<void> {
    try {
      await this.#session.batch(setStatements(setOptions, 'OFF'), AbortSignal.timeout(cleanUpMs));
    } catch {
      // A session with a leftover option must not serve anybody else.
      this.#session.destroy();
    }
  }
}

/** The options come from the catalogue's allow-list. */
function setStatements(options: readonly string[], value: 'ON' | 'OFF'): string {
  return options.map((option) => `SET ${option} ${value};`).join(' ');
}
