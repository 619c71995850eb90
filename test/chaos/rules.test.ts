/** The rules of `npm run chaos` are broken by what breaks them. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { ProcedureCall } from 'tds-sqlite';
import { postRun, run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';
import { differences, evidences, recordsOf, startCompanies } from './companies.ts';
import { harmBlobs, harmCursor } from './harm.ts';
import { planEpisode } from './plan.ts';
import { checkRecord } from './record.ts';
import { freed } from './settled.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const call: ProcedureCall = {
  id: 1,
  procedure: 'dbo.sp_export_meter',
  database: 'elsewhere',
  server: 'elsewhere',
  session: 51,
  context: 'some-run',
  parameters: {},
  start: 0,
  end: 1,
  outcome: 'ok',
};

test('a call is in the record by an attempt or by a line of the log of its own run', async () => {
  const container = await storage.container();
  const world = { container, state: syncStateOf(container) };
  const own = stage('export:meter:c', 'elsewhere');
  const begun = { ...own, attempts: [{ startedAt: '2019-07-31T10:00:00.000Z' }] };
  const check = (id: string, one: typeof own) => checkRecord(world, [call], [run(id, [one])], []);
  assert.deepEqual(await check('some-run', begun), []);
  assert.match((await check('some-run', own)).join(), /call 1 .* is in no record/);
  assert.match((await check('other-run', begun)).join(), /call 1 .* is in no record/);
  const log = world.state.logs.open('some-run', 'holder', () => new Date());
  log.message('export:meter:c', 'hello');
  assert.equal(await log.close(soon()), 0);
  assert.deepEqual(await check('some-run', own), []);
});

test('a mirror must be its company, record by record, and its cursor through', async (t) => {
  const flexibee = await startCompanies();
  t.after(() => flexibee.close());
  const container = await storage.container();
  const blob = container.getBlockBlobClient('flexibee/flexi-demo.json');
  const write = async (cursor: object) => {
    const members = { generation: 1, globalVersion: 1, gaps: [], loads: [], evidences: {} };
    const text = JSON.stringify({ version: 1, ...members, next: 2, pending: [], ...cursor });
    await blob.upload(text, text.length);
  };
  const mirrors = new Map<string, Map<string, unknown>>();
  const mirror = async (_company: string, evidence: string) => mirrors.get(evidence) ?? new Map();
  const look = () => differences({ flexibee, container, mirror }, 'flexi-demo');
  await write({});
  const missing = await look();
  assert.ok(missing.length > 50, 'nothing is mirrored yet');
  for (const evidence of evidences) {
    mirrors.set(evidence, await recordsOf(flexibee, 'demo', evidence));
  }
  assert.deepEqual(await look(), []);
  const prices = mirrors.get('cenik') ?? new Map();
  const [first = ''] = prices.keys();
  prices.set(first, { ...prices.get(first), nazev: 'another' });
  assert.deepEqual(await look(), [`flexi-demo cenik ${first} is another one`]);
  prices.delete(first);
  assert.deepEqual(await look(), [`flexi-demo cenik ${first} is not in the mirror, and is there`]);
  prices.set('987654', {});
  prices.set(first, (await recordsOf(flexibee, 'demo', 'cenik')).get(first));
  assert.deepEqual(await look(), ['flexi-demo cenik 987654 is in the mirror, and is not there']);
  prices.delete('987654');
  const stuck: [object, RegExp][] = [
    [{ next: undefined }, /has not begun/],
    [{ loads: [{ evidence: 'cenik', afterId: '0' }] }, /has yet to load cenik/],
    [{ stale: { cenik: { ids: ['1'], versions: [1] } } }, /has records that wait/],
    [{ generation: 'x' }, /is none/],
  ];
  for (const [cursor, text] of stuck) {
    await write(cursor);
    assert.match((await look()).join(), text);
  }
});

test('what was damaged is in the record as it was before, and must be set aside', async () => {
  const container = await storage.container();
  const world = { container, state: syncStateOf(container) };
  const begun = {
    ...stage('export:meter:c', 'elsewhere'),
    attempts: [{ startedAt: '2019-07-31T10:00:00.000Z' }],
  };
  const id = await postRun(world.state, [begun], ['src']);
  const harm = { what: 'run', how: 'cut short', request: 0, answered: true, afterMs: 0 } as const;
  const harmed = await harmBlobs(container, harm, [id]);
  assert.equal(harmed.length, 1);
  const called = [{ ...call, context: id }];
  assert.deepEqual(await checkRecord(world, called, [], harmed), [
    `runs/${id}.json was not set aside`,
  ]);
  assert.equal((await world.state.runs.read(id, soon()))?.value.state, 'interrupted');
  assert.deepEqual(await checkRecord(world, called, [], harmed), []);
  // It has ended: there is nothing left to harm.
  assert.deepEqual(await harmBlobs(container, harm, [id]), []);
});

test('a server held by nobody is told: by a lease, by an owner, by a fence', async () => {
  const container = await storage.container();
  const state = syncStateOf(container);
  const held = async (fences: string[] = []) =>
    (await freed({ state, unruly: { heldFences: async () => [...fences] } }, soon(), 1)).join();
  assert.equal(await held(), '');
  assert.equal(await held(['a fence']), 'a fence');
  const id = await postRun(state, [stage('export:meter:c', 'src')], ['src']);
  assert.match(await held(), new RegExp(`sync/src is held.*that of ${id}`));
  const harm = {
    what: 'sync lock',
    how: 'deleted',
    request: 0,
    answered: true,
    afterMs: 0,
  } as const;
  assert.equal((await harmBlobs(container, harm, [id])).length, 1);
  assert.equal(await held(), '');
});

test('plans come again with their seed, and have everything in them', () => {
  const plans = Array.from({ length: 200 }, (_, number) => planEpisode(31, number, true));
  assert.deepEqual(plans[7], planEpisode(31, 7, true));
  const harms = new Set(plans.flatMap((plan) => plan.harms.map(({ what }) => what)));
  assert.equal(harms.size, 5);
  assert.equal(new Set(plans.flatMap((plan) => plan.catalog?.change ?? [])).size, 4);
  assert.ok(plans.some((plan) => plan.deaths.some((death) => death.isLong)));
  assert.ok(plans.every((plan) => plan.workers === 3));
});

test('a cursor is harmed whoever holds it', async () => {
  const container = await storage.container();
  const blob = container.getBlockBlobClient('flexibee/flexi-demo.json');
  const harm = { company: 'flexi-demo', afterMs: 0 } as const;
  assert.equal(await harmCursor(container, { ...harm, how: 'deleted' }), false);
  await blob.upload('{"generation": 1}', 17);
  await blob.getBlobLeaseClient(randomUUID()).acquireLease(-1);
  assert.equal(await harmCursor(container, { ...harm, how: 'no JSON' }), true);
  assert.equal(String(await blob.downloadToBuffer()), '{"broken":');
  await blob.getBlobLeaseClient(randomUUID()).acquireLease(-1);
  assert.equal(await harmCursor(container, { ...harm, how: 'deleted' }), true);
  assert.equal(await blob.exists(), false);
});
