/** Where a run stands, and how long the rest may take. */

import { forecast } from './forecast.ts';
import { stageCounts } from './outcome.ts';
import { isFinished, type Run, type Stage } from './run.ts';

export interface Progress {
  /** Called, however that ended. */
  stagesDone: number;
  /** Ended without being called. */
  stagesSkipped: number;
  stagesTotal: number;
  running: {
    stage: string;
    server: string;
    /** ISO 8601. */
    since: string;
    /** The newest info message of the procedure. */
    message?: string;
  }[];
  /** Absent once the run has ended. */
  estimate?: Estimate;
}

export interface Estimate {
  /** Seconds until the end, from the medians of earlier runs when it was planned; null when nothing is known yet. */
  secondsLeft: number | null;
  /** Stages that no earlier run has measured: they count as nothing. */
  unknownStages: number;
  text: string;
}

export function progressOf(run: Run, now: Date): Progress {
  const { done, skipped } = stageCounts(run);
  const running = run.stages.filter(({ state }) => state === 'running');
  return {
    stagesDone: done,
    stagesSkipped: skipped,
    stagesTotal: run.stages.length,
    running: running.map((stage) => ({
      stage: stage.id,
      server: stage.server,
      since: startOf(stage) ?? now.toISOString(),
      ...(stage.messages.last && { message: stage.messages.last.text }),
    })),
    ...(!isFinished(run) && { estimate: estimate(run, now) }),
  };
}

function estimate(run: Run, now: Date): Estimate {
  const { leftMs, unknownStages } = forecast(run.stages, (stage) => elapsedMs(stage, now));
  if (leftMs === null) {
    return { secondsLeft: null, unknownStages, text: 'No earlier run to estimate from.' };
  }
  const secondsLeft = Math.ceil(leftMs / 1000);
  const caveat = unknownStages > 0 ? `, and ${unknownStages} stages never measured before` : '';
  return { secondsLeft, unknownStages, text: `About ${secondsLeft} s${caveat}.` };
}

function startOf(stage: Stage): string | undefined {
  return stage.attempts.at(-1)?.startedAt;
}

function elapsedMs(stage: Stage, now: Date): number {
  const startedAt = stage.state === 'running' ? startOf(stage) : undefined;
  return startedAt === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(startedAt));
}
