/** Where a run stands, and when it may end: of its document alone, so that it holds until that changes. */

import { type Forecast, forecast } from './forecast.ts';
import { stageCounts } from './outcome.ts';
import { isFinished, type Run, type Stage, type StageWait } from './run.ts';
import { latestIn } from './run-clock.ts';

export interface Progress {
  /** Called, however that ended. */
  stagesDone: number;
  /** Ended without being called. */
  stagesSkipped: number;
  stagesTotal: number;
  running: RunningStage[];
  /** Stages that could begin but for a window, or for who has an exclusive name; absent: none. */
  waiting?: WaitingStage[];
  /** Absent once the run has ended. */
  estimate?: Estimate;
}

export interface RunningStage {
  stage: string;
  server: string;
  /** ISO 8601. */
  since: string;
  /** When it ends if it takes as long as in earlier runs; absent: it was never measured. */
  endsAt?: string;
  /** The newest info message of the procedure. */
  message?: string;
}

export interface WaitingStage extends StageWait {
  stage: string;
  server: string;
}

export interface Estimate {
  /**
   * When the run ends, by the medians that earlier runs had when it was planned; past where a stage
   * takes longer. Null when nothing is known yet, or the run has to wait first.
   */
  endsAt: string | null;
  /** Stages that no earlier run has measured: they count as nothing. */
  unknownStages: number;
  text: string;
}

export function progressOf(run: Run): Progress {
  const { done, skipped } = stageCounts(run);
  const running = run.stages.filter(({ state }) => state === 'running');
  const waiting = run.stages.flatMap(({ id, server, state, waitsFor }) =>
    state === 'pending' && waitsFor !== undefined ? [{ stage: id, server, ...waitsFor }] : [],
  );
  return {
    stagesDone: done,
    stagesSkipped: skipped,
    stagesTotal: run.stages.length,
    running: running.map((stage) => runningStage(run, stage)),
    ...(waiting.length > 0 && { waiting }),
    ...(!isFinished(run) && { estimate: estimate(run) }),
  };
}

function runningStage(run: Run, stage: Stage): RunningStage {
  const since = startOf(stage) ?? run.startedAt ?? run.createdAt;
  const { id, server, expectedMs, messages } = stage;
  return {
    stage: id,
    server,
    since,
    ...(expectedMs !== undefined && { endsAt: instantAt(Date.parse(since) + expectedMs) }),
    ...(messages.last && { message: messages.last.text }),
  };
}

/** What is left of a run, played from `moment`, at which something last happened. */
export interface Left extends Forecast {
  moment: number;
  /** Milliseconds since 1970; undefined: its window leaves it out. */
  endOf(stage: Stage): number | undefined;
}

export function leftOf(run: Run): Left {
  const moment = latestIn(run);
  const elapsed = (stage: Stage) => elapsedMs(stage, moment);
  const left = forecast(run.stages, { at: moment, elapsedMs: elapsed });
  const endOf = (stage: Stage) => {
    const begins = left.begins.get(stage.id);
    return begins && begins + Math.max(0, (stage.expectedMs ?? 0) - elapsed(stage));
  };
  return { ...left, moment, endOf };
}

function estimate(run: Run): Estimate {
  const { moment, leftMs, unknownStages } = leftOf(run);
  if (leftMs === null) {
    return { endsAt: null, unknownStages, text: 'No earlier run to estimate from.' };
  }
  const caveat = unknownStages > 0 ? `, and ${unknownStages} stages never measured before` : '';
  if (run.state === 'waiting') {
    const text = `About ${Math.ceil(leftMs / 1000)} s once it begins${caveat}.`;
    return { endsAt: null, unknownStages, text };
  }
  const endsAt = instantAt(moment + leftMs);
  return { endsAt, unknownStages, text: `Ends at about ${endsAt.slice(0, 19)}Z${caveat}.` };
}

/** To the second. */
function instantAt(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString();
}

function startOf(stage: Stage): string | undefined {
  return stage.attempts.at(-1)?.startedAt;
}

function elapsedMs(stage: Stage, moment: number): number {
  const startedAt = stage.state === 'running' ? startOf(stage) : undefined;
  return startedAt === undefined ? 0 : Math.max(0, moment - Date.parse(startedAt));
}
