/**
 * Random histories of a company beside workers that die: in the end the mirror is the source.
 *
 * HISTORIES=10000 node --test test/flexibee/histories.test.ts
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidences, newWorld, otherEvidence, type World } from './world.ts';

const runs = Number(process.env['HISTORIES'] ?? 400);

const evidence = fc.constantFrom(...evidences, otherEvidence);
const operation = fc.constantFrom('create', 'update', 'update', 'delete');
const place = fc.nat({ max: 5 });

type Event =
  | {
      kind: 'write' | 'begin';
      operation: 'create' | 'update' | 'delete';
      evidence: string;
      place: number;
    }
  | { kind: 'commit' | 'roll back'; place: number }
  | { kind: 'skip'; count: number }
  | { kind: 'tick'; ms: number }
  | { kind: 'restore'; writes: number }
  | { kind: 'poll' | 'back up' | 'off for a while' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('write'), operation, evidence, place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('begin'), operation, evidence, place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'roll back'), place }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('skip'), count: fc.constantFrom(1, 2, 950, 2500) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('tick'),
      ms: fc.constantFrom(1_000, 60_000, 240_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('back up', 'off for a while') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restore'), writes: fc.nat({ max: 8 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('poll') }) },
) as fc.Arbitrary<Event>;

/** What happens to one poll: the worker's death, and what the company does between its calls. */
const course = fc.record({
  death: fc.option(
    fc.record({
      at: fc.integer({ min: 1, max: 14 }),
      mode: fc.constantFrom('before', 'after', 'late'),
    }),
    { freq: 3 },
  ),
  meanwhile: fc.array(event, { maxLength: 3 }),
  every: fc.integer({ min: 1, max: 4 }),
});

/** Ten minutes are the longest that a transaction takes. */
function endOld(world: World): void {
  const { company } = world;
  while (company.open.some(({ since }) => world.time() - since > 5 * 60_000)) company.commit(0);
}

/** The generation that is perhaps the last of its kind. */
const ended = new WeakMap<World, number | undefined>();

function mayBegin(world: World): boolean {
  const { next, generation } = world.cursor ?? {};
  return next === undefined || generation === ended.get(world);
}

async function happen(world: World, one: Event, within: boolean): Promise<void> {
  const { company } = world;
  switch (one.kind) {
    case 'write':
    case 'begin': {
      const ids = company.ids(one.evidence);
      const id = ids[one.place % Math.max(1, ids.length)];
      company[one.kind](one.operation, one.evidence, id);
      return;
    }
    case 'commit':
      return company.commit(one.place % Math.max(1, company.open.length));
    case 'roll back':
      return company.rollBack(one.place % Math.max(1, company.open.length));
    case 'skip':
      // A load looks one page below: farther there must be nothing open when it begins.
      if (one.count < 10 || !mayBegin(world)) company.skip(one.count);
      return;
    case 'tick':
      world.tick(one.ms);
      return endOld(world);
    case 'back up':
      if (company.open.length === 0) company.backUp();
      return;
    // What is seen of neither: a backup restored between listing a change and reading its record,
    // a changelog that was off and on again between two polls.
    case 'restore':
      if (within || !company.hasBackup) return;
      await world.settle();
      company.restore();
      ended.set(world, world.cursor?.generation);
      if (!world.timestamps) await world.settle();
      // Perhaps as many as went with the backup, or more.
      for (let index = 0; index < one.writes; index += 1) {
        company.write(index % 3 === 0 ? 'create' : 'update', evidences[index % 2] ?? '');
      }
      return;
    case 'off for a while':
      if (within) return;
      while (company.open.length > 0) company.commit(0);
      await world.settle();
      company.changelog = 'off';
      ended.set(world, world.cursor?.generation);
      assert.equal((await world.poll()).outcome, 'trouble');
      company.write('update', evidences[0] ?? '');
      company.write('create', evidences[1] ?? '');
      company.changelog = 'on';
      return;
    default:
  }
}

/**
 * What readers see of the mirror. A dead worker's clock may have been ahead, so that what it read
 * of the very same version still moves the moment of reading.
 */
function readable({ mirror }: World) {
  return evidences.map((name) =>
    mirror.rows('flexi-demo', name).map(({ readAt: _, ...row }) => row),
  );
}

test(`mirror equals source after ${runs} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        timestamps: fc.boolean(),
        global: fc.constantFrom('seen', 'given out'),
        largestPage: fc.constantFrom(2, 5, 1000),
      }),
      fc.integer({ min: 0, max: 3 }).map((minutes) => minutes * 100),
      fc.array(event, { minLength: 5, maxLength: 40 }),
      fc.array(course, { minLength: 20, maxLength: 20 }),
      async (options, sliceMs, events, courses) => {
        const world = newWorld({ ...options, sliceMs: sliceMs || 3_600_000 });
        let polls = 0;
        for (const one of events) {
          if (one.kind !== 'poll') {
            await happen(world, one, false);
            continue;
          }
          const { death, meanwhile, every } = courses[polls++ % courses.length] ?? assert.fail();
          const left = [...meanwhile];
          let calls = 0;
          await world.poll(death ?? undefined, () => {
            calls += 1;
            const next = calls % every === 0 ? left.shift() : undefined;
            if (next !== undefined && next.kind !== 'poll') void happen(world, next, true);
          });
          endOld(world);
        }
        while (world.company.open.length > 0) world.company.commit(0);
        await world.settle();
        world.check();
        const before = readable(world);
        await world.arriveLate();
        const late = 'what dead workers sent came late, and had an effect';
        assert.deepEqual(readable(world), before, late);
        // Another ten minutes, and nothing is remembered that could be asked for again.
        world.tick(11 * 60_000);
        await world.settle();
        world.check();
        assert.deepEqual(world.cursor?.gaps, []);
      },
    ),
    { numRuns: runs, ...(process.env['FC_SEED'] && { seed: Number(process.env['FC_SEED']) }) },
  );
});
