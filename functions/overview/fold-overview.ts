/** Brings the overview up to date where nothing else has: times come by themselves. */

import type { App } from '../../shared/app/app.ts';
import type { Job } from '../clock/job.ts';

/** Three times in a minute; whatever changes through the app is in it two seconds later. */
const everySeconds = 20;

export function foldOverview(app: () => App): Job {
  return { name: 'fold_overview', everySeconds, atStart: true, run: () => app().foldOverview() };
}
