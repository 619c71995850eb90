import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { CancelOutcome } from '../../shared/sync/syncs.ts';
import { pipelines, run } from '../support/runs.ts';
import { call, type Reply, runId, type TestApp, testApp } from './app.ts';

function appWithRun(codes: string[], environment: Record<string, string> = {}): TestApp {
  const app = testApp(environment);
  app.syncs.runs.set(runId, { ...run(runId, pipelines(['payment'])), codes, state: 'running' });
  return app;
}

function cancel(app: TestApp, headers: Record<string, string> = {}, id = runId): Promise<Reply> {
  return call(app, 'cancel_run', {
    method: 'POST',
    headers: { authorization: 'Bearer demo-token', ...headers },
    params: { id },
  });
}

test('a cancellation is passed on under the token’s name', async () => {
  const app = appWithRun(['0c10']);
  const reply = await cancel(app);
  assert.equal(reply.status, 202);
  assert.equal(reply.headers.get('location'), `/runs/${runId}`);
  assert.deepEqual(JSON.parse(reply.text), {
    id: runId,
    state: 'running',
    location: `/runs/${runId}`,
  });
  const text = await cancel(app, { accept: 'text/plain' });
  assert.equal(text.text, 'Cancellation was requested.');
  assert.deepEqual(app.syncs.cancelled, [
    { id: runId, by: 'demo' },
    { id: runId, by: 'demo' },
  ]);
  assert.match(text.log, /token demo/);
  assert.doesNotMatch(text.log, /demo-token/);
});

test('an unknown run is a 404, also one that goes between two looks at it', async () => {
  const app = appWithRun(['0c10']);
  for (const id of ['zzz', '../runs', '']) {
    assert.equal((await cancel(app, {}, id)).status, 404);
  }
  assert.deepEqual(app.syncs.cancelled, []);
  app.syncs.cancelOutcome = { outcome: 'unknown' };
  const gone = await cancel(app);
  assert.equal(gone.status, 404);
  assert.equal(JSON.parse(gone.text).detail, `There is no run ${runId}.`);
});

const conflicts: Array<[outcome: CancelOutcome, text: string]> = [
  [{ outcome: 'cancelling', state: 'running' }, `Run ${runId} is being cancelled already.`],
  [{ outcome: 'finished', state: 'succeeded' }, `Run ${runId} has ended already: succeeded.`],
  [{ outcome: 'finished', state: 'cancelled' }, `Run ${runId} has ended already: cancelled.`],
];
for (const [outcome, text] of conflicts) {
  test(`409 with the state: ${text}`, async () => {
    const app = appWithRun(['0c10']);
    app.syncs.cancelOutcome = outcome;
    const reply = await cancel(app);
    assert.equal(reply.status, 409);
    assert.deepEqual(JSON.parse(reply.text), {
      type: 'urn:syncboard:problem:not-cancellable',
      title: 'The run cannot be cancelled any more',
      status: 409,
      detail: text,
      state: 'state' in outcome ? outcome.state : undefined,
    });
    assert.equal((await cancel(app, { accept: 'text/plain' })).text, text);
  });
}

test('a token may cancel only what it may sync as a whole', async () => {
  const sha256 = createHash('sha256').update('narrow').digest('hex');
  const API_TOKENS = JSON.stringify([{ name: 'narrow', sha256, codes: ['0c10', 'mo'] }]);
  const headers = { authorization: 'Bearer narrow' };
  const own = appWithRun(['mo', '0c10'], { API_TOKENS });
  assert.equal((await cancel(own, headers)).status, 202);
  const partly = appWithRun(['0c10', 'stek'], { API_TOKENS });
  const refused = await cancel(partly, headers);
  assert.equal(refused.status, 403);
  assert.equal(JSON.parse(refused.text).detail, 'Token is not allowed for code: stek.');
  assert.deepEqual(partly.syncs.cancelled, []);
});
