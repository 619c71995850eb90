/** Procedures after changes by themselves: marks as polls set them, real documents and leases. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { AfterChanges } from '../../shared/app/after-changes.ts';
import type { Closed } from '../../shared/app/closed.ts';
import { type Catalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { parseCatalog } from '../../shared/catalog/read-catalog.ts';
import type { Closure } from '../../shared/closures/closures.ts';
import { eventOf, type NewEvent } from '../../shared/events/event.ts';
import { type Cursor, restarted, withPending } from '../../shared/flexibee/cursor.ts';
import { Leases } from '../../shared/lock/leases.ts';
import type { StageRunner } from '../../shared/sync/stage-runner.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { nothingClosed } from '../support/nothing-closed.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

const code = 'flexi-demo';
const heap = {
  stage: 'heap',
  kind: 'procedure',
  database: 'ab',
  procedure: 'heap.sp_load_flexibee',
  parameters: [{ name: 'evidence', type: 'nvarchar(64)', from: 'entity' }],
  repeatable: true,
};
const json = shippedJson();
edit(json, stepsOf('pipelines[3].stages[1]'), heap);
const catalog = parseCatalog(json);
const [first = '', second = '', third = ''] = catalog.entityOrder(code);

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const closure: Closure = {
  ...{ id: 'c', server: 'ab', reason: 'maintenance', user: 'me', token: 'demo' },
  ...{ at: '2026-01-01T00:00:00.000Z', until: '2026-01-01T01:00:00.000Z' },
};

/** What the world of the calls is: a cursor that polls mark, and procedures that see its rows. */
async function world(options: { sliceMs?: number; catalog?: Catalog } = {}) {
  const container = await storage.container();
  const state = {
    cursor: restarted(undefined, new Date(0)) as Cursor,
    /** What was applied, and what the procedures have seen of it. */
    applied: new Map<string, number>(),
    seen: new Map<string, number>(),
    calls: [] as string[],
    queued: 0,
    told: [] as NewEvent[],
    time: Date.parse('2026-01-01T00:00:00Z'),
    /** Evidences whose procedures are at a server that is closed. */
    closed: new Set<string>(),
    /** Called when a session has been opened, before the lease is waited for. */
    opened: () => {},
    /** Called within a procedure, after it has seen what there is. */
    during: async (_evidence: string): Promise<void> => {},
  };
  const apply = (...evidences: string[]) => {
    for (const evidence of evidences) {
      state.applied.set(evidence, (state.applied.get(evidence) ?? 0) + 1);
    }
    state.cursor = { ...state.cursor, pending: withPending(state.cursor, evidences) };
  };
  const procedure: StageRunner = {
    async open() {
      state.opened();
      return {
        fits: () => true,
        async run({ entity }) {
          state.calls.push(entity);
          const sees = state.applied.get(entity) ?? 0;
          await state.during(entity);
          state.seen.set(entity, sees);
          return { rows: { sum: 0, statements: 0, last: [] }, returnValue: 0 };
        },
        async close() {},
      };
    },
  };
  const closed: Pick<Closed, 'ofStages'> = {
    ofStages: async (stages) =>
      stages.some((stage) => 'entity' in stage && state.closed.has(String(stage.entity)))
        ? closure
        : undefined,
  };
  /** Another worker's, with nothing remembered. */
  const worker = () =>
    new AfterChanges({
      ...{ procedure, container, leaseSeconds: 15, closed },
      catalog: options.catalog ?? catalog,
      sliceMs: options.sliceMs ?? 30_000,
      cursors: { read: async () => state.cursor },
      queue: async () => {
        state.queued += 1;
      },
      tell: async (event) => void state.told.push(event),
      now: () => new Date(state.time),
    });
  const call = () => worker().call(code, () => {}, soon());
  const shown = () => worker().state(code, state.cursor.pending, soon());
  return { container, state, apply, worker, call, shown };
}

test('what is marked is queued, called once, and known without asking storage', async () => {
  const { state, apply, worker, call } = await world();
  const poller = worker();
  await poller.seeTo(code, {}, soon());
  assert.equal(state.queued, 0);
  apply(second, first);
  await poller.seeTo(code, state.cursor.pending, soon());
  assert.equal(state.queued, 1);
  assert.equal(await call(), 'done');
  assert.deepEqual(state.calls, [first, second], 'in the order of the catalogue');
  await poller.seeTo(code, state.cursor.pending, soon());
  await poller.seeTo(code, state.cursor.pending, AbortSignal.abort());
  assert.equal(state.queued, 1);
});

test('procedures at a closed server wait, and nobody waits for them', async () => {
  const { state, apply, worker, call, shown } = await world();
  apply(first, second);
  state.closed.add(first);
  assert.equal(await call(), 'done');
  assert.deepEqual(state.calls, [second]);
  assert.deepEqual((await shown()).pending, [first], 'it is still due');
  await worker().seeTo(code, state.cursor.pending, soon());
  assert.equal(state.queued, 0, 'nothing can be called now');
  state.closed.clear();
  await worker().seeTo(code, state.cursor.pending, soon());
  assert.equal(state.queued, 1);
  assert.equal(await call(), 'done');
  assert.deepEqual(state.calls, [second, first]);
});

/** The procedure of the first evidence may begin from 22:00 to 05:00 in Prague. */
function withWindow(outside: 'wait' | 'skip'): Catalog {
  const given = shippedJson();
  const window = { from: '22:00', to: '05:00', timeZone: 'Europe/Prague', outside };
  const overrides = [{ entities: [first], window }];
  edit(given, stepsOf('pipelines[3].stages[1]'), { ...heap, overrides });
  return parseCatalog(given);
}

for (const outside of ['wait', 'skip'] as const) {
  test(`outside its window (${outside}) a procedure waits, the others do not, over a change of the clock`, async () => {
    const { state, apply, worker, call, shown } = await world({ catalog: withWindow(outside) });
    const at = (text: string) => {
      state.time = Date.parse(text);
    };
    at('2026-03-28T20:59:59Z');
    apply(first, second);
    await worker().seeTo(code, state.cursor.pending, soon());
    assert.equal(await call(), 'done');
    assert.deepEqual([state.queued, state.calls], [1, [second]]);
    assert.deepEqual((await shown()).pending, [first], 'it is still due');
    await worker().seeTo(code, state.cursor.pending, soon());
    assert.equal(state.queued, 1, 'nothing can be called now');
    at('2026-03-28T21:00:00Z');
    await worker().seeTo(code, state.cursor.pending, soon());
    assert.equal(state.queued, 2);
    assert.equal(await call(), 'done');
    assert.deepEqual(state.calls, [second, first]);
    // In that night 05:00 comes at 03:00Z.
    at('2026-03-29T02:59:59Z');
    apply(first);
    assert.equal(await call(), 'done');
    at('2026-03-29T03:00:00Z');
    apply(first);
    assert.equal(await call(), 'done');
    assert.deepEqual(state.calls, [second, first, first]);
    at('2026-03-29T20:00:00Z');
    assert.equal(await call(), 'done');
    assert.deepEqual(state.seen, state.applied);
    assert.deepEqual([(await shown()).pending, (await shown()).failures], [[], []]);
  });
}

for (const [what, shut] of [
  ['its window', 0],
  ['its server', 1],
] as const) {
  test(`a procedure for whose turn ${what} has closed is not called`, async () => {
    const { container, state, apply, call, shown } = await world({ catalog: withWindow('wait') });
    state.time = Date.parse('2026-03-28T22:00:00Z');
    const leases = new Leases(container, 15);
    const holder = '00000000-0000-4000-8000-000000000001';
    assert.ok(await leases.acquire('procedure/ab', holder, soon()));
    apply(first);
    const opened = Promise.withResolvers<void>();
    state.opened = opened.resolve;
    const called = call();
    await opened.promise;
    if (shut === 0) state.time = Date.parse('2026-03-29T04:00:00Z');
    else state.closed.add(first);
    await leases.release('procedure/ab', holder, soon());
    assert.equal(await called, 'done');
    assert.deepEqual([state.calls, (await shown()).failures], [[], []]);
    assert.deepEqual((await shown()).pending, [first]);
    state.time = Date.parse('2026-03-29T21:00:00Z');
    state.closed.clear();
    assert.equal(await call(), 'done');
    assert.deepEqual(state.calls, [first]);
  });
}

test('evidences without procedures are nobody’s business', async () => {
  const { container, state } = await world();
  const shipped = shippedCatalog();
  const none = new AfterChanges({
    ...{ catalog: shipped, container, leaseSeconds: 15, sliceMs: 1_000, closed: nothingClosed },
    procedure: { open: () => assert.fail('nothing to call') },
    cursors: { read: async () => state.cursor },
    queue: () => assert.fail('nothing to queue'),
    now: () => new Date(),
  });
  await none.seeTo(code, { [first]: 'mark' }, AbortSignal.abort());
  assert.deepEqual((await none.state(code, { [first]: 'mark' }, soon())).pending, []);
});

test('rows that change during the call are seen by another one', async () => {
  const { state, apply, call, shown } = await world();
  apply(first);
  state.during = async () => {
    if (state.calls.length === 1) apply(first);
  };
  assert.equal(await call(), 'done');
  assert.deepEqual(state.calls, [first, first]);
  assert.deepEqual(state.seen, state.applied);
  assert.deepEqual((await shown()).pending, []);
});

test('one that is due for ever does not keep the others from their turn', async () => {
  const { state, apply, call } = await world({ sliceMs: 400 });
  apply(first, second, third);
  state.during = async (evidence) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (evidence === first) apply(first);
  };
  for (let slice = 0; slice < 4; slice += 1) assert.equal(await call(), 'handed on');
  assert.ok(state.calls.includes(third), String(state.calls));
  assert.deepEqual(state.calls.slice(0, 3), [first, second, third]);
});

test('one that fails is called again after longer and longer, the others at once', async () => {
  const { state, apply, call, shown, worker } = await world();
  const failing = new Set([first]);
  state.during = async (evidence) => {
    if (failing.has(evidence)) throw new Error('the heap is full');
  };
  apply(first, second);
  const waits: number[] = [];
  const since = new Date(state.time).toISOString();
  for (let round = 1; round <= 7; round += 1) {
    assert.equal(await call(), 'done');
    const [failure] = (await shown()).failures;
    assert.partialDeepStrictEqual(failure, { evidence: first, calls: round, since });
    waits.push(Date.parse(failure?.nextAt ?? '') - state.time);
    // A poll in between asks for no call of it, but for those that are well.
    const queued = state.queued;
    await worker().seeTo(code, state.cursor.pending, soon());
    assert.equal(state.queued, queued);
    state.time += waits.at(-1) ?? 0;
    await worker().seeTo(code, state.cursor.pending, soon());
    assert.equal(state.queued, queued + 1);
  }
  assert.deepEqual(
    state.calls.filter((evidence) => evidence === second),
    [second],
  );
  for (const [index, wait] of waits.entries()) {
    const most = Math.min(60_000 * 2 ** index, 15 * 60_000);
    assert.ok(wait >= most / 2 && wait <= most, `${wait} of ${most}`);
  }
  // A server that is restarted is back within five minutes: of what lasts somebody hears, once.
  const [trouble, ...more] = state.told;
  assert.deepEqual(more, []);
  assert.partialDeepStrictEqual(trouble, {
    ...{ kind: 'company.trouble', codes: [code], entities: [first], since },
    ...{ error: 'the heap is full', reason: 'heap.sp_load_flexibee fails' },
  });
  const [failure] = (await shown()).failures;
  failing.clear();
  assert.equal(await call(), 'done');
  const { failures, pending } = await shown();
  assert.deepEqual([failures, pending], [[], []]);
  const until = failure?.nextAt;
  assert.deepEqual(
    state.told.slice(1).map((event) => [event.kind, event.since, event.until]),
    [['company.recovered', since, until]],
  );
});

test('whoever dies before it is written down that somebody was told tells the same again', async () => {
  const { container, state, apply, call } = await world();
  let fails = true;
  state.during = async () => {
    if (fails) throw new Error('the heap is full');
  };
  apply(first);
  await call();
  const blob = container.getBlockBlobClient(`after/${code}.json`);
  for (const outcome of ['fails', 'succeeds']) {
    fails = outcome === 'fails';
    state.time += 3_600_000;
    const before = await blob.downloadToBuffer();
    const { metadata = {} } = await blob.getProperties();
    await call();
    await blob.upload(before, before.length, { metadata });
    await call();
  }
  const ids = state.told.map((event) => eventOf(event, new Date(0)).id);
  assert.deepEqual([ids.length, new Set(ids).size], [4, 2]);
});

test('waiting for the server is bounded by the slice, and the company is handed on', async () => {
  const { container, state, apply, call, shown } = await world({ sliceMs: 300 });
  const leases = new Leases(container, 15);
  const holder = '00000000-0000-4000-8000-000000000001';
  assert.ok(await leases.acquire('procedure/ab', holder, soon()));
  apply(first);
  assert.equal(await call(), 'handed on');
  assert.deepEqual([state.calls, (await shown()).failures], [[], []]);
  await leases.release('procedure/ab', holder, soon());
  assert.equal(await call(), 'done');
  assert.deepEqual(state.calls, [first]);
});

test('two at once: the second leaves, and nothing is half done', async () => {
  const { state, apply, call } = await world();
  apply(first);
  const begun = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  state.during = async () => {
    begun.resolve();
    await going.promise;
  };
  const one = call();
  await begun.promise;
  assert.equal(await call(), 'busy');
  going.resolve();
  assert.equal(await one, 'done');
  assert.deepEqual(state.calls, [first]);
});

/** The n-th write of the document fails for good, before or after it is made: the worker is dead. */
function dying(container: ContainerClient, at: number, written: boolean): ContainerClient {
  let writes = 0;
  return new Proxy(container, {
    get(target, member) {
      const value = Reflect.get(target, member);
      if (member !== 'getBlockBlobClient')
        return typeof value === 'function' ? value.bind(target) : value;
      return (name: string) => {
        const blob = target.getBlockBlobClient(name);
        const upload = blob.upload.bind(blob);
        blob.upload = async (...given) => {
          writes += 1;
          if (writes !== at) return await upload(...given);
          if (written) await upload(...given);
          throw new Error('killed');
        };
        return blob;
      };
    },
  });
}

test('whatever the order of changes, calls and deaths: each is called after its last change', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('apply' as const), of: fc.constantFrom(first, second, third) }),
    fc.record({ kind: fc.constant('call' as const), during: fc.boolean() }),
    fc.record({
      kind: fc.constant('death' as const),
      at: fc.integer({ min: 1, max: 3 }),
      written: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      const { container, state, apply, call, shown } = await world();
      for (const one of steps) {
        state.during = async () => {};
        if (one.kind === 'apply') apply(one.of);
        else if (one.kind === 'call') {
          let left = one.during ? 1 : 0;
          state.during = async (evidence) => {
            for (; left > 0; left -= 1) apply(evidence, third);
          };
          assert.equal(await call(), 'done');
        } else {
          const dead = new AfterChanges({
            ...{ catalog, leaseSeconds: 15, sliceMs: 30_000, closed: nothingClosed },
            container: dying(container, one.at, one.written),
            procedure: {
              async open() {
                return {
                  fits: () => true,
                  async run({ entity }) {
                    state.seen.set(entity, state.applied.get(entity) ?? 0);
                    return { rows: { sum: 0, statements: 0, last: [] }, returnValue: 0 };
                  },
                  async close() {},
                };
              },
            },
            cursors: { read: async () => state.cursor },
            queue: async () => {},
            now: () => new Date(state.time),
          });
          await dead
            .call(code, () => {}, soon())
            .catch((error) => {
              assert.match(String(error), /killed/);
            });
        }
      }
      // A death that looks like a failure of the procedure is waited for.
      state.time += 3_600_000;
      state.during = async () => {};
      assert.equal(await call(), 'done');
      assert.deepEqual((await shown()).pending, []);
      assert.deepEqual(new Map([...state.seen].sort()), new Map([...state.applied].sort()));
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
