/**
 * Random histories of a company beside workers that die: in the end the mirror is the source.
 *
 * HISTORIES=10000 node --test test/flexibee/histories.test.ts
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fewestLooks } from '../../shared/flexibee/gaps.ts';
import { evidences, type Illness, lateMs, newWorld, otherEvidence, type World } from './world.ts';

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
  | { kind: 'ill poll'; ill: Illness }
  | { kind: 'clock'; hours: number }
  | { kind: 'prune'; count: number }
  | { kind: 'poll' | 'back up' | 'off' | 'on' | 'turn off' | 'turn on' };

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
      ms: fc.constantFrom(1_000, 60_000, 240_000, 20 * 60_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('back up', 'off', 'on', 'turn off', 'turn on'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('ill poll'),
      ill: fc.oneof(
        fc.record({
          server: fc.constantFrom('unreachable', 'wrong password', 'answer not understood'),
        }),
        fc.constant({ base: true }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      // Summer time, and a clock that somebody has set.
      fc.record({ kind: fc.constant('clock'), hours: fc.constantFrom(-5, -1, 0, 1, 5) }),
      fc.record({ kind: fc.constant('prune'), count: fc.constantFrom(1, 3, 100) }),
    ),
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
  skewMs: fc.constantFrom(0, 0, 11 * 60_000, -11 * 60_000),
});

/** No transaction is open for longer; what is asked for after that is not missing any more. */
const longestMs = lateMs - 5 * 60_000;

/** @param ms that will pass now */
function endOld(world: World, ms = 0): void {
  const { company } = world;
  const isOld = ({ since }: { since: number }) => world.time() + ms - since > longestMs;
  for (let index = 0; index < company.open.length; ) {
    if (isOld(company.open[index] ?? assert.fail())) company.commit(index);
    else index += 1;
  }
}

/** Whatever stands in nobody's log: turning it on or off needs the company for itself. */
function endAll({ company }: World): void {
  while (company.open.length > 0) company.commit(0);
}

/** What is off by others, and leaves no trace when it is on again, must be seen in between. */
async function seeOff(world: World): Promise<void> {
  while (world.cursor !== undefined && world.cursor.due.reload === undefined) await world.poll();
}

/** Worlds whose company is a restored backup that perhaps no poll has seen. */
const restored = new WeakSet<World>();

async function happen(world: World, one: Event, within: boolean): Promise<void> {
  const { company } = world;
  switch (one.kind) {
    case 'write':
    case 'begin': {
      const ids = company.ids(one.evidence);
      const id = ids[one.place % Math.max(1, ids.length)];
      // What is begun while it is off has no version.
      company[company.changelog === 'off' ? 'write' : one.kind](one.operation, one.evidence, id);
      return;
    }
    case 'commit':
      return company.commit(one.place % Math.max(1, company.open.length));
    case 'roll back':
      return company.rollBack(one.place % Math.max(1, company.open.length));
    case 'skip':
      return company.skip(one.count);
    case 'tick':
      endOld(world, one.ms);
      return world.tick(one.ms);
    case 'clock':
      return company.setClock(one.hours * 3_600_000);
    case 'back up':
      if (company.open.length === 0 && company.changelog === 'on') company.backUp();
      return;
    // What is seen of neither: a backup restored between listing a change and reading its record,
    // a list that loses what nobody has read.
    case 'restore':
      if (within || !company.hasBackup) return;
      await world.settle();
      company.restore();
      restored.add(world);
      // Without times, or with nothing listed, the versions alone tell of it: before they grow again.
      if (!world.timestamps || company.log.length === 0) await world.settle();
      // Perhaps as many as went with the backup, or more.
      for (let index = 0; index < one.writes; index += 1) {
        company.write(index % 3 === 0 ? 'create' : 'update', evidences[index % 2] ?? '');
      }
      return;
    case 'prune':
      if (within || company.changelog === 'off') return;
      await world.settle();
      return company.prune(one.count);
    case 'off':
    case 'turn off':
      if (within || company.changelog === 'off') return;
      endAll(world);
      // A list that is emptied before anybody has looked hides that a backup was restored.
      if (world.enabling === 'empties' && restored.delete(world)) await world.settle();
      if (one.kind === 'turn off') await world.turn('off');
      else company.changelog = 'off';
      return;
    case 'on':
    case 'turn on':
      if (within || company.changelog === 'on') return;
      if (world.enabling !== 'empties' || world.cursor?.last === undefined) await seeOff(world);
      if (one.kind === 'turn on') await world.turn('on');
      else company.changelog = 'on';
      return;
    case 'ill poll':
      if (!within) await world.poll(undefined, undefined, one.ill);
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
        global: fc.constantFrom('seen', 'given out', 'of the log'),
        enabling: fc.constantFrom('keeps', 'empties', 'restarts'),
        largestPage: fc.constantFrom(2, 5, 1000),
        ids: fc.constantFrom('usual', 'any'),
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
          const { death, meanwhile, every, skewMs } =
            courses[polls++ % courses.length] ?? assert.fail();
          const left = [...meanwhile];
          let calls = 0;
          const between = () => {
            calls += 1;
            const next = calls % every === 0 ? left.shift() : undefined;
            if (next !== undefined && next.kind !== 'poll') void happen(world, next, true);
          };
          await world.poll(death ?? undefined, between, { skewMs });
          endOld(world);
        }
        endAll(world);
        await happen(world, { kind: 'on' }, false);
        await world.settle();
        world.check();
        const before = readable(world);
        await world.arriveLate();
        const late = 'what dead workers sent came late, and had an effect';
        assert.deepEqual(readable(world), before, late);
        // Nothing is remembered that could be asked for again.
        world.tick(lateMs + 2_000);
        for (let look = 0; look < fewestLooks; look += 1) await world.poll();
        await world.settle();
        world.check();
        assert.deepEqual(world.cursor?.gaps, []);
      },
    ),
    { numRuns: runs, ...(process.env['FC_SEED'] && { seed: Number(process.env['FC_SEED']) }) },
  );
});
