import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import type { Leases } from '../../shared/lock/leases.ts';
import { executeStages } from '../../shared/sync/execution.ts';
import { Journal } from '../../shared/sync/journal.ts';
import { addressOf } from '../../shared/sync/locks.ts';
import { planStages } from '../../shared/sync/plan.ts';
import type { Stage } from '../../shared/sync/run.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import type { StageRunner } from '../../shared/sync/stage-runner.ts';
import { firstOpening } from '../../shared/sync/windows.ts';
import { noChecks } from '../support/no-checks.ts';
import { codes, entities, randomCatalog } from '../support/random-catalog.ts';
import { run, stage } from '../support/runs.ts';

/** What all runs share: a first-come fence and a lease a server, and a record of what happened. */
class World {
  /** Who waits at a server for one of its places, and how many have one. */
  readonly #fences = new Map<string, { places: Set<number>; line: (() => void)[] }>();
  readonly #holders = new Map<string, string>();
  readonly #owners = new Map<string, string | undefined>();
  readonly #busy = new Map<string, number>();
  readonly #names = new Set<string>();
  mostAtOnce = 0;
  readonly faults: string[] = [];

  leases = {
    lifeMs: 60_000,
    acquire: async (name: string, holder: string) => {
      await turn();
      const current = this.#holders.get(name) ?? holder;
      if (current === holder) this.#holders.set(name, holder);
      return current === holder;
    },
    letGo: async (name: string, holder: string) => {
      await turn();
      if (this.#holders.get(name) === holder) this.#holders.delete(name);
    },
    state: async (name: string) => {
      const owner = this.#owners.get(name);
      return { name, held: this.#holders.has(name), ...(owner !== undefined && { owner }) };
    },
    setOwner: async (name: string, holder: string, owner: string | undefined) => {
      if (this.#holders.get(name) !== holder) this.faults.push(`${name} is owned without a lease`);
      this.#owners.set(name, owner);
      return true;
    },
    renew: async (name: string, holder: string) => this.#holders.get(name) === holder,
  } as unknown as Leases;

  async #place(server: string, atOnce: number): Promise<number> {
    const fence = this.#fences.get(server) ?? { places: new Set(), line: [] };
    this.#fences.set(server, fence);
    if (fence.places.size >= atOnce || fence.line.length > 0) {
      await new Promise<void>((resolve) => fence.line.push(resolve));
    }
    const all = Array.from({ length: atOnce }, (_, index) => index + 1);
    const place = all.find((one) => !fence.places.has(one)) ?? 0;
    if (place === 0) this.faults.push(`no place at ${server}`);
    fence.places.add(place);
    return place;
  }

  /** @param work turns of the event loop a stage takes; below zero it fails */
  runner(work: (stage: Stage) => number): StageRunner {
    return {
      open: async (placed) => {
        const server = addressOf(placed) ?? placed.server;
        const { atOnce = 1 } = placed;
        const place = await this.#place(server, atOnce);
        return {
          place,
          fits: (stage) => (addressOf(stage) ?? stage.server) === server,
          run: async ({ id, window, exclusive = [] }) => {
            const busy = (this.#busy.get(server) ?? 0) + 1;
            this.#busy.set(server, busy);
            this.mostAtOnce = Math.max(this.mostAtOnce, busy);
            if (busy > atOnce) this.faults.push(`${busy} stages at once on ${server}: ${id}`);
            for (const name of exclusive) {
              if (this.#names.has(name)) this.faults.push(`two stages with ${name}: ${id}`);
              this.#names.add(name);
            }
            const turns = work({ id, server, ...(window && { window }) } as Stage);
            for (let left = Math.abs(turns); left > 0; left -= 1) await turn();
            for (const name of exclusive) this.#names.delete(name);
            this.#busy.set(server, (this.#busy.get(server) ?? 0) - 1);
            if (turns < 0) throw new DatabaseError('fails', 'permanent');
            return { rows: rowCounts([]) };
          },
          close: async () => {
            const fence = this.#fences.get(server);
            fence?.places.delete(place);
            fence?.line.shift()?.();
          },
        };
      },
    };
  }
}

/** What a company or a connection does: it has to do with no lock. */
function unfenced(work: (stage: Stage) => number): StageRunner {
  return {
    unfenced: true,
    open: async () => ({
      fits: () => true,
      run: async (one) => {
        const turns = work(one);
        for (let left = Math.abs(turns); left > 0; left -= 1) await turn();
        if (turns < 0) throw new DatabaseError('fails', 'permanent');
        return { rows: rowCounts([]) };
      },
      close: async () => {},
    }),
  };
}

/** Storage of one run: writes take a turn and never fail. */
function journalOf(id: string, stages: Stage[]): Journal {
  const store = {
    replace: async () => {
      await turn();
      return 'etag';
    },
  } as unknown as RunStore;
  return new Journal(store, run(id, stages), 'etag');
}

async function execute(
  world: World,
  id: string,
  stages: Stage[],
  work: (stage: Stage) => number,
  now: Date | (() => Date) = new Date(0),
) {
  const order: string[] = [];
  const journal = journalOf(id, stages);
  const noted = (started: Stage) => {
    order.push(started.id);
    return work(started);
  };
  await executeStages({
    journal,
    log: { message() {}, tell() {} },
    leases: world.leases,
    now: () => (typeof now === 'function' ? now() : now),
    signal: new AbortController().signal,
    askChecks: noChecks,
    readFreshness: async () => ({ at: '2019-07-31T10:00:00.000Z' }),
    sliceOver: new AbortController().signal,
    runners: {
      procedure: world.runner(noted),
      flexibee: unfenced(noted),
      dynsql: unfenced(noted),
    },
  });
  await journal.close();
  return order;
}

interface PlannedStage {
  server: number;
  /** Servers 0 and 1 have one address where they have any. */
  isPlaced: boolean;
  kind: Stage['kind'];
  /** Distances back to the stages it needs. */
  needs: number[];
  turns: number;
  /** Of procedures. */
  exclusive: string[];
  window: 'wait' | 'skip' | undefined;
}

const plannedStage: fc.Arbitrary<PlannedStage> = fc.record({
  server: fc.integer({ min: 0, max: 3 }),
  isPlaced: fc.boolean(),
  kind: fc.constantFrom('procedure', 'procedure', 'flexibee', 'dynsql'),
  needs: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
  turns: fc.integer({ min: -1, max: 4 }),
  exclusive: fc.oneof(
    { weight: 4, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(['close', 'load'], { minLength: 1 }) },
  ),
  window: fc.option(fc.constantFrom('wait', 'wait', 'skip'), { nil: undefined, freq: 1 }),
});
/** Of servers 0 and 1, which may be at one address, the least would count. */
const atOnceAt = [1, 1, 2, 3] as const;
const plan = fc.array(plannedStage, { minLength: 1, maxLength: 25 });

function stagesOf(planned: readonly PlannedStage[]): Stage[] {
  return planned.map(({ server, isPlaced, kind, needs, exclusive, window }, index) => {
    const ids = [...new Set(needs.map((back) => index - back).filter((place) => place >= 0))];
    const one = stage(
      `s:${index}`,
      `server-${server}`,
      ids.map((place) => `s:${place}`),
    );
    const location = `sql-${server < 2 ? 0 : server}:1433/db`;
    const atOnce = atOnceAt[server] ?? 1;
    const isProcedure = kind === 'procedure';
    return {
      ...one,
      kind,
      ...(isPlaced && { location }),
      ...(isProcedure && atOnce > 1 && { atOnce }),
      ...(isProcedure && exclusive.length > 0 && { exclusive }),
      ...(window && { window: { ...night, outside: window } }),
    };
  });
}

const night = { from: '22:00', to: '05:00', timeZone: 'UTC' } as const;
const byDay = new Date('2026-07-01T12:00:00Z');
const byNight = new Date('2026-07-01T23:00:00Z');

/** What becomes of a stage by day, where the others have ended so. */
function byDayOf(one: Stage, fails: boolean, byId: ReadonlyMap<string, Stage>): Stage['state'] {
  const needed = one.needs.map((id) => byId.get(id));
  if (needed.some((other) => other?.state === 'pending')) return 'pending';
  if (needed.some((other) => other?.state !== 'succeeded')) return 'skipped';
  if (one.window?.outside === 'skip') return 'skipped';
  if (one.window?.outside === 'wait') return 'pending';
  return fails ? 'failed' : 'succeeded';
}

test('any plans of any runs side by side: no deadlock, no more procedures than a server and an address allow, one a name, order, needs and windows kept', async () => {
  let most = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), async (plans) => {
      const world = new World();
      const runs = plans.map((planned, number) => ({ planned, stages: stagesOf(planned), number }));
      const failing = ({ planned }: (typeof runs)[number], { id }: Stage) =>
        (planned[Number(id.slice(2))]?.turns ?? 0) < 0;
      const goOn = (now: Date) =>
        Promise.all(
          runs.map(async (one) => {
            const order: string[] = [];
            const work = ({ id, window }: Stage) => {
              if (window && now === byDay) world.faults.push(`${id} begins by day`);
              return one.planned[Number(id.slice(2))]?.turns ?? 0;
            };
            // As the engine: as long as something may begin now.
            while (firstOpening(one.stages, now) === now) {
              order.push(...(await execute(world, `run-${one.number}`, one.stages, work, now)));
            }
            return order;
          }),
        );
      const orders = await goOn(byDay);
      for (const run of runs) {
        const byId = new Map(run.stages.map((one) => [one.id, one]));
        for (const one of run.stages) {
          assert.equal(one.state, byDayOf(one, failing(run, one), byId), one.id);
          if (one.state !== 'skipped') continue;
          const missing = one.needs.filter((id) => byId.get(id)?.state !== 'succeeded');
          const isForWindows = missing.every((id) => byId.get(id)?.reason !== undefined);
          assert.equal(one.reason !== undefined, isForWindows, one.id);
        }
      }
      const later = await goOn(byNight);
      assert.deepEqual(world.faults, []);
      most = Math.max(most, world.mostAtOnce);
      for (const [index, run] of runs.entries()) {
        const { stages } = run;
        const order = [...(orders[index] ?? []), ...(later[index] ?? [])];
        const state = new Map(stages.map((one) => [one.id, one.state]));
        for (const one of stages) {
          const met = one.needs.every((id) => state.get(id) === 'succeeded');
          if (one.window?.outside !== 'skip') {
            const ended = failing(run, one) ? 'failed' : 'succeeded';
            assert.equal(one.state, met ? ended : 'skipped', one.id);
          }
          for (const id of one.needs.filter(() => met && order.includes(one.id))) {
            assert.ok(order.indexOf(id) < order.indexOf(one.id), `${id} before ${one.id}`);
          }
        }
        for (const lane of Map.groupBy(stages, ({ server }) => server).values()) {
          if (lane.some(({ atOnce, window }) => atOnce !== undefined || window)) continue;
          if (lane.some((one) => isBehindWindow(one, stages))) continue;
          const begun = lane.map(({ id }) => order.indexOf(id)).filter((place) => place >= 0);
          assert.deepEqual(
            begun,
            begun.toSorted((a, b) => a - b),
          );
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(most > 1);
});

/** Whether it waits for a window of what it needs: others step over it. */
function isBehindWindow({ needs }: Stage, stages: readonly Stage[]): boolean {
  const needed = stages.filter(({ id }) => needs.includes(id));
  return needed.some((one) => one.window !== undefined || isBehindWindow(one, stages));
}

test('as many stages of a run at once as its server allows, and never more', async () => {
  for (const atOnce of [1, 2, 3, 16]) {
    const world = new World();
    const stages = Array.from({ length: 8 }, (_, index) => {
      return { ...stage(`s:${index}`, 'source'), ...(atOnce > 1 && { atOnce }) };
    });
    await execute(world, 'run', stages, () => 20);
    assert.deepEqual([world.mostAtOnce, world.faults], [Math.min(8, atOnce), []]);
  }
});

test('what began inside its window and goes beyond its end is let be; what comes then waits', async () => {
  let clock = new Date('2026-07-01T04:59:00Z');
  const stages = ['a', 'b'].map((id) => {
    return { ...stage(id, 'source'), window: { ...night, outside: 'wait' as const } };
  });
  const work = () => {
    clock = new Date('2026-07-01T05:01:00Z');
    return 3;
  };
  assert.deepEqual(await execute(new World(), 'run', stages, work, () => clock), ['a']);
  assert.deepEqual(
    stages.map(({ state, waitsFor }) => [state, waitsFor]),
    [
      ['succeeded', undefined],
      ['pending', { opens: '2026-07-01T22:00:00.000Z' }],
    ],
  );
});

test('a window that closes while a stage waits for its turn: it does not begin', async () => {
  let clock = new Date('2026-07-01T04:59:00Z');
  const world = new World();
  // Somebody else is at the server until the window has closed.
  const other = execute(world, 'other', [stage('x', 'source')], () => {
    clock = new Date('2026-07-01T05:01:00Z');
    return 5;
  });
  const one = { ...stage('a', 'source'), window: { ...night, outside: 'skip' as const } };
  assert.deepEqual(
    await execute(
      world,
      'run',
      [one],
      () => 1,
      () => clock,
    ),
    [],
  );
  await other;
  assert.deepEqual([one.state, one.attempts.length], ['skipped', 0]);
});

test('a retry: what is not made again has succeeded before, also where any is needed', async () => {
  const load = { ...stage('load', 'target'), anyOf: ['export:a', 'export:b'] };
  assert.deepEqual(await execute(new World(), 'run', [load], () => 1), ['load']);
  assert.deepEqual([load.state, 'without' in load], ['succeeded', false]);
});

test('servers work side by side: the source exports the next entity while the target loads', async () => {
  const world = new World();
  const stages = ['a', 'b', 'c'].flatMap((entity) => [
    stage(`export:${entity}:c`, 'source'),
    stage(`crude:${entity}`, 'target', [`export:${entity}:c`]),
  ]);
  const order = await execute(world, 'run', stages, ({ id }) => (id.startsWith('crude') ? 40 : 1));
  assert.ok(order.indexOf('export:b:c') < order.indexOf('crude:b'));
  assert.ok(order.indexOf('export:c:c') < order.indexOf('crude:b'), order.join());
});

test('plans at random: what fails is told, and exactly what needs it is skipped', async () => {
  let skipped = 0;
  let without = 0;
  const period = { month: 7, year: 2019 };
  const calls = fc.record({
    codes: fc.subarray([...codes], { minLength: 1 }),
    names: fc.subarray([...entities], { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(
      randomCatalog,
      calls,
      fc.infiniteStream(fc.nat(9)),
      async (json, asked, luck) => {
        let catalog: ReturnType<typeof parseCatalog>;
        try {
          catalog = parseCatalog(JSON.parse(JSON.stringify(json)));
        } catch {
          return;
        }
        const { stages } = planStages(catalog, [{ ...asked, periods: [period] }]);
        const world = new World();
        const failing = new Set<string>();
        const order = await execute(world, 'run', stages, ({ id }) => {
          const isBad = (luck.next().value ?? 0) < 2;
          if (isBad) failing.add(id);
          return isBad ? -1 : 1;
        });
        assert.deepEqual(world.faults, []);
        assert.equal(new Set(order).size, order.length, 'nothing is called twice');
        const byId = new Map(stages.map((one) => [one.id, one]));
        const isIn = (id: string) => byId.get(id)?.state === 'succeeded';
        for (const one of stages) {
          const { id, state, needs, anyOf } = one;
          const may = needs.every(isIn) && (anyOf === undefined || anyOf.some(isIn));
          const expected = failing.has(id) ? 'failed' : may ? 'succeeded' : 'skipped';
          assert.equal(state, expected, id);
          assert.equal(order.includes(id), may, id);
          skipped += Number(state === 'skipped');
          const lacking = anyOf?.filter((other) => !isIn(other)) ?? [];
          assert.deepEqual(one.without ?? [], may ? lacking : [], id);
          if (state !== 'succeeded' || lacking.length === 0) continue;
          without += 1;
          assert.match(
            one.warnings?.join() ?? '',
            new RegExp(`did without ${lacking.length} of ${anyOf?.length}: `),
          );
        }
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(skipped > 20 && without > 0, `${skipped} ${without}`);
});
