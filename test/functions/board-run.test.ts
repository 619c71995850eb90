/**
 * The operators' board as one run: what is told before it runs, what SQL Server sees of it, and
 * what is in the tables afterwards, looked at by somebody else.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type sql from 'mssql';
import { settingsFor, standInAt } from '../../demo/billing/connections.ts';
import type { EntityName } from '../../demo/billing/entities.ts';
import { demoDatabases } from '../../demo/billing/index.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { entityFacts, exportCall, stekDatabases } from '../../demo/test/sync.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { Run } from '../../shared/sync/run.ts';
import type { PlannedRun } from '../../shared/sync/syncs.ts';
import { openPools } from '../sqlserver/demo-suite.ts';
import { type Read, readThrough, rowsOf } from '../support/heap-and-source.ts';
import { type RecordedSqlServer, startRecordedSqlServer } from '../support/recorded-sql-server.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { post } from './app.ts';

const july = { month: 7, year: 2019 };

/** The board itself where it is there; the demo's copy of it says the same. */
function readBoard() {
  const given = new URL('../../../shared/data/board-durations.csv', import.meta.url);
  const copy = new URL('../../demo/billing/durations.csv', import.meta.url);
  const text = readFileSync(existsSync(given) ? given : copy, 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [entity = '', code = '', dated = ''] = line.split(',');
      const name = entity === '*' ? {} : { name: entity };
      return { code, ...name, ...((dated === 'true' || entity === '*') && july) };
    });
}
const board = readBoard();
const body = (calls: unknown) => ({ token: 'demo-token', user: 'operator', calls });

let storage: TestStorage;
let server: RecordedSqlServer;
let app: App;
let pools: Map<string, sql.ConnectionPool>;
let read: Read;

before(async () => {
  [storage, server] = await Promise.all([
    startStorage(),
    startRecordedSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: demoDatabases({ pace: Number.POSITIVE_INFINITY, accounts: 400 }),
    }),
  ]);
  const address = standInAt(server.port);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    ...settingsFor(address),
  });
  pools = await openPools(address);
  read = readThrough(pools);
});
after(async () => {
  await app.stop();
  for (const pool of pools.values()) await pool.close();
  await Promise.all([storage.close(), server.close()]);
});

/** The look of what has been, which is folded some seconds after it. */
const overview = 'state/overview.json';

/** Everything in the storage account: blobs with ETag and lease, queues with what waits in them. */
async function account(): Promise<string[]> {
  const seen: string[] = [];
  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  for await (const { name } of blobs.listContainers()) {
    const container = blobs.getContainerClient(name);
    for await (const blob of container.listBlobsFlat({ includeMetadata: true })) {
      if (blob.name === overview) continue;
      const { etag, leaseState } = blob.properties;
      seen.push([name, blob.name, etag, leaseState, JSON.stringify(blob.metadata)].join(' '));
    }
  }
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  for await (const { name } of queues.listQueues()) {
    const { approximateMessagesCount } = await queues.getQueueClient(name).getProperties();
    seen.push(`${name} ${approximateMessagesCount}`);
  }
  return seen;
}

/** Asks what would run, and sees to it that nothing came of it. */
async function dry(name: string, asked: object): Promise<PlannedRun> {
  const stored = await account();
  server.seen.length = 0;
  const reply = await post(app, name, asked, {}, { query: { dry: 'true' } });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.queued, undefined);
  assert.deepEqual(await account(), stored);
  assert.deepEqual(server.seen, []);
  return JSON.parse(reply.text);
}

async function start(name: string, asked: object): Promise<string> {
  const reply = await post(app, name, asked);
  assert.equal(reply.status, 202, reply.text);
  return reply.headers.get('location')?.replace('/runs/', '') ?? '';
}

/** Waits until the look at what has been has seen the run: it would set damaged documents aside. */
async function overviewHas(id: string): Promise<void> {
  const { overviews } = app.current;
  for (;;) {
    const seen = await overviews.facts(soon());
    if (seen === undefined) throw new Error('there is no overview');
    if (JSON.stringify(seen.value).includes(id)) return;
    await overviews.changedSince(seen.etag, soon());
  }
}

async function finish(id: string): Promise<Run> {
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  const run = await app.current.syncs.read(id, soon());
  assert.ok(run !== undefined);
  assert.equal(run.state, 'succeeded', JSON.stringify(run.stages.filter(({ error }) => error)));
  return run;
}

/** Procedures that were called, without fences. */
const called = () =>
  server.seen.filter(
    ({ kind, text }) => kind === 'procedure' && !/sp_(get|release)applock$/.test(text),
  );

/** Half a minute on an idle machine. */
describe(`the ${board.length} lines of the operators' board as one run`, {
  timeout: 900_000,
}, () => {
  let before: PlannedRun;
  let run: Run;

  it('is told before it runs, and nothing is written, not even a container', async () => {
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    await blobs.getContainerClient('syncboard').createIfNotExists();
    before = await dry('runs', body(board));
    assert.equal(before.calls.length, board.length);
    assert.equal(before.expectedMs, null);
    assert.equal(before.unknownStages, before.stages.length);
    assert.deepEqual(before.criticalPath, []);
    const free = ['dcdb', 'server', 'sql01comfort'].map((id) => ({ server: id, isFree: true }));
    assert.deepEqual(before.servers, free);
  });

  it('makes every export once, one crude and one heap an entity', async () => {
    const id = await start('runs', body(board));
    server.seen.length = 0;
    run = await finish(id);
    const exports = new Set(
      entityFacts.flatMap((facts) => {
        const codes = Object.values(board).map(({ code }) => code);
        const own = codes.filter((code) => !(code in stekDatabases) || facts.stek);
        const hcs = facts.allAreas ? 'all' : undefined;
        return own
          .filter((code) => facts.allAreas || code !== 'all')
          .map((code) =>
            exportCall(facts, code in stekDatabases ? code : (hcs ?? code), '2019-07-01'),
          )
          .map(({ database, procedure, parameters }) =>
            JSON.stringify([database, procedure, parameters]),
          );
      }),
    );
    const made = called();
    const sources = made.filter(({ database }) => database !== 'AB');
    assert.deepEqual(
      sources
        .map(({ database, text, parameters }) => JSON.stringify([database, text, parameters]))
        .sort(),
      [...exports].sort(),
    );
    const loads = made.filter(({ database }) => database === 'AB').map(({ text }) => text);
    assert.deepEqual(
      loads.toSorted(),
      entityFacts
        .flatMap(({ name }) => [
          `crude.sp_load_datasource_${name}`,
          `heap.sp_load_to_heap_from_crude_${name}`,
        ])
        .sort(),
    );
    assert.equal(made.length, run.stages.length);
    assert.ok(made.every(({ transaction }) => transaction === 'commit'));
    assert.equal(run.kind, 'calls');
    assert.deepEqual(run.period, july);
  });

  it('went as it was told before', () => {
    const plan = ({
      id,
      procedure,
      parameters,
      server: at,
      needs,
      period,
    }: Run['stages'][number]) => {
      return { id, procedure, parameters, server: at, needs, period };
    };
    assert.deepEqual(
      run.stages.map(plan),
      before.stages.map((one) => plan(one as Run['stages'][number])),
    );
    assert.deepEqual(run.calls, before.calls);
  });

  it('has all rows of all sources in crude and heap', async () => {
    for (const facts of entityFacts) {
      for (const code of ['0c01', '0c10', ...Object.keys(stekDatabases)]) {
        if (code in stekDatabases && !facts.stek) continue;
        const { source, crude, heap } = await rowsOf(
          read,
          facts.name as EntityName,
          code,
          '2019-07-01',
        );
        assert.deepEqual(crude, source, `crude.${facts.name} of ${code}`);
        assert.deepEqual(heap, source, `heap.${facts.name} of ${code}`);
      }
    }
  });

  it('is told again with the times of the first run', async () => {
    const again = await dry('runs', body(board));
    assert.equal(again.unknownStages, 0);
    const took = new Map(again.stages.map((stage) => [stage.id, stage.expectedMs ?? 0]));
    const sum = again.criticalPath.reduce((total, id) => total + (took.get(id) ?? 0), 0);
    // The end waits for the path, and for nothing else.
    assert.ok(Math.abs(sum - (again.expectedMs ?? 0)) < 1e-6);
    const place = new Map(again.stages.map(({ id }, index) => [id, index]));
    const places = again.criticalPath.map((id) => place.get(id) ?? -1);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });
});

describe('several months in one run', () => {
  const months = ['2019-06-01', '2019-07-01'];

  it('each has its own export, and all of them are loaded by one crude and one heap', async () => {
    const calls = [
      { code: ['0c10', 'mo'], name: 'payment', months: [{ month: 6, year: 2019 }, july] },
      { code: '0c10', name: 'payment', ...july },
    ];
    const planned = await dry('runs', body(calls));
    // Medians hold for all months.
    assert.equal(planned.unknownStages, 0);
    const id = await start('runs', body(calls));
    const held = await dry('entity_sync', { ...body(undefined), code: '0c01', name: 'meter' });
    assert.deepEqual(held.servers, [{ server: 'dcdb', isFree: false, run: id }]);
    server.seen.length = 0;
    const run = await finish(id);
    assert.deepEqual(
      run.stages.map((stage) => stage.id),
      [
        'export:payment:0c10:2019-06',
        'export:payment:0c10:2019-07',
        'export:payment:mo:2019-06',
        'export:payment:mo:2019-07',
        'crude:payment',
        'heap:payment',
      ],
    );
    assert.equal(run.period, undefined);
    assert.equal(called().length, 6);
    for (const code of ['0c10', 'mo']) {
      for (const month of months) {
        const { source, crude, heap } = await rowsOf(read, 'payment', code, month);
        assert.ok(source.size > 0, month);
        assert.deepEqual(crude, source);
        assert.deepEqual(heap, source);
      }
    }
    const free = await dry('data_source_sync', { ...body(undefined), code: '0c01', ...july });
    assert.deepEqual(free.servers, [{ server: 'dcdb', isFree: true }]);
  });

  it('a damaged run and damaged durations are looked at as they are, and left', async () => {
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    const container = blobs.getContainerClient('syncboard');
    const id = await start('entity_sync', { ...body(undefined), code: 'stek', name: 'meter' });
    await overviewHas(id);
    for (const name of [`runs/${id}.json`, 'state/durations.json']) {
      await container.getBlockBlobClient(name).upload('{"broken', 8);
    }
    const planned = await dry('entity_sync', { ...body(undefined), code: 'stek', name: 'meter' });
    assert.equal(planned.expectedMs, null);
    // Its lease lives still.
    assert.deepEqual(planned.servers, [{ server: 'server', isFree: false }]);
  });
});
