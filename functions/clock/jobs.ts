import type { App } from '../../shared/app/app.ts';
import { startDue } from '../board/start-due.ts';
import { deliverEvents } from '../events/deliver-events.ts';
import { followCompanies } from '../flexibee/follow-companies.ts';
import { foldOverview } from '../overview/fold-overview.ts';
import { watchSystem } from '../overview/watch-system.ts';
import { indexRuns } from '../sync/index-runs.ts';
import { sweepRuns } from '../sync/sweep-runs.ts';
import { watchAges } from '../sync/watch-ages.ts';
import { tellLevels } from '../telemetry/tell-levels.ts';
import { tellGivenUp } from '../tell-given-up.ts';
import type { Job } from './job.ts';

/** What has no timer of its own. */
export function jobs(app: () => App): Job[] {
  return [
    sweepRuns(app),
    foldOverview(app),
    watchSystem(app),
    startDue(app),
    followCompanies(app),
    deliverEvents(app),
    indexRuns(app),
    tellGivenUp(app),
    watchAges(app),
    tellLevels(app),
  ];
}
