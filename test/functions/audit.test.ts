/** That every change is in the audit: real storage and the FlexiBee stand-in; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type ChangeKind, changeKinds } from '../../functions/changes.ts';
import { methodsOf } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { AuditEntry } from '../../shared/audit/audit.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { FailureStore } from '../../shared/sync/failures.ts';
import { run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, type Reply, testApp } from './app.ts';

const hookSecret = 'a-secret-of-this-test-0123456789abcdef';
const company = 'flexi-demo';
const tokens = JSON.parse(sample.Values.API_TOKENS);
const narrow = {
  ...{ name: 'narrow', sha256: createHash('sha256').update('narrow').digest('hex') },
  ...{ codes: ['0c10', company], roles: ['read', 'run', 'admin'] },
};

let storage: TestStorage;
let flexibee: Flexibee;
let app: App;
/** Stands where FlexiBee reaches the app: it tries a hook's address before it takes it. */
const publicServer = createServer((_request, response) => void response.end());
let publicUrl: string;
before(async () => {
  await new Promise<void>((resolve) => publicServer.listen(0, '127.0.0.1', resolve));
  publicUrl = `http://127.0.0.1:${(publicServer.address() as AddressInfo).port}`;
  [storage, flexibee] = await Promise.all([startStorage(), startFlexibee()]);
  app = await start();
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close()]);
  publicServer.close();
});

function start(environment: Record<string, string> = {}): Promise<App> {
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([...tokens, narrow]),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
    FLEXIBEE_HOOK_SECRET: hookSecret,
    PUBLIC_URL: publicUrl,
    NOTIFICATIONS: '[{"name": "ops", "type": "webhook"}]',
    NOTIFY_OPS_URL: publicUrl,
    NOTIFY_OPS_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    ...environment,
  });
}

function ask(name: string, init: HttpRequestInit = {}, by = app): Promise<Reply> {
  const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
  return call(by, name, { ...init, headers: { ...headers, ...init.headers } });
}

function posting(body: unknown): HttpRequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: { string: JSON.stringify(body) },
  };
}

async function entries(query: Record<string, string> = {}, token = 'demo-token') {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await ask('audit', { query: { limit: '200', ...query }, headers });
  assert.equal(reply.status, 200, reply.text);
  return JSON.parse(reply.text).entries as AuditEntry[];
}

const until = () => new Date(Date.now() + 3_600_000).toISOString();
const payment = { user: 'Jana', code: '0c10', name: 'payment', month: 7, year: 2019 };
/** What an earlier change has made, which a later one undoes. */
const made = new Map<string, string>();

interface Case {
  route: string;
  init(): HttpRequestInit | Promise<HttpRequestInit>;
  what: ChangeKind;
  /** What must be told, beside the time. */
  told: Partial<AuditEntry>;
  keep?: string;
}

const ofCompany = { subject: `company ${company}`, codes: [company] };
const cases: Case[] = [
  {
    route: 'cancel_run',
    init: () => ({ method: 'POST', params: { id: made.get('run') ?? '' } }),
    what: 'run.cancel',
    told: { codes: ['0c10'], before: { state: 'queued' }, after: { cancelling: true } },
  },
  ...(['poll', 'reconcile_company'] as const).map((route): Case => {
    const what = route === 'poll' ? 'company.poll' : 'company.reconcile';
    return { route, init: () => ({ method: 'POST', params: { company } }), what, told: ofCompany };
  }),
  {
    route: 'changelog_disable',
    init: () => ({ method: 'PUT', params: { company } }),
    what: 'changelog.off',
    told: { ...ofCompany, before: { enabled: true }, after: { enabled: false } },
  },
  {
    route: 'changelog_enable',
    init: () => ({ method: 'PUT', params: { company } }),
    what: 'changelog.on',
    told: { ...ofCompany, before: { enabled: false }, after: { enabled: true } },
  },
  {
    route: 'hook',
    init: () => ({ method: 'PUT', params: { company } }),
    what: 'hook.register',
    told: {
      ...ofCompany,
      before: { registered: 0 },
      after: { registered: 1 },
    },
  },
  {
    route: 'hook',
    init: () => ({ method: 'DELETE', params: { company } }),
    what: 'hook.remove',
    told: { ...ofCompany, before: { registered: 1 }, after: { registered: 0 } },
  },
  {
    route: 'reset_company',
    init: () => ({ method: 'POST', params: { company } }),
    what: 'company.reset',
    told: ofCompany,
  },
  {
    route: 'closures',
    init: () => posting({ company, until: until(), reason: 'stocktaking', user: 'Jana' }),
    what: 'closure.begin',
    told: { ...ofCompany, who: { token: 'demo', user: 'Jana' } },
    keep: 'closure',
  },
  {
    route: 'closure',
    init: () => ({ method: 'DELETE', params: { id: made.get('closure') ?? '' } }),
    what: 'closure.end',
    told: ofCompany,
  },
];

cases.push(
  {
    route: 'acknowledgements',
    init: async () => {
      const state = 'failed' as const;
      const stages = [{ ...stage('export:payment:0c10', 'dcdb'), state }];
      const freshness = [{ entity: 'payment', code: '0c10' }];
      const failed = { ...run('r1', stages), freshness, endedAt: app.current.now().toISOString() };
      await new FailureStore(await opened()).note(failed, new Set(), soon());
      const subject = '0c10/payment';
      return posting({ kind: 'sync', subject, until: until(), note: 'known', user: 'Jana' });
    },
    what: 'acknowledgement.begin',
    told: { subject: 'sync 0c10/payment', codes: ['0c10'], who: { token: 'demo', user: 'Jana' } },
    keep: 'acknowledgement',
  },
  {
    route: 'acknowledgement',
    init: () => ({ method: 'DELETE', params: { id: made.get('acknowledgement') ?? '' } }),
    what: 'acknowledgement.end',
    told: { subject: 'sync 0c10/payment', codes: ['0c10'] },
  },
);

cases.push({
  route: 'test_target',
  init: () => posting({ target: 'ops', user: 'Jana' }),
  what: 'target.test',
  told: {
    ...{ subject: 'target ops', who: { token: 'demo', user: 'Jana' } },
    after: { taken: true },
  },
});

const board = { description: 'of this test', calls: [{ code: '0c10', name: 'meter', run: true }] };
const meter = { params: { board: 'mine', call: 'meter.0c10' } };

cases.push(
  {
    route: 'board',
    init: () => ({ ...posting({ ...board, user: 'Jana' }), method: 'PUT', ...meter }),
    what: 'board.write',
    told: {
      ...{ subject: 'board mine', codes: ['0c10'], who: { token: 'demo', user: 'Jana' } },
      ...{ asked: { calls: 1, on: 1 }, after: { revision: 1, calls: 1, on: 1 } },
    },
  },
  {
    route: 'board_call',
    init: () => ({ ...posting({ run: false }), method: 'PATCH', ...meter }),
    what: 'board.switch',
    told: {
      ...{ subject: 'board mine, call meter.0c10', asked: { run: false } },
      ...{ before: { revision: 1, run: true }, after: { revision: 2, run: false } },
    },
  },
  {
    route: 'import_board',
    init: () => ({
      ...{ method: 'POST', ...meter, headers: { 'content-type': 'text/x-python' } },
      body: { string: 'sync_entity(M, DCDB_0C10, run=True)\n' },
    }),
    what: 'board.import',
    told: {
      ...{ subject: 'board mine', codes: ['0c10'] },
      after: { revision: 3, calls: 1, on: 1 },
    },
  },
  {
    route: 'schedule',
    init: () => ({
      ...posting({ board: 'mine', cron: '30 2 * * *', enabled: false, user: 'Jana' }),
      ...{ method: 'PUT', params: { schedule: 'night' } },
    }),
    what: 'schedule.write',
    told: {
      ...{ subject: 'schedule night', who: { token: 'demo', user: 'Jana' } },
      ...{ asked: { board: 'mine', cron: '30 2 * * *' }, after: { revision: 1, enabled: false } },
    },
  },
  {
    route: 'schedule',
    init: () => ({ method: 'DELETE', params: { schedule: 'night' } }),
    what: 'schedule.remove',
    told: {
      subject: 'schedule night',
      before: { revision: 1, board: 'mine' },
      after: { removed: true },
    },
  },
  {
    route: 'board',
    init: () => ({ method: 'DELETE', ...meter }),
    what: 'board.remove',
    told: {
      subject: 'board mine',
      before: { revision: 3, calls: 1, on: 1 },
      after: { removed: true },
    },
  },
);

function opened() {
  const { connectionString } = storage;
  return openContainer({ kind: 'connection string', connectionString }, soon());
}

const ways = routes.flatMap((route) =>
  Object.entries(methodsOf(route))
    .filter(([method]) => method !== 'GET')
    .map(([method, { changes }]) => ({ name: route.name, method, changes })),
);

for (const { name, method, changes } of ways) {
  test(`${method} ${name} is in the audit, or it is said why not`, () => {
    assert.ok(changes, 'the table of routes must say what it changes');
    if (typeof changes === 'object') return assert.match(changes.nothing, /\w{3} \w/);
    assert.ok(changeKinds.includes(changes));
  });
}

test('every change that somebody makes is in the audit once, with who, what, before and after', async () => {
  const started = await ask('entity_sync', posting(payment));
  const { id } = JSON.parse(started.text);
  made.set('run', id);
  assert.partialDeepStrictEqual((await entries())[0], {
    ...{ what: 'run.start', subject: `run ${id}`, codes: ['0c10'], outcome: 'done' },
    who: { token: 'demo', user: 'Jana' },
    asked: { kind: 'entity', calls: 1, names: ['payment'], months: ['2019-07'] },
    after: { state: 'queued' },
  });
  for (const { route, init, what, told, keep } of cases) {
    const before = (await entries({ what })).length;
    const reply = await ask(route, await init());
    assert.ok(reply.status < 300, `${route}: ${reply.text}`);
    if (keep !== undefined) made.set(keep, JSON.parse(reply.text).id);
    const found = await entries({ what });
    assert.equal(found.length, before + 1, what);
    const expected = { who: { token: 'demo' }, outcome: 'done' as const, what, ...told };
    assert.partialDeepStrictEqual(found[0], expected);
    assert.ok(Math.abs(Date.parse(found[0]?.at ?? '') - app.current.now().getTime()) < 60_000);
  }
  const done = new Set((await entries()).map(({ what }) => what));
  const missing = ways.flatMap(({ changes }) =>
    typeof changes === 'string' && !done.has(changes) ? [changes] : [],
  );
  assert.deepEqual(missing, [], 'this test must make each of them');
});

test('no secret and no token is in the audit', async () => {
  const text = JSON.stringify(await entries());
  for (const secret of [
    hookSecret,
    'demo-token',
    'winstrom',
    ...tokens.map(({ sha256 }: { sha256: string }) => sha256),
  ]) {
    assert.ok(!text.includes(secret), secret);
  }
});

test('who may not is refused, and nothing is told', async () => {
  const before = (await entries()).length;
  for (const { name, method, changes } of ways) {
    if (typeof changes !== 'string') continue;
    for (const authorization of ['', 'Bearer nobody']) {
      const params = { company, id: 'x' };
      const reply = await ask(name, { method, params, headers: { authorization } });
      assert.ok([401, 415].includes(reply.status), `${name}: ${reply.status}`);
    }
  }
  assert.equal((await entries()).length, before);
});

test('what is refused after it was begun says so', async () => {
  const started = await ask('entity_sync', posting({ ...payment, code: 'stek' }));
  const { id } = JSON.parse(started.text);
  const cancel = () => ask('cancel_run', { method: 'POST', params: { id } });
  assert.deepEqual([(await cancel()).status, (await cancel()).status], [202, 409]);
  const [second, first] = await entries({ what: 'run.cancel' });
  assert.equal(first?.outcome, 'done');
  const reason = `Run ${id} is being cancelled already.`;
  assert.partialDeepStrictEqual(second, { outcome: 'refused', status: 409, reason });
});

test('what its server did not do has failed', async () => {
  flexibee.faults.set({ status: 500, after: 1 });
  const reply = await ask('hook', { method: 'PUT', params: { company } });
  flexibee.faults.clear();
  assert.equal(reply.status, 502);
  const [entry] = await entries({ what: 'hook' });
  assert.partialDeepStrictEqual(entry, { what: 'hook.register', outcome: 'failed', status: 502 });
  assert.match(entry?.reason ?? '', /^FlexiBee flexi-demo: /);
});

test('nothing is done that cannot be told', async () => {
  const deaf = testApp();
  deaf.audit.begin = async () => {
    throw new Error('storage is away');
  };
  const run = { method: 'POST', params: { company } } as const;
  const headers = { authorization: 'Bearer demo-token' };
  const reply = await call(deaf, 'reconcile_company', { ...run, headers });
  assert.equal(reply.status, 500);
  assert.equal(reply.polled, undefined);
});

test('what was done is told by the answer though its end could not be written', async () => {
  const dying = testApp();
  dying.audit.end = async () => {
    throw new Error('storage is away');
  };
  const run = { method: 'POST', params: { company } } as const;
  const headers = { authorization: 'Bearer demo-token' };
  const reply = await call(dying, 'reconcile_company', { ...run, headers });
  assert.equal(reply.status, 202);
  assert.match(reply.log, /The audit could not be told how \S+ ended/);
});

test('pages, kinds, people and times', async () => {
  const all = await entries();
  assert.ok(all.length > 8);
  const first = JSON.parse((await ask('audit', { query: { limit: '2', what: 'company' } })).text);
  assert.equal(first.entries.length, 2);
  const url = new URL(`http://localhost${first.next}`);
  const next = JSON.parse(
    (await ask('audit', { query: Object.fromEntries(url.searchParams) })).text,
  );
  const companies = all.filter(({ what }) => what.startsWith('company.'));
  assert.deepEqual(
    [...first.entries, ...next.entries],
    companies.slice(0, 3 + next.entries.length),
  );
  const jana = await entries({ who: 'Jana' });
  assert.deepEqual(
    jana,
    all.filter(({ who }) => who.user === 'Jana'),
  );
  assert.ok(jana.length > 0 && jana.length < all.length);
  assert.deepEqual(await entries({ who: 'demo' }), all);
  const at = all[4]?.at ?? '';
  assert.deepEqual(
    await entries({ from: at }),
    all.filter((entry) => entry.at >= at),
  );
  assert.deepEqual(
    await entries({ to: at }),
    all.filter((entry) => entry.at < at),
  );
  const { timeZone } = app.current.catalog.periods;
  const day = new Intl.DateTimeFormat('sv', { timeZone }).format(new Date(at));
  const dayOf = (entry: AuditEntry) =>
    new Intl.DateTimeFormat('sv', { timeZone }).format(new Date(entry.at));
  assert.deepEqual(
    await entries({ from: day, to: day }),
    all.filter((entry) => dayOf(entry) === day),
    'of one day, as the runs',
  );
});

for (const [query, detail, near] of [
  [{ what: 'run.strat' }, 'Invalid what value: run.strat.', /did you mean run\.start\?/],
  [{ from: 'yesterday' }, 'Invalid from value: yesterday.', /a time with its zone/],
  [{ to: '2026-02-30' }, 'Invalid to value: 2026-02-30.', /a time with its zone/],
  [
    { from: '2026-02-02', to: '2026-02-01' },
    ...(['Invalid to value: 2026-02-01.', /later than from/] as const),
  ],
  [{ limit: '0' }, 'Invalid limit value: 0.', /from 1 to 200/],
  [{ after: 'x' }, 'Invalid after value: x.', /the next link/],
] as const) {
  test(`the audit refuses ${JSON.stringify(query)}`, async () => {
    const reply = await ask('audit', { query: { ...query } });
    assert.equal(reply.status, 400);
    const problem = JSON.parse(reply.text);
    assert.equal(problem.detail, detail);
    assert.match(problem.errors[0].message, near);
  });
}

test('an admin of some data sources sees what concerns these alone', async () => {
  await ask('closures', posting({ server: 'ab', until: until(), reason: 'r', user: 'Ivo' }));
  await ask('entity_sync', posting({ ...payment, code: 'region' }));
  const seen = await entries({}, 'narrow');
  assert.ok(seen.length > 0);
  for (const { codes } of seen) assert.ok(codes?.every((code) => narrow.codes.includes(code)));
  const all = await entries();
  assert.ok(all.some(({ codes }) => codes === undefined));
});

test('in Azure the address is what the platform saw, elsewhere there is none', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.9, 203.0.113.7:50123' };
  const poll = { method: 'POST', params: { company }, headers } as const;
  await ask('reset_company', poll);
  const forwarded = '198.51.100.9, 203.0.113.7:50123';
  assert.deepEqual((await entries({ limit: '1' }))[0]?.from, { forwarded });
  const hosted = await start({
    WEBSITE_SITE_NAME: 'syncboard',
    API_TOKENS: JSON.stringify([{ ...narrow, codes: ['*'] }]),
  });
  const authorization = 'Bearer narrow';
  await ask('reset_company', { ...poll, headers: { ...headers, authorization } }, hosted);
  const [entry] = await entries({ limit: '1' });
  assert.deepEqual(entry?.from, { address: '203.0.113.7', forwarded });
  await hosted.stop();
});

test('who waits is told to wait', async () => {
  const waiting = { ...payment, code: 'mo', whenBusy: 'wait' };
  assert.equal((await ask('entity_sync', posting(waiting))).status, 202);
  const [entry] = await entries({ what: 'run.start', limit: '1' });
  assert.partialDeepStrictEqual(entry, {
    asked: { kind: 'entity', whenBusy: 'wait' },
    after: { state: 'waiting' },
  });
});
