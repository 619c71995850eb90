/** When stages may begin: what began inside its window and goes beyond its end is let be. */

import { isOpen, nextOpening, windowText } from '../time/day-window.ts';
import { hasEnded, type Run, type Stage } from './run.ts';
import { neededBy } from './stage-graph.ts';

type Windowed = Pick<Stage, 'window'>;

/** Its window has closed while the stage waited for its turn. */
export class WindowClosedError extends Error {
  constructor() {
    super('The window is closed');
    this.name = 'WindowClosedError';
  }
}

export function mayBeginAt({ window }: Windowed, now: Date): boolean {
  return window === undefined || isOpen(window, now.getTime());
}

/** Whether a stage is left out because it would begin at this time. */
export function isLeftOut(stage: Windowed, now: Date): boolean {
  return stage.window?.outside === 'skip' && !mayBeginAt(stage, now);
}

export function leftOutReason({ window }: Windowed): string {
  return window === undefined ? '' : `outside its window ${windowText(window)}`;
}

/** When it may begin, from this moment on; what is left out is so at once. Milliseconds. */
export function opensAt({ window }: Windowed, instant: number): number {
  return window === undefined || window.outside === 'skip' ? instant : nextOpening(window, instant);
}

/**
 * Ids of stages that wait for a window, their own or that of one that they need. The order of a
 * plan is topological, so one walk finds all. What will be skipped anyway waits for no window.
 */
export function heldUp(stages: readonly Stage[], now: Date): Set<string> {
  const held = new Set<string>();
  const lacking = new Set<string>();
  for (const stage of stages) {
    if (hasEnded(stage) && stage.state !== 'succeeded') lacking.add(stage.id);
    if (hasEnded(stage) || stage.state === 'running') continue;
    const isClosed = stage.window?.outside === 'wait' && !mayBeginAt(stage, now);
    const { needs, anyOf } = stage;
    const isLost = needs.some((id) => lacking.has(id)) || anyOf?.every((id) => lacking.has(id));
    if ((isClosed && !isLost) || neededBy(stage).some((id) => held.has(id))) held.add(stage.id);
  }
  return held;
}

/**
 * When something of these stages may begin: now, unless all that could is held up. Undefined: all
 * have ended.
 */
export function firstOpening(stages: readonly Stage[], now: Date): Date | undefined {
  const open = stages.filter((stage) => !hasEnded(stage));
  if (open.length === 0) return undefined;
  const held = heldUp(stages, now);
  if (open.some(({ id }) => !held.has(id))) return now;
  const byId = new Set(open.map(({ id }) => id));
  const first = open.filter((stage) => !neededBy(stage).some((id) => byId.has(id)));
  return new Date(Math.min(...first.map((stage) => opensAt(stage, now.getTime()))));
}

/** Whether nothing of a run may begin yet: no worker has it until then. */
export function isAsleep({ wakesAt }: Pick<Run, 'wakesAt'>, now: Date): boolean {
  return wakesAt !== undefined && Date.parse(wakesAt) > now.getTime();
}
