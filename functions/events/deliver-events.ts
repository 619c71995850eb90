/** Tells targets of what has happened. */

import type { App } from '../../shared/app/app.ts';
import type { Job, JobLog } from '../clock/job.ts';

export function deliverEvents(app: () => App): Job {
  const run = async (log: JobLog) => {
    const attempts = await app().deliverEvents((text) => log.warn(text));
    if (attempts) log.info(`Sent to targets: ${attempts}`);
  };
  return { name: 'deliver_events', everySeconds: 20, run };
}
