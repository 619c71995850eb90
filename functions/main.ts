/** Entry point of the bundle: registers every function, then starts the app. */

import functions from '@azure/functions';
import { afterQueueName, afterQueueOutput } from '../shared/app/after-queue.ts';
import { App } from '../shared/app/app.ts';
import { companyQueueName, companyQueueOutput } from '../shared/app/company-queue.ts';
import { runQueueName, runQueueOutput } from '../shared/app/run-queue.ts';
import { InFlight } from '../shared/http/proxied/in-flight.ts';
import { readRequestsThemselves } from '../shared/http/proxied/model.ts';
import { dueSchedule, startDue } from './board/start-due.ts';
import { deliverEvents, deliverySchedule } from './events/deliver-events.ts';
import { callAfterChanges } from './flexibee/call-after-changes.ts';
import { expireJournals, journalSchedule } from './flexibee/expire-journals.ts';
import { followCompanies, followSchedule } from './flexibee/follow-companies.ts';
import { pollCompany } from './flexibee/poll-company.ts';
import { foldOverview, foldSchedule } from './overview/fold-overview.ts';
import { pageFunctions } from './page/page-functions.ts';
import { httpFunction } from './route.ts';
import { routes } from './routes/index.ts';
import { executeRun } from './sync/execute-run.ts';
import { expireRuns, expirySchedule } from './sync/expire-runs.ts';
import { indexRuns, indexSchedule } from './sync/index-runs.ts';
import { sweepRuns, sweepSchedule } from './sync/sweep-runs.ts';
import { agesSchedule, watchAges } from './sync/watch-ages.ts';
import { givenUpSchedule, tellGivenUp } from './tell-given-up.ts';

let started: App | undefined;
const inFlight = new InFlight();

/** No function runs before the start hook has ended. */
function app(): App {
  if (started === undefined) throw new Error('The app has not started');
  return started;
}

functions.app.setup({ enableHttpStream: true });

// Functions are registered before anything can fail: an app that throws before its first
// registration is reported as one without functions, and nobody learns why.
for (const route of routes) {
  functions.app.http(
    route.name,
    httpFunction(route, () => app().current),
  );
}

for (const [name, options] of Object.entries(pageFunctions)) functions.app.http(name, options);

functions.app.storageQueue('execute_run', {
  queueName: runQueueName,
  connection: 'AzureWebJobsStorage',
  extraOutputs: [runQueueOutput],
  handler: executeRun(app),
});

functions.app.timer('sweep_runs', {
  schedule: sweepSchedule,
  runOnStartup: true,
  extraOutputs: [runQueueOutput],
  handler: sweepRuns(app),
});

functions.app.timer('start_due', {
  schedule: dueSchedule,
  runOnStartup: true,
  handler: startDue(app),
});

functions.app.timer('index_runs', {
  schedule: indexSchedule,
  runOnStartup: true,
  handler: indexRuns(app),
});

functions.app.timer('watch_ages', { schedule: agesSchedule, handler: watchAges(app) });
functions.app.timer('fold_overview', {
  schedule: foldSchedule,
  runOnStartup: true,
  handler: foldOverview(app),
});

functions.app.timer('expire_runs', { schedule: expirySchedule, handler: expireRuns(app) });

functions.app.timer('expire_journals', {
  schedule: journalSchedule,
  handler: expireJournals(app),
});

functions.app.timer('follow_companies', {
  schedule: followSchedule,
  runOnStartup: true,
  extraOutputs: [companyQueueOutput],
  handler: followCompanies(app),
});

functions.app.storageQueue('poll_company', {
  queueName: companyQueueName,
  connection: 'AzureWebJobsStorage',
  extraOutputs: [companyQueueOutput],
  handler: pollCompany(app),
});

functions.app.storageQueue('call_after_changes', {
  queueName: afterQueueName,
  connection: 'AzureWebJobsStorage',
  extraOutputs: [afterQueueOutput],
  handler: callAfterChanges(app),
});

functions.app.timer('tell_given_up', { schedule: givenUpSchedule, handler: tellGivenUp(app) });
functions.app.timer('deliver_events', { schedule: deliverySchedule, handler: deliverEvents(app) });
readRequestsThemselves(inFlight);

functions.app.hook.appStart(async () => {
  started = await App.start(process.env);
});

functions.app.hook.appTerminate(async () => {
  await started?.stop(inFlight.ended());
});
