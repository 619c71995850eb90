/** Stages of kind dynsql: what comes into the aggregate base, and what trouble means to a run. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Fault } from 'stand-in-kit';
import type { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { dynsqlRunner } from '../../shared/app/runners/dynsql-runner.ts';
import { type Catalog, parseCatalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { StageFailure, type StageResult, workOf } from '../../shared/sync/stage-runner.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { soon } from '../support/storage.ts';

const code = 'gen-demodata';
const period = { month: 10, year: 2020 };

let running: TestConnections;
before(async () => {
  running = await startConnections();
});
after(() => running.close());
afterEach(() => running.abraGen.faults.clear());

interface Load {
  catalog?: Catalog;
  connections?: DynsqlConnections;
  signal?: AbortSignal;
  onMessage?: (text: string) => void;
}

async function load(name: string, options: Load = {}): Promise<StageResult> {
  const { catalog = shippedCatalog(), connections = running.connections } = options;
  const { signal = soon(), onMessage = () => {} } = options;
  const { databases } = running;
  const runner = dynsqlRunner({ catalog, connections, databases });
  const plan = planStages(catalog, [{ names: [name], codes: [code], periods: [period] }]);
  const [stage] = plan.stages;
  assert.ok(stage?.kind === 'dynsql');
  const slot = await runner.open(stage, 'run', signal);
  try {
    return await slot.run(workOf(plan, stage), onMessage, signal);
  } finally {
    await slot.close();
  }
}

const stored = (entity: string) =>
  running.databases.query(
    'ab',
    `SELECT period, row_key, payload FROM crude.dynsql_row WHERE source = N'${code}' AND entity = N'${entity}' AND deleted = 0 ORDER BY row_key`,
    [],
    soon(),
  );

test('the rows of a month come with what is below them; again nothing changes', async () => {
  const messages: string[] = [];
  const first = await load('issued_invoices', { onMessage: (text) => messages.push(text) });
  const rows = await stored('issued_invoices');
  assert.ok(rows.length > 0);
  assert.deepEqual(first, { rows: rowCounts([rows.length, 0, 0]) });
  assert.deepEqual(messages, [`${rows.length} rows`]);
  for (const { period: month, payload } of rows) {
    assert.equal(month, '2020-10');
    const row = JSON.parse(String(payload));
    // Days of Prague, written in UTC.
    const date = row['DOCDATE$DATE'];
    assert.ok(date >= '2020-09-30T22:00' && date < '2020-10-31T23:00', date);
    assert.deepEqual(
      row.datasets.map((dataset: { name: string }) => dataset.name),
      ['ROWS', 'VATRates'],
    );
  }
  assert.deepEqual(await load('issued_invoices'), { rows: rowCounts([0, 0, 0]) });
  const id = String(rows[0]?.['row_key']);
  running.abraGen.database
    .prepare('UPDATE IssuedInvoices SET Description = ? WHERE ID = ?')
    .run('opraveno', id);
  assert.deepEqual(await load('issued_invoices'), { rows: rowCounts([0, 1, 0]) });
});

test('entities without a date are loaded whole', async () => {
  await load('countries');
  const codes = (await stored('countries')).map(({ payload }) => JSON.parse(String(payload)).CODE);
  assert.ok(codes.includes('CZ'));
  assert.ok((await stored('countries')).every((row) => row['period'] === ''));
});

const troubles: [title: string, fault: Fault, meaning: StageFailure['meaning'], text: RegExp][] = [
  ['a refused password', { status: 401 }, 'login', /Check User Id and Password/],
  ['a server that fails', { status: 500 }, 'unreachable', /HTTP 500/],
  ['a busy server', { status: 503, retryAfterSeconds: 60 }, 'unreachable', /cannot answer now/],
  ['a refused query', { kind: 'exec', status: 400 }, 'permanent', /refused/],
  ['half an answer', { kind: 'exec', broken: 'cut' }, 'permanent', /Nothing was deleted/],
  ['a broken answer', { kind: 'exec', broken: 'truncated' }, 'unreachable', /./],
];
for (const [title, fault, meaning, text] of troubles) {
  test(`${title} is ${meaning} to the run, and deletes nothing`, async () => {
    await load('countries');
    const before = await stored('countries');
    running.abraGen.faults.set({ times: 10, ...fault });
    await assert.rejects(load('countries', { connections: running.open() }), (error: unknown) => {
      assert.ok(error instanceof StageFailure, String(error));
      assert.equal(error.meaning, meaning, error.message);
      assert.match(error.message, text);
      assert.doesNotMatch(error.message, /supervisor/);
      return true;
    });
    assert.deepEqual(await stored('countries'), before);
  });
}

test('a query of the catalogue that does not fit its definition names the place', async () => {
  const json = shippedJson();
  edit(json, stepsOf('entities[34].dynsql.select[1]'), 'Cod');
  const catalog = parseCatalog(json);
  await assert.rejects(load('countries', { catalog }), {
    name: 'StageFailure',
    meaning: 'permanent',
    message: /select\[1\]: "Cod" is no field of MAIN \(did you mean Code\?\)/,
  });
});

test('a run that is cancelled stops asking', async () => {
  running.abraGen.faults.set({ kind: 'exec', delayMilliseconds: 60_000 });
  const cancelled = new AbortController();
  const reason = new Error('cancelled');
  const loading = load('countries', { signal: cancelled.signal });
  running.abraGen.requests.clear();
  while ((running.abraGen.requests.counts()['exec'] ?? 0) === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  cancelled.abort(reason);
  await assert.rejects(loading, (error) => error === reason);
});
