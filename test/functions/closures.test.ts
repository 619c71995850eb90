/** Closures over real storage and the FlexiBee stand-in; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import { QueueClient } from '@azure/storage-queue';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Closed } from '../../shared/app/closed.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { runQueueName } from '../../shared/app/run-queue.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { located } from '../../shared/catalog/located.ts';
import type { Closure } from '../../shared/closures/closures.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post, type Reply, testApp } from './app.ts';

const company = 'flexi-demo';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const runner = { name: 'runner', sha256: digest('runner'), codes: ['*'], roles: ['read', 'run'] };
const narrow = {
  name: 'narrow',
  sha256: digest('narrow'),
  codes: ['0c10', 'mo'],
  roles: ['admin'],
};
const ofCompany = { ...narrow, name: 'ofCompany', sha256: digest('ofCompany'), codes: [company] };

let storage: TestStorage;
let flexibee: Flexibee;
let app: App;
let other: App;
before(async () => {
  [storage, flexibee] = await Promise.all([startStorage(), startFlexibee()]);
  [app, other] = await Promise.all([start(), start()]);
});
after(async () => {
  await Promise.all([app.stop(), other.stop()]);
  await Promise.all([storage.close(), flexibee.close()]);
});
afterEach(async () => {
  for (const { id } of await app.current.closures.current(soon())) await open(id);
});

function start(): Promise<App> {
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([
      ...JSON.parse(sample.Values.API_TOKENS),
      ...[runner, narrow, ofCompany],
    ]),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
}

function ask(name: string, init: HttpRequestInit = {}, by = app): Promise<Reply> {
  const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
  return call(by, name, { ...init, headers: { ...headers, ...init.headers } });
}

const inAnHour = () => new Date(app.current.now().getTime() + 3_600_000).toISOString();

async function close(scope: object, until = inAnHour()): Promise<Closure> {
  const reply = await ask('closures', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: { string: JSON.stringify({ ...scope, until, reason: 'maintenance', user: 'Jana' }) },
  });
  assert.equal(reply.status, 201, reply.text);
  const closure = JSON.parse(reply.text);
  assert.equal(reply.headers.get('location'), `/closures/${closure.id}`);
  return closure;
}

function open(id: string): Promise<Reply> {
  return ask('closure', { method: 'DELETE', params: { id } });
}

const payment = { token: 'demo-token', user: 'me', name: 'payment', month: 7, year: 2019 };
const accept = { accept: 'application/json' };
const sync = (code: string, by = app) => post(by, 'entity_sync', { ...payment, code }, accept);

test('a server that is closed takes no new run, with why and until when; the others do', async () => {
  const closure = await close({ server: 'dcdb' });
  const before = (await app.current.syncs.list({ limit: 50 }, soon())).runs.length;
  for (const by of [app, other]) {
    const reply = await sync('0c10', by);
    assert.equal(reply.status, 409);
    const problem = JSON.parse(reply.text);
    assert.partialDeepStrictEqual(problem, {
      type: 'urn:syncboard:problem:closed',
      detail: `Server dcdb is closed until ${closure.until}: maintenance`,
      servers: ['dcdb'],
      closure: closure.id,
      until: closure.until,
      reason: 'maintenance',
    });
    const seconds = Number(reply.headers.get('retry-after'));
    assert.ok(seconds > 3_500 && seconds <= 3_600, `${seconds}`);
    assert.equal(reply.queued, undefined);
  }
  assert.equal((await app.current.syncs.list({ limit: 50 }, soon())).runs.length, before);
  assert.equal((await sync('mo')).status, 202, 'another server');
  const opened = await open(closure.id);
  assert.deepEqual([opened.status, JSON.parse(opened.text)], [200, closure]);
  assert.equal((await sync('0c10')).status, 202);
});

test('who would wait waits for the end of a closure, and says for what', async () => {
  const closure = await close({ company });
  const body = { ...payment, code: company, name: 'adresar', whenBusy: 'wait' };
  const reply = await post(app, 'entity_sync', body, accept);
  assert.equal(reply.status, 202, reply.text);
  const { id, state, place } = JSON.parse(reply.text);
  assert.deepEqual([state, place], ['waiting', 0]);
  const read = async () => JSON.parse((await ask('run', { params: { id } })).text);
  const { until, reason } = closure;
  assert.deepEqual((await read()).closed, { until, reason });
  assert.equal(await app.current.executeRun(id, () => {}), 'waits');
  assert.equal((await read()).state, 'waiting');
  await open(closure.id);
  const { startable } = await app.sweepRuns();
  assert.deepEqual(startable, [id], 'the sweeper wakes it');
});

test('the base, or everything, closes every run and every company', async () => {
  for (const scope of [{ server: 'ab' }, { everything: true }]) {
    const { id } = await close(scope);
    assert.equal((await sync('region')).status, 409);
    const poll = await ask('poll', { method: 'POST', params: { company } });
    assert.equal(poll.status, 409);
    await open(id);
  }
});

const message = (why: CompanyMessage['why']): CompanyMessage => ({
  ...{ company, why, at: new Date().toISOString() },
});

test('a closed company is not polled nor asked, says so, and is followed again afterwards', async () => {
  const closure = await close({ company });
  const before = flexibee.requests.count();
  for (const why of ['timer', 'hook', 'request', 'rest', 'reconcile'] as const) {
    assert.equal(await app.current.pollCompany(message(why), () => {}), 'closed', why);
  }
  for (const name of ['poll', 'reconcile_company']) {
    const reply = await ask(name, { method: 'POST', params: { company } });
    assert.partialDeepStrictEqual(JSON.parse(reply.text), { status: 409, company });
    assert.equal(reply.polled, undefined);
  }
  const shown = JSON.parse((await ask('company', { params: { company } })).text);
  assert.deepEqual(shown.closure, closure);
  const said = `Company flexi-demo is closed until ${closure.until}: maintenance`;
  assert.deepEqual(shown.live, { error: `not asked: ${said}` });
  const { companies } = JSON.parse((await ask('companies')).text);
  assert.deepEqual(companies[0].closure, closure);
  assert.equal(flexibee.requests.count(), before);
  assert.equal((await sync('stek')).status, 202, 'it is nothing to others');
  await open(closure.id);
  assert.notEqual(await app.current.pollCompany(message('request'), () => {}), 'closed');
  assert.ok(flexibee.requests.count() > before);
  const after = JSON.parse((await ask('company', { params: { company } })).text);
  assert.equal(after.closure, undefined);
});

test('what is closed is told by the list, the health and the status', async () => {
  const [ab, dcdb] = [await close({ server: 'ab' }), await close({ server: 'dcdb' })];
  assert.deepEqual(JSON.parse((await ask('closures')).text), { closures: [ab, dcdb] });
  const parts = JSON.parse((await ask('health')).text).parts;
  const part = parts.find((one: { part: string }) => one.part === 'closures');
  assert.equal(part.state, 'ok');
  assert.match(part.reason, /^Server ab is closed until .*: maintenance; Server dcdb is closed/);
  const known = JSON.parse((await ask('sync_status')).text).closures;
  assert.deepEqual(known[0], { server: 'ab', until: ab.until, reason: 'maintenance' });
  const strangers = await call(app, 'sync_status', { headers: accept });
  assert.deepEqual(JSON.parse(strangers.text).closures[0], { server: 'ab', until: ab.until });
});

test('closing and opening needs an admin; an unknown one is not there', async () => {
  const headers = { authorization: 'Bearer runner', 'content-type': 'application/json' };
  const body = { string: JSON.stringify({ everything: true }) };
  assert.equal((await ask('closures', { method: 'POST', headers, body })).status, 403);
  const closure = await close({ everything: true });
  const params = { id: closure.id };
  assert.equal((await ask('closure', { method: 'DELETE', headers, params })).status, 403);
  assert.equal((await ask('closures', { headers })).status, 200);
  assert.equal((await open('0000')).status, 404);
  assert.equal((await open(closure.id)).status, 200);
  const again = await open(closure.id);
  assert.equal(again.status, 404);
  assert.equal(JSON.parse(again.text).detail, `There is no closure ${closure.id}.`);
});

test('who may not touch what is closed neither closes nor opens it', async () => {
  const ask403 = async (token: string, scope: object, code: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const closing = { ...scope, until: inAnHour(), reason: 'r', user: 'u' };
    const body = { string: JSON.stringify(closing) };
    const closed = await ask('closures', { method: 'POST', headers, body });
    const { id } = await close(scope);
    const opened = await ask('closure', { method: 'DELETE', headers, params: { id } });
    for (const reply of [closed, opened]) {
      assert.equal(reply.status, 403, reply.text);
      assert.equal(JSON.parse(reply.text).detail, `Token is not allowed for code: ${code}.`);
    }
    assert.ok((await app.current.closures.current(soon())).some((one) => one.id === id));
  };
  await ask403('narrow', { company }, company);
  await ask403('narrow', { server: 'dcdb' }, '0c01');
  await ask403('narrow', { everything: true }, '0c01');
  await ask403('ofCompany', { server: 'flexibee' }, '0c01');
  const headers = { authorization: 'Bearer ofCompany', 'content-type': 'application/json' };
  const own = { company, until: inAnHour(), reason: 'r', user: 'u' };
  const body = { string: JSON.stringify(own) };
  const closed = await ask('closures', { method: 'POST', headers, body });
  assert.equal(closed.status, 201, closed.text);
  const params = { id: JSON.parse(closed.text).id };
  assert.equal((await ask('closure', { method: 'DELETE', headers, params })).status, 200);
});

test('what would run says that it is closed; opened early, who waits is woken', async () => {
  const asked = { ...payment, code: '0c20' };
  const dry = async () => {
    const reply = await post(app, 'entity_sync', asked, accept, {
      url: 'http://localhost/?dry=true',
    });
    assert.equal(reply.status, 200, reply.text);
    return JSON.parse(reply.text).closed;
  };
  assert.equal(await dry(), undefined);
  const queue = new QueueClient(storage.connectionString, runQueueName);
  await queue.createIfNotExists();
  const { until, reason, id } = await close({ server: 'ab' });
  assert.deepEqual(await dry(), { until, reason });
  const waiting = await post(app, 'entity_sync', { ...asked, whenBusy: 'wait' }, accept);
  assert.equal(JSON.parse(waiting.text).state, 'waiting', waiting.text);
  const messages = async () => (await queue.getProperties()).approximateMessagesCount ?? 0;
  const before = await messages();
  await open(id);
  assert.ok((await messages()) > before, 'no sweeper is needed');
});

const good = { server: 'ab', until: '2019-07-15T14:00:00Z', reason: 'r', user: 'u' };
for (const [change, field, message] of [
  [{ server: undefined }, 'server', /server, company or everything is needed/],
  [{ company }, 'server', /server and company are too much/],
  [{ server: 'dcbd' }, 'server', /one of .*dcdb.* \(did you mean dcdb\?\)/],
  [{ server: 7 }, 'server', /must be one of/],
  [{ server: undefined, company: '0c10' }, 'company', /must be one of flexi-demo/],
  [{ server: undefined, everything: 'yes' }, 'everything', /must be true/],
  [{ until: undefined }, 'until', /until is needed/],
  [{ until: 'tomorrow' }, 'until', /a time with its zone/],
  [{ until: '2019-07-15T12:00:00Z' }, 'until', /after 2019-07-15T12:00:00.000Z/],
  [{ until: '2019-10-14T12:00:00Z' }, 'until', /no later than 2019-10-13T12:00:00.000Z/],
  [{ until: 1_563_200_000 }, 'until', /must be/],
  [{ reason: '' }, 'reason', /1 to 400 characters on one line/],
  [{ reason: 'two\nlines' }, 'reason', /on one line/],
  [{ reason: 'x'.repeat(401) }, 'reason', /1 to 400/],
  [{ user: undefined }, 'user', /user is needed/],
  [{ from: '2019-07-15T13:00:00Z' }, 'from', /there is no such member/],
  [{ untill: '2019-07-15' }, 'untill', /did you mean until/],
] as const) {
  test(`a closure with ${JSON.stringify(change)} is refused`, async () => {
    const headers = { authorization: 'Bearer demo-token', ...accept };
    const reply = await post(testApp(), 'closures', { ...good, ...change }, headers);
    assert.equal(reply.status, 400);
    const { detail, errors } = JSON.parse(reply.text);
    const [error, ...others] = errors;
    const isUnknown = !(field in good) && field !== 'company' && field !== 'everything';
    assert.match(detail, isUnknown ? /^Unknown member: / : /^Invalid /);
    assert.equal(error.field, field);
    assert.match(error.message, message);
    assert.deepEqual(others, []);
  });
}

test('a time by the clock of the catalogue is taken for what it is there', async () => {
  const { timeZone } = app.current.catalog.periods;
  const local = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone, dateStyle: 'short', timeStyle: 'short' },
  });
  const soonish = new Date(Math.ceil(app.current.now().getTime() / 60_000 + 30) * 60_000);
  const { until } = await close({ server: 'ab' }, local.format(soonish).replace(' ', 'T'));
  assert.equal(until, soonish.toISOString());
});

const closureOf = (scope: Partial<Closure>): Closure => ({
  ...{ id: 'c', until: '2099-01-01T00:00:00.000Z', reason: 'r', user: 'u', token: 't' },
  ...{ at: '2026-01-01T00:00:00.000Z', ...scope },
});

test('a closure of a server closes whoever shares its address, and whoever writes there', async () => {
  const shipped = shippedCatalog();
  const ids = shipped.databases.map(({ id, server }) => [id, server] as const);
  // All sources of stek are where HCS is, under another name.
  const hosts: Record<string, string> = { dcdb: 'one:1433', server: 'one:1433', ab: 'base:1433' };
  const locations = {
    databases: Object.fromEntries(
      ids.map(([id, server]) => [id, `${hosts[server] ?? `${server}.example:1433`}/${id}`]),
    ),
    companies: { [company]: 'flexi.example:5434/demo' },
    connections: { demodata: 'gen.example:8699/demodata' },
  };
  const catalog = located(shipped, locations);
  const july = { periods: [{ month: 7, year: 2019 }] };
  const stages = (code: string, name: string) =>
    planStages(catalog, [{ codes: [code], names: [name], ...july }]).stages;
  for (const [scope, code, name, expected] of [
    [{ server: 'dcdb' }, '0c10', 'payment', true],
    [{ server: 'dcdb' }, 'stek', 'payment', true],
    [{ server: 'server' }, '0c10', 'payment', true],
    [{ server: 'dcdb' }, 'mo', 'payment', false],
    [{ server: 'ab' }, 'mo', 'payment', true],
    [{ server: 'ab' }, company, 'adresar', true],
    [{ company }, company, 'adresar', true],
    [{ company }, '0c10', 'payment', false],
  ] as const) {
    const closed = new Closed(catalog, locations, { current: async () => [closureOf(scope)] });
    const found = await closed.ofStages(stages(code, name), soon());
    assert.equal(found !== undefined, expected, JSON.stringify([scope, code]));
  }
  for (const [scope, expected] of [
    [{ server: 'ab' }, true],
    [{ server: shipped.companies[0]?.server ?? '' }, true],
    [{ server: 'dcdb' }, false],
  ] as const) {
    const closed = new Closed(catalog, locations, { current: async () => [closureOf(scope)] });
    assert.equal((await closed.ofCompany(company, soon())) !== undefined, expected);
  }
});
