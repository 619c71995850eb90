import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorForm, restarted } from '../../shared/flexibee/cursor.ts';
import { companyState, poll, reload, reset } from '../../shared/flexibee/follow.ts';
import { trouble } from '../support/flexibee-company.ts';
import { someOf } from '../support/some-of.ts';
import { soon } from '../support/storage.ts';
import { code, evidences, newWorld, otherEvidence, type World } from './world.ts';

const [first = '', second = ''] = evidences;

async function following(options?: Parameters<typeof newWorld>[0]): Promise<World> {
  const world = newWorld(options);
  world.company.write('create', first);
  world.company.write('create', second);
  await world.settle();
  world.requests.length = 0;
  world.called.length = 0;
  world.logged.length = 0;
  return world;
}

test('an idle poll makes one request and writes nothing', async () => {
  const world = await following();
  const { outcome, done } = await world.poll();
  assert.equal(outcome, 'idle');
  assert.deepEqual(done, ['acquire', 'changes', 'release']);
});

test('changes of evidences that are not followed are read over, and nothing is called', async () => {
  const world = await following();
  world.company.write('create', otherEvidence);
  const { outcome, done } = await world.poll();
  assert.equal(outcome, 'applied');
  assert.deepEqual(done, ['acquire', 'changes', 'replace', 'release']);
  assert.equal((await world.poll()).outcome, 'idle');
});

test('procedures after changes are called for the evidences that changed, once', async () => {
  const world = await following();
  world.company.write('update', second);
  world.company.write('update', second);
  await world.settle();
  assert.deepEqual(world.called, [[second]]);
});

test('while somebody is at work a poll is busy, or waits', async () => {
  const world = await following();
  const { context } = world.worker();
  const held = await world.cursors.store.acquire(code, soon());
  assert.equal(await poll(context, { waitForLockMs: 0 }, soon()), 'busy');
  const waiting = poll(context, { waitForLockMs: 60_000 }, soon());
  await held?.release();
  assert.equal(await waiting, 'idle');
});

test('a slice ends between pages, and the next goes on', async () => {
  const world = await following({ sliceMs: 0, largestPage: 20 });
  for (let index = 0; index < 50; index += 1) world.company.write('create', first);
  const outcomes: string[] = [];
  while (outcomes.at(-1) !== 'idle' && outcomes.length < 9) {
    outcomes.push((await world.poll()).outcome);
    const state = companyState(world.cursor, new Date(world.time()));
    const behind = outcomes.at(-1) === 'handed on';
    assert.equal(state.lag.versions > 0, behind, JSON.stringify(state));
  }
  // After two pages; what was stale comes with the last one.
  assert.deepEqual(outcomes, ['handed on', 'handed on', 'applied', 'idle']);
  world.check();
});

test('trouble is entered and logged once, and gone with the next success', async () => {
  const world = await following();
  const { context, done } = world.worker();
  const broken = {
    ...context,
    source: { ...context.source, changes: () => Promise.reject(trouble('wrong password')) },
  };
  for (let minute = 0; minute < 3; minute += 1) {
    world.tick(60_000);
    assert.equal(await poll(broken, { waitForLockMs: 0 }, soon()), 'trouble');
  }
  assert.equal(done.filter((what) => what === 'replace').length, 1);
  const state = companyState(world.cursor, new Date(world.time()));
  assert.equal(state.trouble?.kind, 'wrong password');
  assert.ok(state.lag.seconds >= 120);
  assert.match(state.trouble?.cure ?? '', /See to it/);
  assert.equal(world.logged.length, 1);
  assert.equal((await world.poll()).outcome, 'idle');
  assert.equal(world.cursor?.trouble, undefined);
  assert.equal(world.logged.length, 2);
});

test('procedures that could not be asked for are asked for again', async () => {
  const world = await following();
  world.company.write('update', second);
  const { context } = world.worker();
  const failing = { ...context, after: () => Promise.reject(new Error('no queue')) };
  await assert.rejects(poll(failing, { waitForLockMs: 0 }, soon()), /no queue/);
  assert.deepEqual(world.called, []);
  await world.settle();
  assert.deepEqual(world.called, [[second]]);
});

test('a cursor of before there were marks has its list called', () => {
  const { pending, ...cursor } = restarted(undefined, new Date());
  const old = cursorForm.schema.parse({ ...cursor, pending: [first, second] });
  assert.deepEqual(Object.keys(old.pending), [first, second]);
  assert.notEqual(old.pending[first], old.pending[second]);
  assert.deepEqual(pending, {});
});

test('another history: with "stop" nothing is asked until somebody resets', async () => {
  const world = await following({ onRegression: 'stop' });
  world.company.backUp();
  world.company.write('update', first);
  await world.settle();
  world.company.restore();
  const generation = world.cursor?.generation ?? 0;
  const { outcome, done } = await world.poll();
  assert.equal(outcome, 'trouble');
  assert.equal(done.filter((what) => what === 'changes').length, 3, 'asked once more');
  assert.equal(world.cursor?.trouble?.kind, 'versions went back');
  const again = await world.poll();
  assert.deepEqual(again.done, ['acquire', 'release']);
  assert.equal(world.logged.length, 1);
  const { context } = world.worker();
  assert.equal(await reset(context, { waitForLockMs: 0 }, soon()), true);
  assert.equal(companyState(world.cursor, new Date(world.time())).phase, 'starting');
  await world.settle();
  assert.ok((world.cursor?.generation ?? 0) > generation);
  world.check();
});

test('another history that has grown past ours is noticed by our last change', async () => {
  const world = await following({ onRegression: 'stop' });
  world.company.backUp();
  world.company.write('update', first);
  await world.settle();
  world.company.restore();
  for (let index = 0; index < 5; index += 1) world.company.write('update', second);
  assert.equal((await world.poll()).outcome, 'trouble');
  assert.equal(world.cursor?.trouble?.kind, 'versions went back');
});

test('another history is noticed by a late change, too, where that is all we have seen', async () => {
  const world = newWorld({ onRegression: 'stop', global: 'given out' });
  world.company.backUp();
  world.company.begin('create', first);
  await world.settle();
  world.company.commit(0);
  await world.settle();
  world.company.restore();
  world.company.write('create', second);
  assert.equal((await world.poll()).outcome, 'trouble');
});

test('an answer that is merely stale is asked for again', async () => {
  const world = await following({ onRegression: 'stop' });
  const { context } = world.worker();
  let calls = 0;
  const changes: typeof context.source.changes = (range, signal) => {
    calls += 1;
    if (calls > 1) return context.source.changes(range, signal);
    return Promise.resolve({ globalVersion: 1, changes: [] });
  };
  const stale = { ...context, source: { ...context.source, changes } };
  assert.equal(await poll(stale, { waitForLockMs: 0 }, soon()), 'idle');
  assert.equal(calls, 2);
});

test('an evidence that the catalogue has anew is loaded; one that it has no more is forgotten', async () => {
  const world = await following();
  world.company.write('create', otherEvidence);
  const { context } = world.worker();
  const with_ = (names: string[]) => ({
    ...context,
    company: { ...context.company, evidences: names },
  });
  const more = with_([...evidences, otherEvidence]);
  assert.equal(await poll(more, { waitForLockMs: 0 }, soon()), 'applied');
  assert.equal(world.mirror.alive(code, otherEvidence).size, 1);
  assert.equal(await poll(more, { waitForLockMs: 0 }, soon()), 'idle');
  assert.equal(await poll(with_([first]), { waitForLockMs: 0 }, soon()), 'applied');
  world.company.write('delete', second);
  await poll(with_([first]), { waitForLockMs: 0 }, soon());
  await poll(with_([...evidences]), { waitForLockMs: 0 }, soon());
  assert.deepEqual(world.mirror.alive(code, second), world.company.alive(second));
});

test('reload reads one evidence in full and marks what is gone', async () => {
  const world = await following();
  const { context } = world.worker();
  const at = new Date(0).toISOString();
  const stray = { id: '99', version: 1, deleted: false, externalIds: [], payload: {} };
  const { generation } = world.cursor ?? { generation: 1 };
  await world.mirror.apply(
    {
      company: code,
      generation,
      readAt: at,
      batches: [{ evidence: first, changes: [], records: [stray] }],
    },
    soon(),
  );
  const lines: string[] = [];
  const rows = await reload(context, first, (line) => void lines.push(line), soon());
  assert.deepEqual(rows, { records: 1, created: 0, updated: 0, deleted: 1 });
  assert.deepEqual(lines, [`${code}, ${first}: 1 records read`]);
  assert.deepEqual(world.requests, ['list']);
  await world.settle();
  world.check();
});

test('during a reload polls are busy, and what changes meanwhile is applied afterwards', async () => {
  const world = await following();
  const { context } = world.worker();
  world.company.write('update', first);
  let outcome: unknown;
  const list: typeof context.source.list = async (evidence, range, signal) => {
    const page = await context.source.list(evidence, range, signal);
    outcome = await poll(context, { waitForLockMs: 0 }, signal);
    world.company.write('update', first);
    world.company.write('create', first);
    return page;
  };
  await reload({ ...context, source: { ...context.source, list } }, first, () => {}, soon());
  assert.equal(outcome, 'busy');
  await world.settle();
  world.check();
});

test('a company never polled can be reloaded, and is loaded by the next poll', async () => {
  const world = newWorld();
  world.company.write('create', first);
  world.company.write('create', second);
  const rows = await reload(world.worker().context, second, () => {}, soon());
  assert.deepEqual(rows, { records: 1, created: 1, updated: 0, deleted: 0 });
  assert.equal(companyState(world.cursor, new Date(world.time())).phase, 'loading');
  await world.settle();
  world.check();
});

test('of a company never polled there is little to show', () => {
  assert.equal(companyState(undefined, new Date()).phase, 'starting');
});

const alike = [1, 1, 1, 1, 1, 1, 1, 1, 1];

/** Requests per 1,000 changes and per 500 distinct records, as few as promised. */
const histories = [
  ['each of another record', alike, Number.POSITIVE_INFINITY],
  ['most of one of them', [92, 1, 1, 1, 1, 1, 1, 1, 1], Number.POSITIVE_INFINITY],
  ['at random of 100,000 records', alike, 100_000],
  ['at random of 20,000 records', alike, 20_000],
  ['at random of 5,000 records', alike, 5_000],
] as const;
for (const [name, weights, distinct] of someOf(histories, 2 / 5)) {
  test(`100,000 changes over nine evidences, ${name}: no more requests than promised`, async () => {
    const names = weights.map((_, index) => `evidence-${index}`);
    const world = newWorld({ timestamps: false });
    const { context } = world.worker();
    const nine = { ...context, company: { ...context.company, evidences: names } };
    while ((await poll(nine, { waitForLockMs: 0 }, soon())) !== 'idle');
    const lot = weights.flatMap((weight, index) => Array<number>(weight).fill(index));
    const known: [string, string][] = [];
    // Which one changes again: in no order, and the same in every run.
    let random = 1;
    for (let index = 0; index < 100_000; index += 1) {
      random = (random * 48_271) % 2_147_483_647;
      const again = known[random % distinct];
      if (again) world.company.write('update', ...again);
      else {
        const evidence = `evidence-${lot[index % lot.length]}`;
        known.push([evidence, world.company.write('create', evidence) ?? assert.fail()]);
      }
    }
    world.requests.length = 0;
    assert.equal(await poll(nine, { waitForLockMs: 0 }, soon()), 'applied');
    assert.equal(world.mirror.journal(code).length, 100_000);
    const promised = 100 + known.length / 500;
    assert.ok(world.requests.length <= promised, `${world.requests.length} of ${promised}`);
  });
}
