import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHostile } from './run.ts';

/** The long one is `npm run hostile`. On a slow or busy machine there are fewer requests. */
test('hostile requests: no 500, no hang, nothing smuggled, no secret in a log', async (t) => {
  const seed = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const log = (line: string) => t.diagnostic(line);
  const summary = await runHostile({ seed, requests: 1_000, budgetMs: 2_500, log });
  t.diagnostic(JSON.stringify(summary));
  assert.deepEqual(summary.faults, []);
  // They got as far as the app, and some of them past what refuses them.
  for (const status of [200, 400, 404]) assert.ok(summary.statuses[status], `${status}`);
});
