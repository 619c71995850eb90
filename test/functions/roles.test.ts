/** What a token may see and do, and what docs/api.md says of it. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { methodsOf, queryOf, roleOf } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import type { Method } from '../../shared/http/handler.ts';
import { summaryOf } from '../../shared/sync/run-store.ts';
import { pipelines, run } from '../support/runs.ts';
import { call, runId, type TestApp, testApp } from './app.ts';

const every = routes.flatMap((route) =>
  Object.keys(methodsOf(route)).map((method) => ({ route, method: method as Method })),
);

function appWith(token: { roles?: string[]; codes?: string[]; expires?: string }): TestApp {
  const sha256 = createHash('sha256').update('own').digest('hex');
  const entry = { name: 'own', sha256, codes: ['*'], connections: ['*'], ...token };
  return testApp({ API_TOKENS: JSON.stringify([entry]), PROTECT_READS: 'true' });
}
const headers = { authorization: 'Bearer own', accept: 'application/json' };

for (const { route, method } of every) {
  const role = roleOf(route, method);
  if (role === undefined || role === 'any' || route.access === 'known') continue;
  test(`${method} /${route.route} needs ${role}`, async () => {
    const others = ['read', 'run', 'admin'].filter((other) => other !== role);
    const refused = await call(appWith({ roles: others }), route.name, { method, headers });
    assert.equal(refused.status, 403);
    assert.equal(JSON.parse(refused.text).detail, `Token does not have the role ${role}.`);
    const allowed = await call(appWith({ roles: [role] }), route.name, { method, headers });
    assert.doesNotMatch(allowed.text, /does not have the role/);
    const late = appWith({ roles: [role], expires: '2019-07-15T12:00:00Z' });
    assert.equal((await call(late, route.name, { method, headers })).status, 401);
  });
}

for (const roles of [['read'], ['run'], ['admin'], ['read', 'run']]) {
  test(`a token of ${roles} learns what it may do, and strangers nothing`, async () => {
    const app = appWith({ roles, codes: ['0c10'], expires: '2020-01-01' });
    const rights = { roles, codes: ['0c10'], connections: ['*'] };
    const own = { name: 'own', ...rights, rights: [rights], expires: '2020-01-01' };
    const signIn = { kind: 'token' };
    assert.deepEqual(JSON.parse((await call(app, 'me', { headers })).text), { ...own, signIn });
    const stranger = { accept: 'application/json' };
    assert.equal((await call(app, 'me', { headers: stranger })).status, 401);
    const late = appWith({ roles, expires: '2019-07-15T12:00:00Z' });
    assert.equal((await call(late, 'me', { headers })).status, 401);
  });
}

test('an entry without roles reads and runs', async () => {
  const app = appWith({});
  assert.equal((await call(app, 'runs', { headers })).status, 200);
  const params = { company: 'flexi-demo' };
  const reset = await call(app, 'reset_company', { method: 'POST', headers, params });
  assert.equal(reset.status, 403);
});

for (const { route, method } of every) {
  test(`${method} /${route.route}: a query parameter that nobody reads is refused`, async () => {
    const known = [...queryOf(route, method), 'pretty'];
    for (const name of known) {
      // After `where.` anything may follow.
      const slip = name.endsWith('*') ? name.replace('.', '_') : `${name}x`;
      const init = {
        method,
        headers: { authorization: 'Bearer demo-token' },
        query: { [slip]: 'hush' },
      };
      const reply = await call(testApp(), route.name, init);
      assert.equal(reply.status, 400);
      const message = `Unknown query parameter: ${slip} (did you mean ${name}?).`;
      assert.ok(reply.text.includes(message), reply.text);
      assert.doesNotMatch(reply.text, /hush/);
    }
  });
}

test('nothing is started by ?dry=true, nor by a dry that is neither yes nor no', async () => {
  for (const [name, body] of [
    ['data_source_sync', { code: '0c10', month: 7, year: 2019 }],
    ['entity_sync', { code: '0c10', name: 'payment', month: 7, year: 2019 }],
    ['runs', { calls: [{ code: '0c10', name: 'payment', month: -1 }] }],
  ] as const) {
    for (const [dry, status] of [
      ['true', 200],
      ['yes', 400],
      ['', 400],
    ] as const) {
      const app = testApp();
      const reply = await call(app, name, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        query: { dry },
        body: { string: JSON.stringify({ token: 'demo-token', user: 'u', ...body }) },
      });
      assert.equal(reply.status, status, reply.text);
      assert.deepEqual(app.syncs.started, []);
      assert.equal(reply.queued, undefined);
      assert.equal(app.syncs.planned.length, status === 200 ? 1 : 0);
    }
  }
});

test('a parameter that is given twice, or a pretty that is neither, is refused', async () => {
  const app = testApp();
  for (const query of ['limit=1&limit=2', 'pretty=perhaps', 'pretty&pretty']) {
    const url = `http://localhost/runs?${query}`;
    const reply = await call(app, 'runs', { headers: { authorization: 'Bearer demo-token' }, url });
    assert.equal(reply.status, 400, query);
  }
});

test('?pretty indents JSON, refusals too', async () => {
  const url = 'http://localhost/valid_codes?pretty';
  const plain = JSON.parse((await call(testApp(), 'valid_codes')).text);
  const reply = await call(testApp(), 'valid_codes', { url });
  assert.equal(reply.text, JSON.stringify(plain, null, 2));
  const refused = await call(testApp(), 'runs', { url, headers: { accept: 'application/json' } });
  assert.match(refused.text, /^\{\n {2}"type": /);
});

const mine = { ...run(runId, pipelines(['payment'])), codes: ['0c10'] };
const theirs = { ...mine, codes: ['0c10', 'mo'] };

test('reads of runs are limited to the codes of the token', async () => {
  for (const [codes, subject, status] of [
    [['0c10'], mine, 200],
    [['0c10'], theirs, 403],
    [['0c10', 'mo'], theirs, 200],
    [['*'], theirs, 200],
  ] as const) {
    const app = appWith({ codes: [...codes] });
    app.syncs.runs.set(runId, subject);
    app.syncs.said = Buffer.from('said\n');
    app.syncs.running = [subject];
    app.syncs.page = { runs: [summaryOf(subject)] };
    const seen = status === 200 ? 1 : 0;
    for (const name of ['run', 'run_log']) {
      const reply = await call(app, name, { headers, params: { id: runId } });
      assert.equal(reply.status, status, name);
    }
    assert.equal(JSON.parse((await call(app, 'runs', { headers })).text).runs.length, seen);
    const now = JSON.parse((await call(app, 'sync_status', { headers })).text);
    assert.equal(now.running, true);
    assert.equal(now.runs.length, seen);
  }
});

test('codes that the listing has no room for are looked up', async () => {
  const app = appWith({ codes: ['0c10'] });
  app.syncs.page = { runs: [{ ...summaryOf(mine), moreCodes: 1 }] };
  app.syncs.runs.set(runId, theirs);
  assert.deepEqual(JSON.parse((await call(app, 'runs', { headers })).text).runs, []);
});

test('docs/api.md lists every route with its role and query parameters', async () => {
  const rows = every.map(({ route, method }) => {
    const query = queryOf(route, method).map((name) => `\`${name}\``);
    const role = roleOf(route, method) ?? '';
    const access = methodsOf(route)[method]?.access ?? route.access;
    const marks = { read: ' ¹', known: ' ⁴' };
    const mark = role === 'any' ? ' ⁵' : access in marks ? marks[access as keyof typeof marks] : '';
    return `| ${method} \`/${route.route}\` | ${role}${mark} | ${query.join(', ')} |`;
  });
  const table = ['| method and path | role | query parameters |', '| --- | --- | --- |', ...rows];
  const docs = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
  assert.ok(docs.includes(table.join('\n')), `docs/api.md needs this table:\n${table.join('\n')}`);
});
