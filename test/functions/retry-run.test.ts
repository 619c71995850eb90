/** POST /runs/{id}/retry, and the members of a call that ask for retries. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RetryRefusal } from '../../shared/sync/syncs.ts';
import { run, stage } from '../support/runs.ts';
import { post, runId, testApp } from './app.ts';

const params = { id: runId };
const good = { token: 'demo-token', user: 'operator' };

function appWithRun() {
  const app = testApp();
  const document = run(runId, [stage('export:meter:0c10', 'dcdb')]);
  app.syncs.runs.set(runId, { ...document, state: 'failed' });
  const calls = [{ codes: ['0c10'], names: ['meter'], whole: false }];
  app.syncs.againOutcome = {
    ...{ kind: 'calls', calls, user: 'operator', token: 'demo' },
    ...{ retryOf: runId, retryFrom: 'failure' },
  };
  return app;
}

describe('a retry', () => {
  test('is begun as any run: 202, Location, a message', async () => {
    const app = appWithRun();
    const reply = await post(app, 'retry_run', good, {}, { params });
    assert.equal(reply.status, 202, reply.text);
    assert.deepEqual(app.syncs.retried, [
      { of: runId, from: 'failure', user: 'operator', token: 'demo' },
    ]);
    assert.equal(app.syncs.started[0]?.retryOf, runId);
    assert.equal(reply.headers.get('location'), `/runs/${runId}`);
    assert.equal(reply.queued, runId);
  });

  test('all of it, waiting, dry', async () => {
    const app = appWithRun();
    const body = { ...good, from: 'all', whenBusy: 'wait' };
    const dry = { params, url: 'http://localhost/?dry=true' };
    const reply = await post(app, 'retry_run', body, {}, dry);
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(app.syncs.started, []);
    assert.equal(app.syncs.planned.length, 1);
    assert.deepEqual(app.syncs.retried, [
      { of: runId, from: 'all', user: 'operator', whenBusy: 'wait', token: 'demo' },
    ]);
  });

  const refusals: [RetryRefusal, RegExp][] = [
    [{ outcome: 'unfinished', state: 'running' }, /has not ended: it is running/],
    [{ outcome: 'nothing' }, /all of it has succeeded/],
    [{ outcome: 'gone', why: 'The catalogue no longer has meter of 0c10.' }, /no longer has meter/],
  ];
  for (const [refusal, text] of refusals) {
    test(`409 not-retryable: ${refusal.outcome}`, async () => {
      const app = appWithRun();
      app.syncs.againOutcome = refusal;
      const reply = await post(app, 'retry_run', good, {}, { params });
      assert.equal(reply.status, 409);
      assert.match(JSON.parse(reply.text).detail, text);
      assert.equal(JSON.parse(reply.text).type, 'urn:syncboard:problem:not-retryable');
    });
  }

  test('404 for no run, 400 for what is not understood, and the member is named', async () => {
    assert.equal((await post(testApp(), 'retry_run', good, {}, { params })).status, 404);
    const bad: [object, string][] = [
      [{ from: 'start' }, 'from'],
      [{ form: 'all' }, 'form'],
      [{ whenBusy: 'later' }, 'whenBusy'],
      [{ user: '' }, 'user'],
    ];
    for (const [members, field] of bad) {
      const reply = await post(appWithRun(), 'retry_run', { ...good, ...members }, {}, { params });
      assert.equal(reply.status, 400);
      const { detail, errors } = JSON.parse(reply.text);
      assert.equal(errors[0].field, field);
      if (field === 'form') assert.equal(detail, 'Unknown member: form (did you mean from?).');
    }
  });
});

describe('retries of a call', () => {
  const asked = (members: object) => ({
    ...good,
    calls: [{ code: '0c10', name: 'meter', ...members }],
  });

  test('are taken as they are', async () => {
    const app = testApp();
    const reply = await post(app, 'runs', asked({ retries: 2, after: '10m' }));
    assert.equal(reply.status, 202, reply.text);
    const [{ retries, after } = {}] = app.syncs.started[0]?.calls ?? [];
    assert.deepEqual([retries, after], [2, '10m']);
  });

  test('null is as if they were absent', async () => {
    const app = testApp();
    await post(app, 'runs', asked({ retries: null, after: null }));
    assert.deepEqual(Object.keys(app.syncs.started[0]?.calls[0] ?? {}), [
      'codes',
      'names',
      'whole',
    ]);
  });

  const bad: [object, string][] = [
    [{ retries: -1 }, 'calls[0].retries'],
    [{ retries: 11 }, 'calls[0].retries'],
    [{ retries: 1.5 }, 'calls[0].retries'],
    [{ retries: '2' }, 'calls[0].retries'],
    [{ after: '10' }, 'calls[0].after'],
    [{ after: '8d' }, 'calls[0].after'],
    [{ after: 600 }, 'calls[0].after'],
    [{ retry: 2 }, 'calls[0].retry'],
  ];
  for (const [members, field] of bad) {
    test(`${JSON.stringify(members)} is a 400`, async () => {
      const reply = await post(testApp(), 'runs', asked(members));
      assert.equal(reply.status, 400);
      assert.equal(JSON.parse(reply.text).errors[0].field, field);
    });
  }
});
