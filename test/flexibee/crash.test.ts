/** A worker dies at every single I/O of a poll; the next one puts everything right. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { HeldCursor } from '../../shared/flexibee/context.ts';
import { cursorStore } from '../../shared/flexibee/follow.ts';
import { startStorage, type TestStorage } from '../support/storage.ts';
import { type Cursors, code, type Death, evidences, newWorld, type World } from './world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

interface Scenario {
  name: string;
  options?: Parameters<typeof newWorld>[0];
  /** Up to the poll in which the worker dies. */
  prepare(world: World): Promise<void>;
  /** What that poll does when nobody dies, to be sure that it is what its name says. */
  does: Partial<Record<string, number>>;
}

const [first = '', second = '', third = ''] = evidences;

/** Something of everything. */
function work({ company }: World, times = 4): void {
  for (let index = 0; index < times; index += 1) {
    const id = company.write('create', first);
    company.write('create', second);
    company.write('update', first, id);
    if (index % 2 === 0) company.write('delete', first, id);
    company.write('update', second);
  }
}

const scenarios: Scenario[] = [
  {
    name: 'the first load',
    async prepare(world) {
      work(world);
      for (let index = 0; index < 1001; index += 1) world.company.write('create', third);
    },
    does: { changes: 4, list: 4, apply: 4 },
  },
  {
    name: 'a load that is resumed in every slice',
    options: { sliceMs: 0 },
    async prepare(world) {
      work(world);
      await world.poll();
    },
    does: { list: 2, apply: 1 },
  },
  {
    name: 'pages of changes',
    options: { largestPage: 3 },
    async prepare(world) {
      work(world);
      await world.settle();
      work(world, 8);
    },
    does: { changes: 13, records: 2, apply: 13, replace: 13, after: 1 },
  },
  {
    name: 'a late commit beside what is new',
    async prepare(world) {
      work(world);
      await world.settle();
      const { company } = world;
      company.begin('update', second);
      company.begin('create', third);
      company.begin('delete', first);
      work(world, 1);
      await world.settle();
      for (let open = 0; open < 3; open += 1) company.commit(0);
      work(world, 1);
    },
    does: { changes: 1, records: 3, apply: 1, after: 1 },
  },
  {
    name: 'a restored backup',
    async prepare(world) {
      work(world);
      world.company.backUp();
      await world.settle();
      work(world);
      await world.settle();
      world.company.restore();
      world.company.write('delete', second);
    },
    does: { changes: 6, list: 3, apply: 3, after: 1 },
  },
  {
    name: 'a changelog that was off',
    async prepare(world) {
      work(world);
      await world.settle();
      world.company.changelog = 'off';
      await world.poll();
      world.company.write('create', second);
      world.company.changelog = 'on';
    },
    does: { changes: 3, list: 3, apply: 3, after: 1 },
  },
];

async function prepared(scenario: Scenario, cursors?: Cursors): Promise<World> {
  const world = newWorld({ ...scenario.options, ...(cursors && { cursors }) });
  await scenario.prepare(world);
  return world;
}

/** Every death of one poll. */
async function deaths(scenario: Scenario): Promise<{ all: Death[]; effects: World['effects'] }> {
  const world = await prepared(scenario);
  const { done } = await world.poll();
  for (const [what, times] of Object.entries(scenario.does)) {
    assert.equal(done.filter((one) => one === what).length, times, `${what} in ${done}`);
  }
  await world.settle();
  const all = done.flatMap((what, index) => {
    const modes =
      what === 'apply' ? (['before', 'after', 'late'] as const) : (['before', 'after'] as const);
    return modes.map((mode) => ({ at: index + 1, mode }));
  });
  return { all, effects: world.effects };
}

async function survives(
  scenario: Scenario,
  death: Death,
  undisturbed: World['effects'],
  cursors?: Cursors,
): Promise<void> {
  const world = await prepared(scenario, cursors);
  const { outcome, done } = await world.poll(death);
  const where = `${death.mode} ${death.at}: ${done.at(-1)}`;
  // A lock that cannot be released runs out.
  if (done.at(-1) !== 'release') assert.equal(outcome, 'killed', where);
  await world.settle();
  world.check();
  await world.arriveLate();
  world.check();
  assert.deepEqual(world.effects, undisturbed, `${where}: applied twice with effect`);
}

describe('a worker dies', () => {
  for (const scenario of scenarios) {
    test(`in ${scenario.name}, at every single I/O`, async (t) => {
      const { all, effects } = await deaths(scenario);
      for (const death of all) await survives(scenario, death, effects);
      t.diagnostic(`${all.length} deaths`);
    });
  }
});

test('a worker dies with its cursor in real storage', async (t) => {
  const scenario = scenarios.find(({ name }) => name === 'a late commit beside what is new');
  assert.ok(scenario);
  const { all, effects } = await deaths(scenario);
  for (const death of all) {
    const container = await storage.container();
    const lease = container.getBlobClient(`flexibee/${code}.json`).getBlobLeaseClient();
    // A new process each time, which remembers nothing.
    const store = (): Cursors['store'] => cursorStore(container);
    let held: HeldCursor | undefined;
    const cursors: Cursors = {
      store: {
        async acquire(name, signal) {
          held = await store().acquire(name, signal);
          return held;
        },
        read: (name, signal) => store().read(name, signal),
      },
      async expire() {
        await lease.breakLease(0).catch(() => {});
        // Its keeper must not outlive the test.
        await held?.release();
      },
    };
    await survives(scenario, death, effects, cursors);
  }
  t.diagnostic(`${all.length} deaths`);
});
