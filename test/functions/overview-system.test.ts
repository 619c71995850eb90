/** What /health says of the system itself is in the overview, for whoever asks any worker, and gone when it is over. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { type SqlServer, startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { HealthPart } from '../../shared/app/health/part.ts';
import type { Overview } from '../../shared/board/overview/overview.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { type ScriptedHttp, startScriptedHttp, status } from '../support/scripted-http.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post } from './app.ts';

const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

const catalog = (name: string) =>
  JSON.stringify({
    periods: { from: '2020-01', timeZone: 'UTC' },
    servers: [{ id: 'one', description: 'one' }],
    databases: [{ id: 'src', server: 'one', connection: 'SQL_SRC' }],
    dataSources: [{ code: 'a', description: 'a', system: 's', database: 'src' }],
    entities: [{ name, description: name, systems: ['s'] }],
    pipelines: [{ id: 's', stages: [{ stage: 'export', procedure: 'dbo.sp_export' }] }],
  });

let storage: TestStorage;
let http: ScriptedHttp;
let server: SqlServer;
let container: ContainerClient;
/** The one that is asked for its health, and another worker, which never looks. */
let looking: App;
let other: App;
before(async () => {
  [storage, http, server] = await Promise.all([
    startStorage(),
    startScriptedHttp(status(204)),
    startServer(0),
  ]);
  const { connectionString } = storage;
  container = await openContainer({ kind: 'connection string', connectionString }, soon());
  await putCatalog(catalog('meter'));
  const settings = {
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: 'blob:own/catalog.json',
    SQL_SRC: `Server=127.0.0.1,${server.port};Database=SRC;User Id=tester;Password=secret;Encrypt=false`,
    NOTIFICATIONS: JSON.stringify([{ name: 'ops', type: 'slack' }]),
    NOTIFY_OPS_URL: `${http.origin}/services/T0/B0/secret-path`,
  };
  [looking, other] = await Promise.all([App.start(settings, 200), App.start(settings)]);
});
after(async () => {
  await Promise.all([looking.stop(), other.stop()]);
  await Promise.all([storage.close(), http.close(), server.close()]);
});

function startServer(port: number): Promise<SqlServer> {
  const schema = 'CREATE PROCEDURE dbo.sp_export AS RETURN 0';
  const databases = [{ name: 'SRC', schema }];
  return startSqlServer({ port, logins: { tester: 'secret' }, databases });
}

async function putCatalog(text: string): Promise<void> {
  const blob = container.getBlockBlobClient('own/catalog.json');
  await blob.upload(text, Buffer.byteLength(text));
}

const tryTarget = () => post(looking, 'test_target', { target: 'ops' }, headers);

/** Parts that are not as they should be, once they are these. */
async function wrongParts(wanted: readonly string[]): Promise<string[]> {
  for (const limit = soon(); ; ) {
    const { text } = await call(looking, 'health', { headers });
    const parts: HealthPart[] = JSON.parse(text).parts;
    const wrong = parts.filter(({ state }) => state !== 'ok').map(({ part }) => part);
    if (limit.aborted || wrong.toSorted().join() === wanted.toSorted().join()) return wrong;
    // What was looked at counts for five seconds.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Of the other worker, once it is so: each answer is asked for when the one before is not true any more. */
async function until(isSo: (found: Overview) => boolean): Promise<Overview> {
  const limit = soon();
  for (let etag = ''; ; ) {
    limit.throwIfAborted();
    const asked = { headers: { ...headers, 'if-none-match': etag }, query: { wait: '5' } };
    const next = await call(other, 'overview', asked);
    if (next.status !== 200) continue;
    etag = next.headers.get('etag') ?? '';
    const found: Overview = JSON.parse(next.text);
    if (isSo(found)) return found;
  }
}

const systemIn = ({ wrong }: Overview) => wrong.filter(({ kind }) => kind === 'system');

/** `npm start` has no such databases: these are all that a company may have. */
const faults = ['database src', 'catalog', 'documents', 'locks', 'target ops'];

test('all is well while the health is; nobody is told otherwise', async () => {
  await looking.current.watchSystem(soon());
  assert.deepEqual(await wrongParts([]), []);
  assert.deepEqual((await until(({ well }) => well)).wrong, []);
});

test('content that the app refuses is told at once: nobody ticks, and nobody asks for the health', async () => {
  await putCatalog(catalog('meter').replace('SQL_SRC', 'SQL_NOWHERE'));
  const [line] = systemIn(await until(({ well }) => !well));
  assert.equal(line?.subject, 'catalog');
  assert.match(line?.what ?? '', /stays in use:.*SQL_NOWHERE/s);
  await putCatalog(catalog('meter'));
  assert.deepEqual((await until(({ well }) => well)).wrong, []);
});

test('each part that is not as it should be is a line, whoever is asked', async () => {
  const lock = container.getBlockBlobClient('locks/procedure/one');
  const { port } = server;
  await Promise.all([
    server.close(),
    putCatalog(catalog('meter').slice(0, 90)),
    container.getBlockBlobClient('broken/runs/x/1').upload('{', 1),
    lock.upload('', 0).then(() => lock.getBlobLeaseClient().acquireLease(-1)),
  ]);
  http.script(status(410));
  assert.equal((await tryTarget()).status, 200);

  assert.deepEqual((await wrongParts(faults)).toSorted(), faults.toSorted());
  const ill = await until((found) => systemIn(found).length === faults.length);
  assert.equal(ill.well, false);
  const [first, ...others] = systemIn(ill).map(({ subject, state }) => [subject, state]);
  assert.deepEqual(first, ['database src', 'failing'], 'without which nothing goes comes first');
  assert.deepEqual(
    others.toSorted(),
    faults
      .slice(1)
      .map((part) => [part, 'degraded'])
      .toSorted(),
  );
  for (const { see, since, what } of systemIn(ill)) {
    assert.equal(see, '/health');
    assert.ok(Date.now() - Date.parse(since) < 120_000, since);
    assert.ok(!what.includes('secret'), what);
  }
  const words = {
    en: 'the target does not get its events',
    cs: 'cíl nedostává své události',
    ru: 'получатель не получает свои события',
  };
  for (const [language, text] of Object.entries(words)) {
    const asked = { ...headers, accept: 'text/plain', 'accept-language': language };
    const told = (await call(other, 'overview', { headers: asked })).text;
    assert.ok(told.includes(text), told);
    assert.match(told, /target ops/);
  }

  const end = new Date(Date.now() + 3_600_000).toISOString();
  const note = { kind: 'system', subject: 'target ops', until: end, note: 'moved on Monday' };
  const known = await post(other, 'acknowledgements', note, headers);
  assert.equal(known.status, 201, known.text);
  const marked = await until((found) => systemIn(found).some((one) => one.acknowledged));
  assert.deepEqual(
    systemIn(marked).flatMap(({ subject, acknowledged }) => (acknowledged ? subject : [])),
    ['target ops'],
  );

  http.script(status(204));
  server = await startServer(port);
  await Promise.all([
    putCatalog(catalog('payment')),
    container.getBlockBlobClient('broken/runs/x/1').delete(),
    lock.getBlobLeaseClient().breakLease(0),
    tryTarget(),
  ]);
  assert.deepEqual(await wrongParts([]), []);
  assert.deepEqual((await until(({ well }) => well)).wrong, []);
});
