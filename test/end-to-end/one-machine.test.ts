/** What a newcomer sees: the README's first screen and what follows, over HTTP, in one go. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import type { Fault } from '../../shared/app/catalog-check/fault.ts';
import type { Run } from '../../shared/sync/run.ts';
import { shippedJson } from '../catalog/edited.ts';
import { cli } from '../cli/run-cli.ts';
import { compareHeapWithSource, readFiles } from '../support/heap-and-source.ts';
import { type OneMachine, oneMachine, type Reply } from '../support/one-machine.ts';
import { startTdsCounter, type TdsCounter } from '../support/tds-counter.ts';

let machine: OneMachine;
let wire: TdsCounter;

/** Each setting's database, and the number of its server. */
const databases = {
  SQL_HCS: ['HCS', 0],
  SQL_STEK: ['STEK', 1],
  SQL_REGION: ['STEK_REGION', 1],
  SQL_MO: ['STEK_MO', 2],
  SQL_ZAGSER: ['STEK_ZAGSER', 2],
  SQL_AB: ['AB', 3],
} as const;

/** Of somebody else. */
const otherToken = {
  name: 'other',
  sha256: createHash('sha256').update('other-token').digest('hex'),
  ...{ codes: ['*'], roles: ['read', 'run'] },
};

/** The app's way to the databases leads through the counter. */
function settings(): Record<string, string> {
  const connections = Object.entries(databases).map(([name, [database, server]]) => [
    name,
    `Server=127.0.0.1,${wire.ports[server]};Database=${database};User Id=syncboard;Password=syncboard;Encrypt=false`,
  ]);
  return {
    ...Object.fromEntries(connections),
    API_TOKENS: JSON.stringify([...JSON.parse(sample.Values.API_TOKENS), otherToken]),
    DEMO_PACE: '6000',
  };
}

before(async () => {
  machine = await oneMachine();
  wire = await startTdsCounter(machine.sqlPort, 4);
  await machine.start(settings());
  // The first load of the FlexiBee company calls procedures, too; they are not what is counted.
  for (;;) {
    const { state } = JSON.parse((await machine.get('/flexibee/flexi-demo')).text);
    if (state === 'following') break;
    await sleep(100);
  }
});
after(async () => {
  await machine.close();
  await wire.close();
});

const ask = { token: 'demo-token', user: 'operator', code: '0c10', month: 7, year: 2019 };

async function sync(body: object = ask, path = '/data_source_sync'): Promise<string> {
  const reply = await machine.post(path, body);
  assert.equal(reply.status, 202, reply.text);
  assert.equal(reply.text, 'Synchronization was started.\n');
  return (reply.headers.get('location') ?? '').replace('/runs/', '');
}

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${machine.controlUrl}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200, `${method} ${path}`);
  return response.json();
}

async function differences(code: string) {
  const open = new Map<string, DatabaseSync>();
  const database = (name: string) => {
    const known = open.get(name) ?? new DatabaseSync(join(machine.databases, `${name}.sqlite`));
    open.set(name, known);
    return known;
  };
  try {
    return await compareHeapWithSource(readFiles({ database }), code, '2019-07-01');
  } finally {
    for (const one of open.values()) one.close();
  }
}

function rowsOf(run: Run): number {
  return run.stages.reduce((sum, { rows }) => sum + (rows?.sum ?? 0), 0);
}

function readings(run: Run, when: 'before' | 'after') {
  return run.freshness.map(({ entity, ...readings }) => {
    const { at: _, ...places } = readings[when] ?? { at: '' };
    return [entity, places];
  });
}

test('a source of twenty entities goes from its database through crude to heap', async () => {
  assert.equal((await machine.get('/health')).status, 200);
  wire.reset();
  const run = await machine.finished(await sync());
  assert.equal(run.state, 'succeeded');
  assert.equal(run.stages.length, 60);
  for (const { id, state, attempts } of run.stages) {
    assert.equal(state, 'succeeded', id);
    assert.ok(attempts[0]?.startedAt && attempts[0].endedAt, id);
  }
  assert.ok(rowsOf(run) > 10_000);
  assert.notDeepEqual(readings(run, 'before'), readings(run, 'after'));
  assert.deepEqual(await differences('0c10'), []);
});

test('60 procedure calls, 116 freshness queries in about 50 requests, and connections that are reused', () => {
  const { procedures, freshness, others, connections } = wire.counts;
  assert.equal(procedures.length, 60);
  // After each of 20 entities one to each of two databases, before the first a few, more where the machine is slow.
  assert.ok(freshness >= 42 && freshness < 60, `${freshness} requests`);
  // Around each call its transaction; turns at a server (a reset, a lock taken and given back, a
  // reset) if each stage had its own; a reset before each of these requests; the sessions' logins.
  assert.ok(
    others <= 60 * 2 + 60 * 4 + freshness + connections * 4,
    `${others} other requests on ${connections} connections`,
  );
  assert.ok(connections <= 16, `${connections} connections`);
});

test('the same again changes no row and moves no freshness', async () => {
  const run = await machine.finished(await sync({ ...ask, month: '7', year: '2019' }));
  assert.equal(run.state, 'succeeded');
  assert.equal(rowsOf(run), 0);
  assert.deepEqual(readings(run, 'before'), readings(run, 'after'));
});

/** A run that is not over before everything about it has been seen, however busy the machine is. */
const endless = { delayMilliseconds: 86_400_000 };

async function cancel(id: string): Promise<void> {
  assert.equal((await machine.post(`/runs/${id}/cancel`, {})).status, 202);
  assert.equal((await machine.finished(id)).state, 'cancelled');
}

test('one sync at a time on each server: same server busy, another one accepted', async () => {
  await control('PUT', '/procedures/dbo.sp_export_to_bill_ab_city', endless);
  const first = await sync({ ...ask, code: 'all', name: 'city' }, '/entity_sync');
  const busy = await machine.post('/data_source_sync', { ...ask, code: '0c01' });
  assert.equal(busy.status, 409);
  assert.equal(busy.text, 'Thread is busy, try again later.\n');
  assert.ok(busy.headers.get('retry-after'));
  assert.equal((await machine.get('/sync_status')).text, 'Synchronization is running.\n');
  const other = await sync({ ...ask, code: 'stek', name: 'equipment' }, '/entity_sync');
  assert.equal((await machine.finished(other)).state, 'succeeded');
  await cancel(first);
  assert.equal((await machine.get('/sync_status')).text, 'Synchronization is not running.\n');
});

test('of two hundred POSTs at once exactly one is accepted, and another caller overtakes them', async () => {
  await control('PUT', '/procedures/dbo.sp_export_to_bill_ab_city', endless);
  const { token: _, ...body } = { ...ask, code: 'all', name: 'city' };
  const others = JSON.stringify({ ...body, token: 'other-token' });
  const headers = { 'content-type': 'application/json' };
  const ended: string[] = [];
  const noted = async (name: string, asked: Promise<Reply>) => {
    const reply = await asked;
    ended.push(name);
    return reply;
  };
  for (const count of [100, 200]) {
    ended.length = 0;
    // Who is alone has more of them at work.
    const authorization = 'Bearer other-token';
    await machine.request('/valid_codes', { headers: { authorization } });
    const greedy = Array.from({ length: count }, () =>
      noted('greedy', machine.post('/entity_sync', body)),
    );
    const other = machine.request('/entity_sync', { method: 'POST', headers, body: others });
    const replies = await Promise.all([...greedy, noted('other', other)]);
    const statuses = Map.groupBy(replies, ({ status }) => status);
    const odd = replies.filter(({ status }) => status !== 202 && status !== 409);
    assert.deepEqual(
      odd.map(({ status, text }) => ({ status, text })),
      [],
    );
    assert.equal(statuses.get(202)?.length, 1);
    assert.equal(statuses.get(409)?.length, count);
    // It is sent when all of them are on their way, and comes after all of them.
    assert.ok(ended.indexOf('other') < count / 2, `${ended.indexOf('other')} of ${count}`);
    const location = statuses.get(202)?.[0]?.headers.get('location') ?? '';
    await cancel(location.replace('/runs/', ''));
  }
  await control('DELETE', '/procedures');
});

test('refusals touch nothing: no run, no lock, no SQL call', async () => {
  const runs = async () => (await machine.get('/runs')).text;
  const before = await runs();
  wire.reset();
  const payment = { ...ask, name: 'payment' };
  const cases: [string, unknown, number, string][] = [
    ['/entity_sync', { ...payment, month: 77 }, 400, 'Invalid date value: 2019-77.'],
    ['/entity_sync', { ...payment, month: undefined }, 400, 'Invalid date value: 2019-None.'],
    ['/entity_sync', { ...payment, month: 7.5 }, 400, 'Invalid date value: 2019-7.5.'],
    ['/entity_sync', { ...payment, code: 'x' }, 400, 'Invalid code value: x.'],
    ['/entity_sync', { ...ask, code: 'stek', name: 'city' }, 400, 'Invalid name value: city.'],
    ['/entity_sync', { ...payment, token: 'no' }, 401, 'Invalid token value.'],
    ['/entity_sync', { ...payment, user: '' }, 400, 'Invalid user value.'],
  ];
  for (const [path, body, status, text] of cases) {
    const reply = await machine.post(path, body);
    assert.deepEqual([reply.status, reply.text], [status, `${text}\n`]);
  }
  assert.equal((await machine.post('/entity_sync', 'not json')).status, 400);
  assert.equal((await machine.post('/entity_sync', `"${'x'.repeat(2_000_000)}"`)).status, 413);
  assert.equal((await machine.get('/entity_sync')).status, 405);
  assert.equal(await runs(), before);
  assert.equal((await machine.get('/sync_status')).text, 'Synchronization is not running.\n');
  assert.deepEqual([wire.counts.procedures, wire.counts.freshness, wire.counts.others], [[], 0, 0]);
});

test('a procedure that divides by zero skips its heap; the other entities go through', async () => {
  const failures = { times: 1, number: 8134, line: 12 };
  await control('PUT', '/procedures/crude.sp_load_datasource_meter', { failures });
  const run = await machine.finished(await sync());
  assert.equal(run.state, 'failed');
  const bad = run.stages.filter(({ state }) => state !== 'succeeded');
  assert.deepEqual(
    bad.map(({ id, state }) => [id, state]),
    [
      ['crude:meter', 'failed'],
      ['heap:meter', 'skipped'],
    ],
  );
  const { error } = bad[0] ?? {};
  assert.equal(error?.number, 8134);
  assert.match(error?.procedure ?? '', /sp_load_datasource_meter/);
  assert.equal(error?.line, 12);
  await control('DELETE', '/procedures');
});

test('catalog check --connect finds nothing at fault, and what is not there at any of the servers', async (t) => {
  const environment = {
    ...settings(),
    FLEXIBEE_DEMO: `Url=${machine.flexibeeUrl};User Id=winstrom;Password=winstrom`,
    ABRA_GEN_DEMODATA: `Url=${machine.abraGenUrl};User Id=Supervisor;Password=supervisor`,
  };
  const right = await cli(['catalog', 'check', '--connect'], environment);
  assert.deepEqual([right.code, right.err], [0, '']);
  assert.match(right.out, /^\d+ files, no faults, no warnings$/);

  const catalog = shippedJson() as {
    entities: { name: string; dynsql?: { definition: string; select: string[] } }[];
  };
  const queried = catalog.entities.filter(({ dynsql }) => dynsql !== undefined);
  const [first, second] = queried;
  const evidence = catalog.entities.find(({ name }) => name === 'cenik');
  assert.ok(first?.dynsql && second?.dynsql && evidence);
  first.dynsql.definition = '0'.repeat(26);
  second.dynsql.select[0] = 'Nothing';
  evidence.name = 'ceniky';
  const at = (entity: (typeof queried)[number]) => `entities[${catalog.entities.indexOf(entity)}]`;
  const folder = await mkdtemp(join(tmpdir(), 'wrong-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(catalog, undefined, 2));
  const args = ['catalog', 'check', 'catalog.json', '--connect', '--json'];
  const wrong = await cli(args, environment, folder);
  assert.deepEqual([wrong.code, wrong.err], [1, '']);
  const { faults } = JSON.parse(wrong.out) as { faults: Fault[] };
  assert.deepEqual(
    faults.map(({ path }) => path),
    [at(evidence), `${at(first)}.dynsql.definition`, `${at(second)}.dynsql.select[0]`],
  );
  for (const { line, cure } of faults) assert.ok(line !== undefined && cure !== undefined);
});

test('Ctrl-C in the middle: everything ends, and the run goes on at the next start', async () => {
  await control('PUT', '/procedures/crude.sp_load_datasource_city', { delayMilliseconds: 60_000 });
  const id = await sync({ ...ask, code: 'all', name: 'city' }, '/entity_sync');
  for (;;) {
    const { stages } = await machine.run(id);
    if (stages.some(({ id, state }) => id === 'crude:city' && state === 'running')) break;
  }
  assert.equal(await machine.interrupt(), 0);
  await assert.rejects(fetch(machine.url));
  await machine.start(settings());
  const run = await machine.finished(id);
  assert.equal(run.state, 'succeeded');
  assert.equal(run.stages.find(({ id }) => id === 'crude:city')?.attempts.length, 2);
});
