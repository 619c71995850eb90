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
import { codes, entities, randomCatalog } from '../support/random-catalog.ts';
import { run, stage } from '../support/runs.ts';
import { noChecks } from '../support/no-checks.ts';

/** What all runs share: a first-come fence and a lease a server, and a record of what happened. */
class World {
  readonly #fences = new Map<string, Promise<void>>();
  readonly #holders = new Map<string, string>();
  readonly #busy = new Set<string>();
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
  } as unknown as Leases;

  /** @param work turns of the event loop a stage takes; below zero it fails */
  runner(work: (stage: Stage) => number): StageRunner {
    return {
      open: async (placed) => {
        const server = addressOf(placed) ?? placed.server;
        const before = this.#fences.get(server) ?? Promise.resolve();
        const mine = Promise.withResolvers<void>();
        this.#fences.set(
          server,
          before.then(() => mine.promise),
        );
        await before;
        return {
          fits: (stage) => (addressOf(stage) ?? stage.server) === server,
          run: async ({ id }) => {
            if (this.#busy.has(server)) this.faults.push(`two stages at once on ${server}: ${id}`);
            this.#busy.add(server);
            const turns = work({ id, server } as Stage);
            for (let left = Math.abs(turns); left > 0; left -= 1) await turn();
            this.#busy.delete(server);
            if (turns < 0) throw new DatabaseError('fails', 'permanent');
            return { rows: rowCounts([]) };
          },
          close: async () => mine.resolve(),
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

async function execute(world: World, id: string, stages: Stage[], work: (stage: Stage) => number) {
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
    now: () => new Date(0),
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
}

const plannedStage: fc.Arbitrary<PlannedStage> = fc.record({
  server: fc.integer({ min: 0, max: 3 }),
  isPlaced: fc.boolean(),
  kind: fc.constantFrom('procedure', 'procedure', 'flexibee', 'dynsql'),
  needs: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
  turns: fc.integer({ min: -1, max: 4 }),
});
const plan = fc.array(plannedStage, { minLength: 1, maxLength: 25 });

function stagesOf(planned: readonly PlannedStage[]): Stage[] {
  return planned.map(({ server, isPlaced, kind, needs }, index) => {
    const ids = [...new Set(needs.map((back) => index - back).filter((place) => place >= 0))];
    const one = stage(
      `s:${index}`,
      `server-${server}`,
      ids.map((place) => `s:${place}`),
    );
    const location = `sql-${server < 2 ? 0 : server}:1433/db`;
    return { ...one, kind, ...(isPlaced && { location }) };
  });
}

test('any plans of any runs side by side: no deadlock, one procedure a server and an address, order and needs kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 4 }), async (plans) => {
      const world = new World();
      const runs = plans.map((planned, number) => ({ planned, stages: stagesOf(planned), number }));
      const orders = await Promise.all(
        runs.map(({ planned, stages, number }) =>
          execute(world, `run-${number}`, stages, ({ id }) => {
            return planned[Number(id.slice(2))]?.turns ?? 0;
          }),
        ),
      );
      assert.deepEqual(world.faults, []);
      for (const [index, { stages, planned }] of runs.entries()) {
        const order = orders[index] ?? [];
        const state = new Map(stages.map((one) => [one.id, one.state]));
        for (const one of stages) {
          const met = one.needs.every((id) => state.get(id) === 'succeeded');
          const fails = (planned[Number(one.id.slice(2))]?.turns ?? 0) < 0;
          assert.equal(one.state, met ? (fails ? 'failed' : 'succeeded') : 'skipped', one.id);
          for (const id of one.needs.filter(() => met)) {
            assert.ok(order.indexOf(id) < order.indexOf(one.id), `${id} before ${one.id}`);
          }
        }
        for (const lane of Map.groupBy(stages, ({ server }) => server).values()) {
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
