/** Sends runs on whose worker is gone or that wait for nothing, ends those that nobody may execute. */

import type { App } from '../../shared/app/app.ts';
import { runQueueName } from '../../shared/app/run-queue.ts';
import type { Job, JobLog } from '../clock/job.ts';

/**
 * Every 20 s: with a lease of 60 s, a run whose worker dies is under way again well within two
 * minutes.
 */
const everySeconds = 20;

export function sweepRuns(app: () => App): Job {
  const run = async (log: JobLog) => {
    const { abandoned, ended, startable } = await app().sweepRuns();
    if (ended.length > 0) log.warn(`Ended, since nobody may execute them: ${ended.join(', ')}`);
    if (abandoned.length > 0) log.warn(`Resuming ${abandoned.join(', ')}`);
    if (startable.length > 0) log.info(`First in line: ${startable.join(', ')}`);
    for (const id of new Set([...abandoned, ...startable])) await app().send(runQueueName, id);
  };
  return { name: 'sweep_runs', everySeconds, atStart: true, run };
}
