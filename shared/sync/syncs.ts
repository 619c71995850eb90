/** What HTTP functions need of syncs: start one, read them. The engine is not among it. */

import type { Asker } from '../audit/asker.ts';
import type { Closure } from '../closures/closures.ts';
import type { Call, Period } from './call.ts';
import type { CheckCounts } from './checks/outcome.ts';
import type { Run, RunState, Stage } from './run.ts';
import type { RunFilter } from './run-filter.ts';
import type { Place, WaitsFor } from './waiting/places.ts';

export { cut } from './brief.ts';
export type { Call, Period } from './call.ts';
export { checkCounts, checkCountsSchema } from './checks/outcome.ts';
export { serversOf } from './locks.ts';
export { errorsIn } from './outcome.ts';
export { TooManyStagesError } from './plan.ts';
export { type Progress, progressOf } from './progress.ts';
export { type Run, type RunState, runStates, warningsIn } from './run.ts';
export type { RunFilter } from './run-filter.ts';
export { sharedAgeMs } from './run-looks.ts';
export type { Place, WaitsFor } from './waiting/places.ts';

export interface SyncRequest extends Asker {
  /** The run's, reserved before (`newRunId`); absent: a new one. */
  id?: string;
  kind: Run['kind'];
  /** At least one, and one where the kind is not `calls`: what the catalogue knows, and the months. */
  calls: Call[];
  user: string;
  /** The name of the board that is started. */
  board?: string;
  /** The schedule that starts it, and the time at which it was due. */
  due?: NonNullable<Run['due']>;
  /** Where its servers are not free; absent: it is refused. */
  whenBusy?: 'wait';
  /** ISO 8601: it waits at least so long, and only then is in line. */
  notBefore?: string;
  /** The run that it makes again, and how much of it. */
  retryOf?: string;
  retryFrom?: NonNullable<Run['retryFrom']>;
}

/** Whoever makes a run again. */
export interface RetryRequest extends Asker, Pick<SyncRequest, 'user' | 'whenBusy'> {
  /** The run that is made again. */
  of: string;
  from: NonNullable<Run['retryFrom']>;
}

export type RetryRefusal =
  | { outcome: 'unknown' }
  /** Only what has ended is made again. */
  | { outcome: 'unfinished'; state: RunState }
  /** All of it has succeeded. */
  | { outcome: 'nothing' }
  /** The catalogue no longer has what it was made of. */
  | { outcome: 'gone'; why: string };

export type StartOutcome =
  | { outcome: 'started'; id: string }
  /** Its message is on the queue where it is needed; `place`: how many are before it. */
  | { outcome: 'waiting'; id: string; place?: number }
  /**
   * Somebody else holds these servers, or waits for them; nothing was claimed or written. `runs` has
   * whoever it is, as far as it is a run yet.
   */
  | { outcome: 'busy'; servers: string[]; runs: string[] }
  /** What it needs is closed for now; nothing was claimed or written. */
  | { outcome: 'closed'; closure: Closure };

/** A stage of a run that has not been started. */
export type PlannedStage = Pick<
  Stage,
  | 'id'
  | 'kind'
  | 'stage'
  | 'entity'
  | 'code'
  | 'period'
  | 'server'
  | 'database'
  | 'procedure'
  | 'parameters'
  | 'expectedMs'
  | 'atOnce'
  | 'exclusive'
  | 'window'
  | 'needs'
> & {
  /** ISO 8601, as far as it is known what comes before; absent where its window leaves it out. */
  beginsAt?: string;
};

/** What a request would start, as it stands now. */
export interface PlannedRun extends Pick<Run, 'codes' | 'names' | 'period'> {
  calls: Call[];
  /** In the order of the plan, with what each may take as far as it is known. */
  stages: PlannedStage[];
  /** Milliseconds until the end, without waiting for others; null: no earlier run to go by. */
  expectedMs: number | null;
  unknownStages: number;
  /** Ids of the stages that the end waits for. */
  criticalPath: string[];
  /** Source servers, and the unfinished runs that have them; a claim is no run yet. */
  servers: { server: string; isFree: boolean; run?: string }[];
  /** The exclusive names of its stages, and the runs that have them. */
  exclusives: { name: string; isFree: boolean; run?: string }[];
  /** What it needs is closed for now. */
  closed?: { until: string; reason: string };
}

export type CancelOutcome =
  /** One that waited has ended; of any other the worker will hear of it within seconds. */
  | { outcome: 'accepted'; state: RunState }
  | { outcome: 'unknown' }
  /** Somebody asked for it before. */
  | { outcome: 'cancelling'; state: RunState }
  | { outcome: 'finished'; state: RunState };

/** An error in a listing; whole it is in the run. */
export interface SummaryError {
  /** Absent: the run's own. */
  stage?: string;
  message: string;
  /** SQL Server's. */
  number?: number;
}

/** One line of a listing of runs. */
export interface RunSummary {
  id: string;
  kind: Run['kind'];
  state: RunState;
  user: string;
  codes: string[];
  /** How many codes the run has beside these, where they are too many for a listing. */
  moreCodes?: number;
  /** Entities, in the order of the plan; absent of runs of earlier versions. */
  names?: string[];
  /** How many entities the run has beside these. */
  moreNames?: number;
  /** The board by whose calls it was started. */
  board?: string;
  period?: Period;
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  /** Its first error, in brief. */
  error?: SummaryError;
  /** Called, however that ended. */
  stagesDone: number;
  /** Ended without being called. */
  stagesSkipped: number;
  stagesTotal: number;
  /** Of stages that succeeded, as `Stage.warnings`. */
  warnings: number;
  /** As `Run.untold`. */
  untold?: true;
  /** Absent where none has been asked. */
  checks?: CheckCounts;
}

export interface RunPage {
  runs: RunSummary[];
  /** Opaque; absent on the last page. */
  next?: string;
}

/** A run that several callers look at. */
export interface SharedLook {
  run: Run;
  /** Storage's. */
  etag: string;
}

export interface SearchOptions {
  filter: RunFilter;
  limit: number;
  /** The id behind which a page begins. */
  after?: string;
}

/** A run's log as one text, as it is at one moment; from then on it only gets longer. */
export interface LogText {
  /** Where the text ends now, in bytes. */
  bytes: number;
  /**
   * From byte `from` to the end; with `stage` the lines of that stage, from the first that begins
   * there. Throws storage's error, or the reason of `signal`.
   */
  read(
    options: { from: number; stage?: string | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined>;
}

/** The service the HTTP functions are given; `signal` bounds every call's I/O. */
export interface Syncs {
  /**
   * Claims every source server, writes the run document; the caller queues the id of what is
   * started. What waits has its message already.
   * Throws TooManyStagesError for `calls` that make too many.
   */
  start(request: SyncRequest, signal: AbortSignal): Promise<StartOutcome>;
  /** What is to be asked for (`start`, `plan`) to make a run again, or why it cannot be. */
  again(request: RetryRequest, signal: AbortSignal): Promise<SyncRequest | RetryRefusal>;
  /** What `start` would do now; nothing is written. Throws as `start` does. */
  plan(request: SyncRequest, signal: AbortSignal): Promise<PlannedRun>;
  read(id: string, signal: AbortSignal): Promise<Run | undefined>;
  /** The same as it is, or was `maxAgeMs` ago at most; one object until it changes. */
  look(id: string, maxAgeMs: number, signal: AbortSignal): Promise<SharedLook | undefined>;
  /** Resolves when the run is not any more what was seen, within a second, or by `signal`. */
  changed(id: string, etag: string, signal: AbortSignal): Promise<void>;
  /** What its procedures said; empty of a run that there is not. The run itself is not read. */
  log(id: string, signal: AbortSignal): Promise<LogText>;
  /** Asks the worker to stop the run; `by` is shown in it. */
  cancel(id: string, by: string, signal: AbortSignal): Promise<CancelOutcome>;
  /** Those that fit, newest first; `after` is `next` of the page before. */
  search(options: SearchOptions, signal: AbortSignal): Promise<RunPage>;
  /** All of them, newest first. */
  list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<RunPage>;
  /** Of each run that waits. */
  places(signal: AbortSignal): Promise<ReadonlyMap<string, Place>>;
  /** Of a run that waits. */
  waitsFor(run: Run, signal: AbortSignal): Promise<WaitsFor>;
  /** Looks again at whoever is first in line: something that kept it from beginning is over. Never throws. */
  wakeLine(): Promise<void>;
  /** Runs that are queued or running, as of a second ago at most. */
  active(signal: AbortSignal): Promise<Run[]>;
}
