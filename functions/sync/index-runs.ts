/** Keeps the index of runs that a search goes by. */

import type { App } from '../../shared/app/app.ts';
import type { Job, JobLog } from '../clock/job.ts';

/** Each minute: a search lists what the index has not. */
const everySeconds = 60;

export function indexRuns(app: () => App): Job {
  const run = async (log: JobLog) => {
    const runs = await app().indexRuns();
    if (runs !== undefined) log.info(`The index of runs has ${runs}`);
  };
  return { name: 'index_runs', everySeconds, afterSeconds: 20, atStart: true, run };
}
