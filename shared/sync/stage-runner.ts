/** What the engine needs of each kind of stage; the runners are handed to it by `functions/`. */

import type { Stage } from './run.ts';

export interface StageResult {
  rowsAffected: number[];
  returnValue?: number;
}

/** A stage that may begin: whatever could still be at work for an earlier attempt is known gone. */
export interface PreparedStage {
  /**
   * Does the stage's work once.
   *
   * @param onMessage gets the progress texts as they come
   * @throws DatabaseError, or the reason of `signal`
   */
  run(onMessage: (text: string) => void, signal: AbortSignal): Promise<StageResult>;
  /** Gives back what was prepared; must be called once, on every path. */
  dispose(): Promise<void>;
}

export interface StageRunner {
  /**
   * Waits for everything the stage needs before its start may be written.
   *
   * @throws DatabaseError, or the reason of `signal`; then there is nothing to dispose of
   */
  prepare(stage: Stage, runId: string, signal: AbortSignal): Promise<PreparedStage>;
}

/** One runner a kind of stage. */
export type StageRunners = Readonly<Record<Stage['kind'], StageRunner>>;
