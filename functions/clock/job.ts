/** Something that comes round by the clock. */

import type { InvocationContext } from '@azure/functions';

export type JobLog = Pick<InvocationContext, 'info' | 'warn'>;

export interface Job {
  /** As a function would be called. */
  name: string;
  /** It is due whenever a multiple of this has passed, counted in UTC. */
  everySeconds: number;
  /** By how much later than such a multiple. */
  afterSeconds?: number;
  /** At the first tick of a process, too: somebody waits for what a worker before it has left. */
  atStart?: true;
  run(log: JobLog): Promise<void>;
}

const msOf = (seconds: number) => seconds * 1000;

/** Whether a moment at which the job is due lies after `last` and not after `now`: due once, however many do. */
export function isDue(job: Job, last: Date, now: Date): boolean {
  const round = (at: Date) =>
    Math.floor((at.getTime() - msOf(job.afterSeconds ?? 0)) / msOf(job.everySeconds));
  return round(now) > round(last);
}
