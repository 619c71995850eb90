/** Starts boards whose schedules are due. */

import type { App } from '../../shared/app/app.ts';
import type { Job, JobLog } from '../clock/job.ts';

export function startDue(app: () => App): Job {
  const run = async (log: JobLog) => {
    await app().current.startDue((text, level) =>
      level === 'warn' ? log.warn(text) : log.info(text),
    );
  };
  return { name: 'start_due', everySeconds: 60, atStart: true, run };
}
