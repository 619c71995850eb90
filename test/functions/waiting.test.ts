/** Waiting, as HTTP clients see it. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { executeRun } from '../../shared/sync/engine.ts';
import { run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';
import { call, post, runId, testApp } from './app.ts';

const good = { token: 'demo-token', user: 'operator', code: '0c10', name: 'meter' };
const bodies: [route: string, body: Record<string, unknown>][] = [
  ['entity_sync', good],
  ['data_source_sync', { ...good, month: 7, year: 2019 }],
  ['runs', { token: 'demo-token', user: 'operator', calls: [{ code: '0c10', name: 'meter' }] }],
];
const authorization = { authorization: 'Bearer demo-token' };

for (const [route, body] of bodies) {
  describe(`whenBusy of ${route}`, () => {
    test('wait, refuse, null and absent', async () => {
      const given = [{ whenBusy: 'wait' }, { whenBusy: 'refuse' }, { whenBusy: null }, {}];
      for (const member of given) {
        const app = testApp();
        const reply = await post(app, route, { ...body, ...member });
        assert.equal(reply.status, 202, reply.text);
        const expected = member.whenBusy === 'wait' ? 'wait' : undefined;
        assert.equal(app.syncs.started[0]?.whenBusy, expected);
      }
    });

    test('anything else is refused, and named', async () => {
      for (const whenBusy of ['Wait', true, 1, {}, 'queue']) {
        const app = testApp();
        const reply = await post(app, route, { ...body, whenBusy }, { accept: 'application/json' });
        assert.equal(reply.status, 400);
        const [error] = JSON.parse(reply.text).errors;
        assert.equal(error.field, 'whenBusy');
        assert.match(error.allowed, /refuse or wait/);
        assert.deepEqual(app.syncs.started, []);
      }
    });

    test('202, its place, and no message: it has one already', async () => {
      const app = testApp();
      app.syncs.outcome = { outcome: 'waiting', id: runId, place: 3 };
      const accept = { accept: 'application/json' };
      const reply = await post(app, route, { ...body, whenBusy: 'wait' }, accept);
      assert.equal(reply.status, 202);
      assert.equal(reply.headers.get('location'), `/runs/${runId}`);
      assert.deepEqual(JSON.parse(reply.text), {
        ...{ id: runId, state: 'waiting', location: `/runs/${runId}`, place: 3 },
      });
      assert.equal(reply.queued, undefined);
      const plain = await post(app, route, { ...body, whenBusy: 'wait' }, { accept: 'text/plain' });
      assert.equal(plain.text, 'Synchronization is waiting.');
    });
  });
}

test('a refusal names whoever would be overtaken, or has the server', async () => {
  const app = testApp();
  app.syncs.outcome = { outcome: 'busy', servers: ['dcdb'], runs: [runId] };
  const reply = await post(app, 'entity_sync', good, { accept: 'application/json' });
  assert.equal(reply.status, 409);
  assert.deepEqual(JSON.parse(reply.text).runs, [runId]);
});

describe('reading runs that wait', () => {
  const waiting = () => {
    const app = testApp();
    const document = run(runId, [stage('export:meter:0c10', 'dcdb')]);
    app.syncs.runs.set(runId, { ...document, state: 'waiting', ticket: '000000000007' });
    app.syncs.inLine.set(runId, { place: 2 });
    return app;
  };

  test('one says its place, and what it waits for', async () => {
    const reply = await call(waiting(), 'run', { headers: authorization, params: { id: runId } });
    const shown = JSON.parse(reply.text);
    assert.equal(shown.state, 'waiting');
    assert.equal(shown.place, 2);
    assert.deepEqual(shown.waitsFor, [{ server: 'dcdb', run: runId }]);
  });

  test('one that has begun says neither', async () => {
    const app = waiting();
    app.syncs.runs.set(runId, run(runId, [stage('export:meter:0c10', 'dcdb')]));
    const reply = await call(app, 'run', { headers: authorization, params: { id: runId } });
    assert.deepEqual(
      Object.keys(JSON.parse(reply.text)).filter((key) => /place|wait/.test(key)),
      [],
    );
  });

  test('sync_status: waiting alone is not running, and is counted', async () => {
    const app = waiting();
    const plain = await call(app, 'sync_status');
    assert.equal(plain.text, 'Synchronization is not running.');
    const json = await call(app, 'sync_status', { headers: { accept: 'application/json' } });
    assert.deepEqual(JSON.parse(json.text), { running: false, runs: [], waiting: 1, closures: [] });
  });
});

describe('on real storage', () => {
  let storage: TestStorage;
  before(async () => {
    storage = await startStorage();
  });
  after(() => storage.close());

  test('three wait for one another; the list, each run and a cancellation tell what is', async () => {
    const state = syncStateOf(await storage.container());
    const sent: string[] = [];
    const send = async (id: string) => void sent.push(id);
    const app = { ...testApp(), syncs: postingService(state, { send }) };
    const accept = { accept: 'application/json' };
    const ask = async (code: string[]) => {
      const reply = await post(app, 'entity_sync', { ...good, code, whenBusy: 'wait' }, accept);
      assert.equal(reply.status, 202, reply.text);
      return JSON.parse(reply.text);
    };
    const holder = await ask(['0c10']);
    const both = await ask(['0c10', 'stek']);
    const behind = await ask(['stek']);
    assert.deepEqual([holder.state, both.state, behind.state], ['queued', 'waiting', 'waiting']);
    assert.deepEqual([both.place, behind.place], [0, 1]);
    const read = async (id: string) =>
      JSON.parse((await call(app, 'run', { headers: authorization, params: { id } })).text);
    assert.deepEqual((await read(both.id)).waitsFor, [{ server: 'dcdb', run: holder.id }]);
    assert.deepEqual((await read(behind.id)).waitsFor, [{ server: 'server', run: both.id }]);
    const page = JSON.parse((await call(app, 'runs', { headers: authorization })).text);
    const shown = page.runs.map(({ id, place }: { id: string; place?: number }) => [id, place]);
    assert.deepEqual(
      new Map(shown),
      new Map([
        [behind.id, 1],
        [both.id, 0],
        [holder.id, undefined],
      ]),
    );
    const refused = await post(app, 'entity_sync', { ...good, code: 'stek' }, accept);
    assert.deepEqual(JSON.parse(refused.text).runs, [both.id]);
    const cancelled = await post(app, 'cancel_run', {}, authorization, { params: { id: both.id } });
    assert.equal(JSON.parse(cancelled.text).state, 'cancelled', 'it has ended');
    assert.deepEqual(app.audit.told.slice(-2), [
      {
        ...{ what: 'run.cancel', subject: `run ${both.id}`, codes: ['0c10', 'stek'] },
        ...{ before: { state: 'waiting' }, who: { token: 'demo' }, from: {} },
      },
      { outcome: 'done', after: { state: 'cancelled' } },
    ]);
    assert.equal((await read(both.id)).state, 'cancelled');
    assert.ok(sent.includes(behind.id));
    const engine = { ...engineOn(state), send };
    assert.equal(await executeRun(engine, behind.id, soon()), 'finished');
    assert.equal((await read(behind.id)).state, 'succeeded');
  });
});
