/** Stages of kind `procedure`: one stored procedure call on a session of its own. */

import { dropAppLock, takeAppLock } from '../database/app-lock.ts';
import type { Databases } from '../database/databases.ts';
import { leavesSessionUsable } from '../database/errors.ts';
import type { ProcedureResult, Session } from '../database/session.ts';
import type { Stage } from './run.ts';
import type { PreparedStage, StageRunner } from './stage-runner.ts';

/** Cleaning up a session is one short statement; a server that cannot do that has lost it. */
const cleanUpMs = 5_000;

/**
 * The fence: as long as a session of an earlier attempt lives on the server, its lock is held and
 * the new attempt waits. The server serves waiters in order, so runs share a server fairly.
 */
function fenceOf(stage: Stage): string {
  return `syncboard/procedure/${stage.server}`;
}

export function procedureRunner(databases: Databases): StageRunner {
  return {
    async prepare(stage, _runId, signal) {
      const session = await databases.session(stage.database, signal);
      try {
        await takeAppLock(session, fenceOf(stage), signal);
      } catch (error) {
        session.destroy();
        throw error;
      }
      return new PreparedCall(session, stage);
    },
  };
}

class PreparedCall implements PreparedStage {
  readonly #session: Session;
  readonly #stage: Stage;

  constructor(session: Session, stage: Stage) {
    this.#session = session;
    this.#stage = stage;
  }

  async run(onMessage: (text: string) => void, signal: AbortSignal): Promise<ProcedureResult> {
    try {
      return await this.#call(onMessage, signal);
    } catch (error) {
      // Cancelled, timed out or broken: whether the server has stopped is not known for sure, and
      // its session must not live on. A plain SQL error leaves it as good as before.
      if (!leavesSessionUsable(error)) this.#session.destroy();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    try {
      await dropAppLock(this.#session, fenceOf(this.#stage), AbortSignal.timeout(cleanUpMs));
      this.#session.release();
    } catch {
      // Also where the session is gone already: the server drops the lock with it.
      this.#session.destroy();
    }
  }

  async #call(onMessage: (text: string) => void, signal: AbortSignal): Promise<ProcedureResult> {
    const { setOptions } = this.#stage;
    if (setOptions.length === 0) return this.#session.call(this.#stage, onMessage, signal);
    await this.#session.batch(setStatements(setOptions, 'ON'), signal);
    try {
      return await this.#session.call(this.#stage, onMessage, signal);
    } finally {
      await this.#switchOff(setOptions);
    }
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
