/** Known troubles over real storage and the FlexiBee stand-in; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import {
  type Acknowledgement,
  Acknowledgements,
} from '../../shared/acknowledgements/acknowledgements.ts';
import { App } from '../../shared/app/app.ts';
import { companiesHealth } from '../../shared/app/health/companies-health.ts';
import type { HealthPart } from '../../shared/app/health/part.ts';
import { syncsHealth } from '../../shared/app/health/syncs-health.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { FailureStore } from '../../shared/sync/failures.ts';
import type { StageState } from '../../shared/sync/run.ts';
import { run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post, type Reply, testApp } from './app.ts';

const company = 'flexi-demo';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const tokens = [
  ...JSON.parse(sample.Values.API_TOKENS),
  { name: 'reader', sha256: digest('reader'), codes: ['*'], roles: ['read'] },
  { name: 'narrow', sha256: digest('narrow'), codes: ['mo'] },
];

let storage: TestStorage;
let flexibee: Flexibee;
let app: App;
let failures: FailureStore;
before(async () => {
  [storage, flexibee] = await Promise.all([startStorage(), startFlexibee()]);
  const { connectionString } = storage;
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: connectionString,
    API_TOKENS: JSON.stringify(tokens),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
  const account = { kind: 'connection string', connectionString } as const;
  failures = new FailureStore(await openContainer(account, soon()));
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close()]);
});

function ask(name: string, init: HttpRequestInit = {}): Promise<Reply> {
  const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
  return call(app, name, { ...init, headers: { ...headers, ...init.headers } });
}

const until = () => new Date(app.current.now().getTime() + 3_600_000).toISOString();

function acknowledge(body: object, token = 'demo-token'): Promise<Reply> {
  const sent = { until: until(), note: 'Ivo is at it', ...body };
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return post(app, 'acknowledgements', sent, headers);
}

async function acknowledgements(): Promise<Acknowledgement[]> {
  return JSON.parse((await ask('acknowledgements')).text).acknowledgements;
}

/** A run that ended so, as the engine notes it. */
async function ended(code: string, state: StageState, at = app.current.now()): Promise<void> {
  const stages = [{ ...stage(`export:payment:${code}`, 'server'), state }];
  const freshness = [{ entity: 'payment', code }];
  await failures.note(
    { ...run('r1', stages), freshness, endedAt: at.toISOString() },
    new Set(),
    soon(),
  );
}

/** Past what the app keeps for 5 s. */
async function part(name: string): Promise<HealthPart | undefined> {
  const { troubles, acknowledgements: known, companies } = app.current;
  if (name === 'syncs') return await syncsHealth(troubles, known, soon());
  return (await companiesHealth(companies, known, soon()))[0];
}

test('what fails worries until somebody knows of it, and again when it is another failure', async () => {
  assert.equal((await part('syncs'))?.state, 'ok');
  await ended('0c10', 'failed');
  await ended('mo', 'failed');
  const before = await part('syncs');
  assert.equal(before?.state, 'degraded');
  assert.equal(
    before?.reason,
    '0c10, payment: failed, mo, payment: failed, see /runs?state=failed',
  );
  const first = await acknowledge({ kind: 'sync', subject: '0c10/payment', user: 'Jana' });
  assert.equal(first.status, 201, first.text);
  const made = JSON.parse(first.text);
  assert.equal(first.headers.get('location'), `/acknowledgements/${made.id}`);
  assert.partialDeepStrictEqual(made, {
    kind: 'sync',
    what: 'failed',
    user: 'Jana',
    token: 'demo',
  });
  const half = await part('syncs');
  assert.partialDeepStrictEqual(half, { state: 'degraded', acknowledged: 1 });
  assert.match(
    half?.reason ?? '',
    /^mo, payment: failed, 0c10, payment: failed \(acknowledged until .*: Ivo is at it\)/,
  );
  assert.equal((await acknowledge({ kind: 'sync', subject: 'mo/payment' })).status, 201);
  assert.partialDeepStrictEqual(await part('syncs'), { state: 'ok', acknowledged: 2 });
  // It fails again: that is known. It succeeds, and fails once more: that is another one.
  await ended('0c10', 'failed');
  assert.equal((await part('syncs'))?.state, 'ok');
  await ended('0c10', 'succeeded');
  assert.deepEqual(
    (await acknowledgements()).map(({ subject }) => subject),
    ['mo/payment'],
  );
  await ended('0c10', 'failed', new Date(app.current.now().getTime() + 1_000));
  assert.partialDeepStrictEqual(await part('syncs'), { state: 'degraded', acknowledged: 1 });
});

test('taken back it worries again, and an earlier one of the same trouble is replaced', async () => {
  const [first, second] = [
    JSON.parse((await acknowledge({ kind: 'sync', subject: 'mo/payment', note: 'one' })).text),
    JSON.parse((await acknowledge({ kind: 'sync', subject: 'mo/payment', note: 'two' })).text),
  ];
  const known = (await acknowledgements()).filter(({ subject }) => subject === 'mo/payment');
  assert.deepEqual(known, [second]);
  const [{ before, after: since }] = JSON.parse((await ask('audit')).text).entries;
  assert.deepEqual([before, since], [first, second], 'the audit has both');
  assert.equal(
    (await ask('acknowledgement', { method: 'DELETE', params: { id: first.id } })).status,
    404,
  );
  const ending = await ask('acknowledgement', { method: 'DELETE', params: { id: second.id } });
  assert.deepEqual([ending.status, JSON.parse(ending.text)], [200, second]);
  assert.equal((await part('syncs'))?.state, 'degraded');
});

test('a company in trouble, and a trouble of another kind after it', async () => {
  // There is no SQL server here: its rows have no place to go to.
  const poll = { company, why: 'request' as const, at: new Date().toISOString() };
  assert.equal(await app.current.pollCompany(poll, () => {}), 'trouble');
  const { trouble } = await app.current.companies.state(company, soon());
  assert.equal((await part('companies'))?.state, 'degraded');
  const made = JSON.parse((await acknowledge({ kind: 'company', subject: company })).text);
  assert.partialDeepStrictEqual(made, { what: trouble?.kind, since: trouble?.since });
  const known = await part('companies');
  assert.partialDeepStrictEqual(known, { state: 'ok', acknowledged: 1 });
  assert.match(known?.reason ?? '', /^flexi-demo: .* \(acknowledged until/);
  flexibee.faults.set({ status: 401 });
  await app.current.pollCompany(poll, () => {});
  flexibee.faults.clear();
  const after = await app.current.companies.state(company, soon());
  assert.notEqual(after.trouble?.kind, trouble?.kind);
  assert.equal((await part('companies'))?.state, 'degraded');
  assert.ok((await acknowledgements()).every(({ kind }) => kind !== 'company'));
});

test('who may, and what there is not', async () => {
  const sync = { kind: 'sync', subject: '0c10/payment' };
  assert.equal((await acknowledge(sync, 'reader')).status, 403);
  const narrow = await acknowledge(sync, 'narrow');
  assert.equal(narrow.status, 403);
  assert.equal(JSON.parse(narrow.text).detail, 'Token is not allowed for code: 0c10.');
  const missing = await acknowledge({ ...sync, subject: '0c10/meter' });
  assert.equal(missing.status, 404);
  const { detail, errors } = JSON.parse(missing.text);
  assert.equal(detail, 'There is no trouble of 0c10/meter as sync.');
  assert.equal(errors[0].allowed, 'one of sync 0c10/payment');
  assert.equal((await acknowledge({ ...sync, kind: 'calls' })).status, 404);
  const own = JSON.parse((await acknowledge(sync)).text);
  const headers = { authorization: 'Bearer narrow' };
  const params = { id: own.id };
  assert.equal((await ask('acknowledgement', { method: 'DELETE', params, headers })).status, 403);
  const seen = JSON.parse((await ask('acknowledgements', { headers })).text).acknowledgements;
  assert.ok(seen.every(({ subject }: Acknowledgement) => subject.startsWith('mo')));
});

for (const [change, field, message] of [
  [{ kind: 'trouble' }, 'kind', /one of company, evidence, calls, sync/],
  [{ kind: undefined }, 'kind', /kind is needed/],
  [{ subject: '' }, 'subject', /must be a data source/],
  [{ until: '2019-07-01' }, 'until', /after 2019-07-15/],
  [{ note: '' }, 'note', /1 to 400/],
  [{ user: 7 }, 'user', /1 to 128/],
  [{ usr: 'me' }, 'usr', /did you mean user/],
] as const) {
  test(`an acknowledgement with ${JSON.stringify(change)} is refused`, async () => {
    const body = {
      kind: 'sync',
      subject: '0c10/payment',
      until: '2019-07-16',
      note: 'n',
      ...change,
    };
    const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
    const reply = await post(testApp(), 'acknowledgements', body, headers);
    assert.equal(reply.status, 400);
    const [error, ...others] = JSON.parse(reply.text).errors;
    assert.equal(error.field, field);
    assert.match(error.message, message);
    assert.deepEqual(others, []);
  });
}

test('what a newer version has written down counts as nothing here, and stays', async () => {
  const container = await storage.container();
  const blob = container.getBlockBlobClient('state/acknowledgements.json');
  const newer = JSON.stringify({ version: 99, items: [{ of: 'another form' }] });
  await blob.upload(newer, newer.length);
  const list = new Acknowledgements(
    async () => container,
    () => new Date(),
  );
  assert.deepEqual(await list.current(soon()), []);
  assert.equal(String(await blob.downloadToBuffer()), newer);
});
