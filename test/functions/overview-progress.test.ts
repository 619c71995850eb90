/** The overview with how far runs are: what a page lives by, in one request that is held. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { noFacts } from '../../shared/board/overview/facts.ts';
import type { Overview } from '../../shared/board/overview/overview.ts';
import type { Run } from '../../shared/sync/run.ts';
import { run as runOf, stage } from '../support/runs.ts';
import { call, runId, type TestApp, testApp } from './app.ts';

const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
const at = '2019-07-15T11:59:00.000Z';

function running(message: string): Run {
  const one = { ...stage('export:payment:0c10', 'dcdb'), attempts: [{ startedAt: at }] };
  const begun = {
    ...one,
    state: 'running' as const,
    messages: { count: 1, last: { at, text: message } },
  };
  return { ...runOf(runId, [begun]), state: 'running', startedAt: at, user: 'Jana' };
}

/** Where dcdb is the run's, as far as anybody knows. */
function appWith(run: Run | undefined, environment: Record<string, string> = {}): TestApp {
  const app = testApp(environment);
  const owner = { id: runId, codes: ['0c10'], user: 'Jana', endsAt: null };
  const value = {
    ...noFacts(new Date(at)),
    unread: [],
    servers: [{ server: 'dcdb', run: owner, waiting: [] }],
  };
  app.overviews = {
    ...app.overviews,
    facts: async () => ({ value, etag: '"1"' }) as never,
    changedSince: async (_, signal) => {
      if (!signal.aborted) await once(signal, 'abort');
    },
  };
  if (run !== undefined) app.syncs.runs.set(runId, run);
  return app;
}

async function overview(app: TestApp, more: Record<string, string> = {}, query = {}) {
  const reply = await call(app, 'overview', {
    headers: { ...headers, ...more },
    query: { progress: 'true', ...query },
  });
  type Seen = Overview & { runs?: { id: string; user: string; running: { message?: string }[] }[] };
  return { ...reply, json: (reply.text === '' ? {} : JSON.parse(reply.text)) as Seen };
}

test('runs are in it only where they are asked for', async () => {
  const { json } = await overview(appWith(running('40000 rows')));
  assert.deepEqual(
    json.runs?.map(({ id, user, running: [first] }) => [id, user, first?.message]),
    [[runId, 'Jana', '40000 rows']],
  );
  const without = await overview(appWith(running('40000 rows')), {}, { progress: 'false' });
  assert.equal(without.json.runs, undefined);
});

test('who may not touch all of a run sees that its server is taken, and nothing of it', async () => {
  const sha256 = '7c43ef5ae21d43ce2743f770c68e24def1a43ee2f416d2438410c8af7af2ff2c';
  const tokens = [{ name: 'own', sha256, codes: ['mo'] }];
  const app = appWith(running('hush'), { API_TOKENS: JSON.stringify(tokens) });
  const { json, text } = await overview(app);
  assert.deepEqual(json.runs, []);
  assert.deepEqual(
    json.servers.map(({ isFree, run }) => [isFree, run]),
    [[false, undefined]],
  );
  assert.doesNotMatch(text, /hush|Jana/);
});

test('a run that is gone meanwhile is left out', async () => {
  assert.deepEqual((await overview(appWith(undefined))).json.runs, []);
});

test('it is held until a run says something new, and not when nothing has changed', async () => {
  const app = appWith(running('40000 rows'));
  const changed = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let waits = 0;
  app.syncs.changed = async (_id, _etag, signal) => {
    waits += 1;
    held.resolve();
    if (waits === 1) return;
    await Promise.race([changed.promise, once(signal, 'abort')]);
  };
  const first = await overview(app);
  const known = { 'if-none-match': first.headers.get('etag') ?? '' };
  assert.equal((await overview(app, known)).status, 304);
  const waiting = overview(app, known, { wait: '25' });
  await held.promise;
  // Told of a change that is none to it, it goes on waiting.
  app.syncs.runs.set(runId, running('80000 rows'));
  changed.resolve();
  const next = await waiting;
  assert.equal(next.status, 200);
  assert.equal(next.json.runs?.[0]?.running[0]?.message, '80000 rows');
  assert.notEqual(next.headers.get('etag'), first.headers.get('etag'));
});

test('another value than yes and no is refused', async () => {
  const reply = await overview(appWith(undefined), {}, { progress: 'maybe' });
  assert.equal(reply.status, 400);
  assert.match(reply.text, /Invalid progress value/);
});
