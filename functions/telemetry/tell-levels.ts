/** Tells telemetry how much there is of everything that all workers share. */

import type { App } from '../../shared/app/app.ts';
import { isTelling } from '../../shared/telemetry/telling.ts';
import type { Job } from '../clock/job.ts';

/** As often as measurements are sent. */
const everySeconds = 60;

export function tellLevels(app: () => App): Job {
  const run = async () => {
    if (isTelling()) await app().current.tellLevels();
  };
  return { name: 'tell_levels', everySeconds, run };
}
