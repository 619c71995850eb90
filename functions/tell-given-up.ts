/** Tells of messages that the host has given up, within a minute. */

import type { App } from '../shared/app/app.ts';
import type { Job, JobLog } from './clock/job.ts';

export function tellGivenUp(app: () => App): Job {
  const run = (log: JobLog) => app().lookForGivenUp((text) => log.warn(text));
  return { name: 'tell_given_up', everySeconds: 60, afterSeconds: 40, run };
}
