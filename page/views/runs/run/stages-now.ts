/** Stages as they are by the newest that is known: the run's document, and the progress after it. */

import type { Run, RunProgress, Stage } from '../../../api/schema.d.ts';
import { entityTitle } from '../../../live/catalog.ts';
import { monthNumbers } from '../../../text/format.ts';
import type { State } from '../../../ui/state-word.tsx';

export type Moving = RunProgress['running'][number];

/** What runs just now, by the stage's id. */
export function movingOf(
  run: Run | undefined,
  progress: RunProgress | undefined,
): ReadonlyMap<string, Moving> {
  const running = progress?.running ?? run?.progress.running ?? [];
  return new Map(running.map((one) => [one.stage, one]));
}

/** Once the document says how it ended, that holds. */
export function stateNow(stage: Stage, moving: Moving | undefined): State {
  const isOpen = stage.state === 'pending' || stage.state === 'running';
  return isOpen && moving !== undefined ? 'running' : stage.state;
}

export interface Times {
  /** Milliseconds since 1970. */
  begun: number;
  /** Undefined: it runs. */
  ended: number | undefined;
}

/** From its first attempt to the end of its last; undefined: it was never called. */
export function timesOf({ attempts }: Stage, moving?: Moving): Times | undefined {
  const [first] = attempts;
  const begun = first?.startedAt ?? moving?.since;
  if (begun === undefined) return undefined;
  const ended = attempts.at(-1)?.endedAt;
  return {
    begun: Date.parse(begun),
    ended: ended === undefined || moving !== undefined ? undefined : Date.parse(ended),
  };
}

/** Milliseconds of its last attempt, which is what earlier runs have measured. */
export function tookMs({ attempts }: Stage): number | undefined {
  const last = attempts.at(-1);
  if (last?.endedAt === undefined) return undefined;
  return Date.parse(last.endedAt) - Date.parse(last.startedAt);
}

/** `Payments`, or the stage's own name where it serves all entities. */
export const entityOf = ({ entity, stage }: Pick<Stage, 'entity' | 'stage'>) =>
  entity === '*' ? stage : entityTitle(entity);

/** `Payments · heap`, with source and month where it has them. */
export function stageTitle(stage: Pick<Stage, 'entity' | 'stage' | 'code' | 'period'>): string {
  return [
    entityOf(stage),
    ...(stage.entity === '*' ? [] : [stage.stage]),
    ...(stage.code === undefined ? [] : [stage.code]),
    ...(stage.period === undefined ? [] : [monthNumbers(stage.period)]),
  ].join(' · ');
}
