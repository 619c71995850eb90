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
  run(log: JobLog): Promise<void>;
}

const msOf = (seconds: number) => seconds * 1000;

/**
 * Whether a moment at which the job is due lies after `last` and not after `now`: however long
 * nobody looked, it is due once.
 *
 * @param last undefined: nobody ever looked
 */
export function isDue(job: Job, last: Date | undefined, now: Date): boolean {
  if (last === undefined) return true;
  const round = (at: Date) =>
    Math.floor((at.getTime() - msOf(job.afterSeconds ?? 0)) / msOf(job.everySeconds));
  return round(now) > round(last);
}
