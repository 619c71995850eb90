/** Where a run stands, and how long the rest may take. */

import { stageCounts } from './outcome.ts';
import { hasEnded, isFinished, type Run, type Stage } from './run.ts';

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

/**
 * Plays the rest of the plan with the medians of earlier runs: each server takes its stages in
 * order, a stage waits for what it needs. Waiting for other runs is not in it.
 */
function estimate(run: Run, now: Date): Estimate {
  const freeAt = new Map<string, number>();
  const endsAt = new Map<string, number>();
  let unknownStages = 0;
  let openStages = 0;
  for (const stage of run.stages) {
    if (hasEnded(stage)) continue;
    openStages += 1;
    if (stage.expectedMs === undefined) unknownStages += 1;
    const needed = stage.needs.map((id) => endsAt.get(id) ?? 0);
    const begins = Math.max(freeAt.get(stage.server) ?? 0, ...needed);
    const ends = begins + Math.max(0, (stage.expectedMs ?? 0) - elapsedMs(stage, now));
    freeAt.set(stage.server, ends);
    endsAt.set(stage.id, ends);
  }
  if (unknownStages === openStages && openStages > 0) {
    return { secondsLeft: null, unknownStages, text: 'No earlier run to estimate from.' };
  }
  const secondsLeft = Math.ceil(Math.max(0, ...endsAt.values()) / 1000);
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
