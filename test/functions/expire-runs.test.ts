import assert from 'node:assert/strict';
import { test } from 'node:test';
import functions, { type Timer } from '@azure/functions';
import { expireRuns } from '../../functions/sync/expire-runs.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { run } from '../support/runs.ts';
import { soon, startStorage } from '../support/storage.ts';

const dayMs = 86_400_000;
const timer: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

test('the app itself removes what RUN_RETENTION_DAYS says, and tells how much', async (t) => {
  const storage = await startStorage();
  t.after(() => storage.close());
  const { connectionString } = storage;
  const app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: connectionString,
    RUN_RETENTION_DAYS: '2',
  });
  t.after(() => app.stop());
  const runs = new RunStore(
    await openContainer({ kind: 'connection string', connectionString }, soon()),
  );
  const add = async (daysAgo: number): Promise<string> => {
    const ended = new Date(Date.now() - daysAgo * dayMs);
    const id = newRunId(ended);
    const finished = { state: 'succeeded' as const, endedAt: ended.toISOString() };
    await runs.create({ ...run(id, []), ...finished }, soon());
    return id;
  };
  const kept = await add(1);
  await add(3);
  await add(4);
  const lines: string[] = [];
  const context = new functions.InvocationContext({
    functionName: 'expire_runs',
    logHandler: (_level, ...parts) => lines.push(parts.join(' ')),
  });
  const handler = expireRuns(() => app);
  await handler(timer, context);
  await handler(timer, context);
  const left = await runs.list({ limit: 10 }, soon());
  assert.deepEqual(
    left.runs.map(({ id }) => id),
    [kept],
  );
  assert.deepEqual(lines, ['Removed 2 runs']);
});
