/** Looks at databases, the catalogue, targets: what of the overview comes about without the app. */

import type { App } from '../../shared/app/app.ts';
import type { Job } from '../clock/job.ts';

/** What is wrong is looked at each time, so that it is soon over; what is well once a minute. */
const everySeconds = 20;

export function watchSystem(app: () => App): Job {
  const run = () => app().current.watchSystem(app().stopping);
  return { name: 'watch_system', everySeconds, atStart: true, run };
}
