/** What the engine needs of each kind of stage; the runners are handed to it by `functions/`. */

import type { RowCounts } from '../database/row-counts.ts';
import type { CallValue, CheckedCondition, Run, Stage, StageError } from './run.ts';

/** A stage, and what its run has for it. */
export interface StageWork extends Stage {
  /** Of `dynsql`: what it asks, as it stands in the run. */
  query?: Readonly<Record<string, unknown>>;
}

export function workOf({ queries }: Pick<Run, 'queries'>, stage: Stage): StageWork {
  const query = stage.asks && queries?.[stage.asks.query];
  return query === undefined ? stage : { ...stage, query };
}

export interface StageResult {
  rows: RowCounts;
  returnValue?: number;
  /** As in the run. */
  outputs?: Record<string, CallValue>;
  checked?: CheckedCondition[];
  /** Lines for the run's log. */
  log?: string[];
  /** Of a success: what somebody should look at. */
  warnings?: string[];
}

/** A place at a server: whatever could still be at work for an earlier attempt is known gone. */
export interface StageSlot {
  /** True when the stage can run here, after the one before. */
  fits(stage: Stage): boolean;
  /**
   * Does the stage's work once. After a failure the slot is closed, not used again.
   *
   * @param onMessage gets the progress texts as they come
   * @param onCall is awaited right before the work begins, where the slot `tellsCall`: what fails
   *   earlier, itself included, has called nothing
   * @throws DatabaseError, StageFailure, or the reason of `signal`
   */
  run(
    stage: StageWork,
    onMessage: (text: string) => void,
    signal: AbortSignal,
    onCall?: () => void | Promise<void>,
  ): Promise<StageResult>;
  /** Which of the places at its server that allows several at once, from 1 on; absent: the first. */
  readonly place?: number;
  /** After it was closed: whether something of it may still be at work. */
  readonly lingers?: boolean;
  /** Absent: the work begins with `run`. */
  readonly tellsCall?: true;
  /** Gives the place back; must be called once, on every path. Never throws. */
  close(): Promise<void>;
}

export interface StageRunner {
  /**
   * True where earlier attempts are kept out by other means than a server of one's own: nothing is
   * locked for its stages.
   */
  readonly unfenced?: true;
  /**
   * Waits for a place where the stage can run. What it holds there keeps others of its `exclusive`
   * names away until it is gone.
   *
   * @param tell gets what somebody should know while it waits
   * @throws DatabaseError, StageFailure, or the reason of `signal`; then there is nothing to close
   */
  open(
    stage: Stage,
    runId: string,
    signal: AbortSignal,
    tell?: (text: string) => void,
  ): Promise<StageSlot>;
  /**
   * Waits until nothing of an earlier holder of an exclusive name is at work at a database. Absent:
   * its stages have no such names.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  untilGone?(
    name: string,
    place: Pick<Stage, 'database' | 'location'>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** One runner a kind of stage; a stage of a kind that has none fails. */
export type StageRunners = Readonly<Partial<Record<Stage['kind'], StageRunner>>>;

/** A stage failed for a reason that its runner understands. */
export class StageFailure extends Error {
  readonly meaning: StageError['meaning'];

  constructor(message: string, meaning: StageError['meaning'], options?: ErrorOptions) {
    super(message, options);
    this.name = 'StageFailure';
    this.meaning = meaning;
  }
}
