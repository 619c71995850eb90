/** Stages of kind dynsql go by the plan of their run: the catalogue may be another one by then. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { dynsqlRunner } from '../../shared/app/runners/dynsql-runner.ts';
import { parseCatalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { located } from '../../shared/catalog/located.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import type { Run } from '../../shared/sync/run.ts';
import { type RunStore, runForm } from '../../shared/sync/run-store.ts';
import { edit, type Step, shippedJson, stepsOf } from '../catalog/edited.ts';
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { contentOf, put } from '../support/odd-blobs.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

const code = 'gen-demodata';
const planned = { demodata: 'abra.example:699' };

let running: TestConnections;
let storage: TestStorage;
before(async () => {
  [running, storage] = await Promise.all([startConnections(), startStorage()]);
});
after(() => Promise.all([running.close(), storage.close()]));
afterEach(() => running.abraGen.faults.clear());

const login = { user: 'Supervisor', password: 'supervisor', trustServerCertificate: false };
const never = new AbortController().signal;

/** A run of countries as a POST plans it by the shipped catalogue. */
async function posted() {
  const container = await storage.container();
  const state = syncStateOf(container);
  const catalog = located(shippedCatalog(), {
    ...{ databases: {}, companies: {} },
    connections: planned,
  });
  const service = postingService(state, { catalog });
  const outcome = await service.start(requestFor([code], ['countries']), soon());
  assert.ok(outcome.outcome === 'started');
  return { container, state, id: outcome.id };
}

/** Executes it with a worker of another catalogue, or of other settings. */
async function executed(
  { state, id }: Awaited<ReturnType<typeof posted>>,
  { json = shippedJson(), locations = planned }: { json?: unknown; locations?: object } = {},
): Promise<Run> {
  const catalog = parseCatalog(json);
  const connections = running.open({}, catalog);
  const { databases } = running;
  const runner = dynsqlRunner({ catalog, connections, databases, locations: { ...locations } });
  const engine = { ...engineOn(state), catalog };
  engine.runners = { dynsql: runner };
  assert.equal(await executeRun(engine, id, never), 'finished');
  return await read(state.runs, id);
}

async function read(runs: RunStore, id: string): Promise<Run> {
  return (await runs.read(id, soon()))?.value ?? assert.fail(`no run ${id}`);
}

async function columns(): Promise<string[]> {
  const rows = await running.databases.query(
    'ab',
    `SELECT payload FROM crude.dynsql_row WHERE source = N'${code}' AND entity = N'countries' AND deleted = 0`,
    [],
    soon(),
  );
  assert.ok(rows.length > 0);
  return [...new Set(rows.flatMap(({ payload }) => Object.keys(JSON.parse(String(payload)))))];
}

const countries: Step[] = stepsOf('entities[34]');
const errorOf = ({ stages }: Run) => stages[0]?.error;

test('the query was changed: the run asks what it was planned to ask', async () => {
  const run = await posted();
  const json = shippedJson();
  edit(json, [...countries, 'dynsql', 'select'], ['ID', 'Name']);
  edit(json, [...countries, 'dynsql', 'datasets'], []);
  const { state, log } = await executed(run, { json });
  assert.equal(state, 'succeeded');
  assert.ok((await columns()).includes('NUMCODE'));
  assert.match(log.map(({ text }) => text).join(' '), /The catalogue has changed \(planned with/);
});

test('the entity was removed: the run loads it', async () => {
  const json = shippedJson() as { entities: unknown[] };
  assert.partialDeepStrictEqual(json.entities[34], { name: 'countries' });
  json.entities.splice(34, 1);
  const { state, stages } = await executed(await posted(), { json });
  assert.equal(state, 'succeeded', stages[0]?.error?.message);
});

test('the data source has another code now: the run loads it under the one it was planned with', async () => {
  const text = JSON.stringify(shippedJson()).replaceAll(`"${code}"`, '"gen-other"');
  const { state, stages } = await executed(await posted(), { json: JSON.parse(text) });
  assert.equal(state, 'succeeded', stages[0]?.error?.message);
});

test('the connection was renamed: the stage fails for good and names it', async (t) => {
  const json = JSON.parse(
    JSON.stringify(shippedJson()).replaceAll('"demodata"', '"renamed"'),
  ) as unknown;
  const run = await posted();
  const catalog = parseCatalog(json);
  const { databases } = running;
  const connections = new DynsqlConnections({
    ...{ catalog, databases, dynsql: shippedDynsql(), stopping: never, now: () => new Date() },
    addresses: { renamed: { origin: running.abraGen.url, ...login } },
  });
  t.after(() => connections.close());
  const engine = engineOn(run.state);
  engine.runners = { dynsql: dynsqlRunner({ catalog, connections, databases }) };
  assert.equal(await executeRun(engine, run.id, never), 'finished');
  const document = await read(run.state.runs, run.id);
  assert.equal(document.state, 'failed');
  assert.equal(errorOf(document)?.meaning, 'permanent');
  assert.match(errorOf(document)?.message ?? '', /no ABRA Gen connection demodata any more/);
  assert.equal(document.stages[0]?.attempts.length, 1);
});

test('the connection leads elsewhere now: nothing of that server is loaded', async () => {
  running.abraGen.requests.clear();
  const document = await executed(await posted(), { locations: { demodata: 'other.example:699' } });
  assert.equal(document.state, 'failed');
  assert.match(
    errorOf(document)?.message ?? '',
    /was at abra\.example:699 when the run was planned, and is at other\.example:699 now; start it again/,
  );
  assert.deepEqual(running.abraGen.requests.counts(), {});
});

test('the definition is gone at ABRA Gen: the stage fails for good, nothing is deleted', async () => {
  await executed(await posted());
  const before = await columns();
  running.abraGen.faults.set({ times: 10, kind: 'definition', status: 404 });
  const document = await executed(await posted());
  assert.equal(document.state, 'failed');
  assert.equal(errorOf(document)?.meaning, 'permanent');
  running.abraGen.faults.clear();
  assert.deepEqual(await columns(), before);
});

test('a run of an earlier version brings no query: the catalogue is asked', async () => {
  const run = await posted();
  await rewrite(run, ({ queries: _, ...document }) => ({
    ...document,
    stages: document.stages.map(({ asks: __, ...stage }) => stage),
  }));
  assert.equal((await executed(run)).state, 'succeeded');
});

const damages: [string, (run: Run) => Run][] = [
  ['is gone', ({ queries: _, ...run }) => run],
  ['is another place', (run) => ({ ...run, queries: [] })],
  ['is none', (run) => ({ ...run, queries: [{ definition: 'x' }] })],
];
for (const [what, damage] of damages) {
  test(`the query in the run's document ${what}: the stage fails for good and says so`, async () => {
    const run = await posted();
    await rewrite(run, damage);
    const document = await executed(run);
    assert.equal(document.state, 'failed');
    assert.match(errorOf(document)?.message ?? '', /The run has no query of countries; start it/);
  });
}

test('connections share the text of a query in the document of their run', async () => {
  const json = shippedJson() as { dataSources: object[]; connections: object[] };
  const more = Array.from({ length: 20 }, (_, number) => `gen-${number}`);
  for (const id of more) {
    json.dataSources.push({ code: id, description: id, system: 'abra-gen', connection: id });
    json.connections.push(another(json.connections, id));
  }
  const state = syncStateOf(await storage.container());
  const catalog = parseCatalog(json);
  const service = postingService(state, { catalog });
  const outcome = await service.start(requestFor(more, ['countries']), soon());
  assert.ok(outcome.outcome === 'started', JSON.stringify(outcome));
  const document = await read(state.runs, outcome.id);
  assert.equal(document.queries?.length, 1);
  assert.deepEqual(
    document.stages.map(({ asks }) => asks),
    more.map((connection) => ({ connection, query: 0 })),
  );
});

function another(connections: readonly object[], id: string): object {
  const demo = connections.find((one) => 'id' in one && one.id === 'demodata');
  return { ...demo, id };
}

async function rewrite(
  { container, id }: Awaited<ReturnType<typeof posted>>,
  change: (run: Run) => unknown,
): Promise<void> {
  const name = `runs/${id}.json`;
  const { version, ...document } = JSON.parse(String(await contentOf(container, name)));
  const changed = { version, ...(change(runForm.schema.parse(document)) as object) };
  const { metadata = {} } = await container.getBlobClient(name).getProperties();
  await put(container, name, { body: Buffer.from(JSON.stringify(changed)), metadata });
}
