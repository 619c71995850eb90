/** Entry point of the bundle: registers every function, then starts the app. */

import functions from '@azure/functions';
import { afterQueueName, afterQueueOutput } from '../shared/app/after-queue.ts';
import { App } from '../shared/app/app.ts';
import { companyQueueName, companyQueueOutput } from '../shared/app/company-queue.ts';
import { runQueueName, runQueueOutput } from '../shared/app/run-queue.ts';
import { InFlight } from '../shared/http/proxied/in-flight.ts';
import { readRequestsThemselves } from '../shared/http/proxied/model.ts';
import { clock, clockSchedule } from './clock/clock.ts';
import { jobs } from './clock/jobs.ts';
import { callAfterChanges } from './flexibee/call-after-changes.ts';
import { expireJournals, journalSchedule } from './flexibee/expire-journals.ts';
import { pollCompany } from './flexibee/poll-company.ts';
import { pageFunctions } from './page/page-functions.ts';
import { httpFunction } from './route.ts';
import { routes } from './routes/index.ts';
import { executeRun } from './sync/execute-run.ts';
import { expireRuns, expirySchedule } from './sync/expire-runs.ts';
import { AppTelemetry } from './telemetry/app-telemetry.ts';

let started: App | undefined;
const inFlight = new InFlight();
const telemetry = new AppTelemetry();

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

functions.app.timer('clock', {
  schedule: clockSchedule,
  runOnStartup: true,
  handler: clock(jobs(app)),
});

functions.app.timer('expire_runs', { schedule: expirySchedule, handler: expireRuns(app) });

functions.app.timer('expire_journals', {
  schedule: journalSchedule,
  handler: expireJournals(app),
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

readRequestsThemselves(inFlight);

functions.app.hook.appStart(async () => {
  await telemetry.start(process.env, functions.app.hook);
  started = await App.start(process.env);
  telemetry.observe(started);
});

functions.app.hook.appTerminate(async () => {
  await started?.stop(inFlight.ended());
  await telemetry.stop();
});
