/** Plans of catalogues at random: what the order of stages promises, and what the engine makes of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Catalog, CatalogError, parseCatalog } from '../../shared/catalog/index.ts';
import { periodText } from '../../shared/sync/period.ts';
import { planStages } from '../../shared/sync/plan.ts';
import type { Stage } from '../../shared/sync/run.ts';
import { neededBy } from '../../shared/sync/stage-graph.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { codes, entities, type RandomCatalog, randomCatalog } from '../support/random-catalog.ts';

const months = [
  { month: 12, year: 2023 },
  { month: 1, year: 2024 },
];

/** Undefined where the catalogue is refused. */
function parsed(json: RandomCatalog): Catalog | undefined {
  try {
    return parseCatalog(JSON.parse(JSON.stringify(json)));
  } catch (error) {
    if (error instanceof CatalogError) return undefined;
    throw error;
  }
}

const asked = fc.record({
  codes: fc.subarray([...codes], { minLength: 1 }),
  names: fc.subarray([...entities], { minLength: 1 }),
  periods: fc.subarray(months, { minLength: 1 }),
});
const calls = fc.array(asked, { minLength: 1, maxLength: 3 });

/** Whether an entity comes after itself in the end. */
function goesRound({ entities: all }: RandomCatalog): boolean {
  const after = new Map(all.map((entity) => [entity.name, entity.after]));
  const reach = (from: string, seen: Set<string>): Set<string> => {
    for (const next of after.get(from) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      reach(next, seen);
    }
    return seen;
  };
  return all.some(({ name }) => reach(name, new Set()).has(name));
}

test('entities that go round in a circle are refused, and the circle is named; no others are', () => {
  let refused = 0;
  fc.assert(
    fc.property(randomCatalog, (json) => {
      let faults: string[] = [];
      try {
        parseCatalog(JSON.parse(JSON.stringify(json)));
      } catch (error) {
        if (!(error instanceof CatalogError)) throw error;
        faults = error.faults;
      }
      const circles = faults.filter((line) => line.includes('goes round in a circle'));
      assert.equal(circles.length > 0, goesRound(json), faults.join('\n'));
      for (const line of circles) {
        refused += 1;
        const [, circle = ''] = /circle, (.*);/.exec(line) ?? [];
        const names = circle.split(' → ');
        assert.equal(names[0], names.at(-1));
        for (const [index, name] of names.slice(0, -1).entries()) {
          const entity = json.entities.find((one) => one.name === name);
          assert.ok(entity?.after.includes(names[index + 1] ?? ''), line);
        }
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(refused > 0);
});

/** Reachable by what is needed. */
function reaches(stages: readonly Stage[], from: string): Set<string> {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const seen = new Set<string>();
  const visit = (id: string) => {
    const stage = byId.get(id);
    for (const need of stage ? neededBy(stage) : []) {
      if (seen.has(need)) continue;
      seen.add(need);
      visit(need);
    }
  };
  visit(from);
  return seen;
}

test('any plan: each call once, after what it needs; a source for itself, an entity after another', () => {
  let planned = 0;
  let waited = 0;
  fc.assert(
    fc.property(randomCatalog, calls, (json, wanted) => {
      const catalog = parsed(json);
      if (catalog === undefined) return;
      const { stages } = planStages(catalog, wanted);
      planned += stages.length;
      const place = new Map(stages.map(({ id }, index) => [id, index]));
      assert.equal(place.size, stages.length, 'ids are unique');
      for (const [index, stage] of stages.entries()) {
        for (const need of neededBy(stage)) {
          assert.ok((place.get(need) ?? index) < index, `${stage.id} stands before ${need}`);
        }
      }
      // What is called: the same procedure, database, month and names never twice.
      const made = stages.map(({ procedure, database, parameters }) =>
        JSON.stringify([procedure, database, parameters]),
      );
      assert.equal(new Set(made).size, made.length, 'each call once');
      // Every stage of every subject that was asked for is there, after those of its way before it.
      const callOf = (stage: string, database: string, parameters: object) =>
        JSON.stringify([{ schema: 'dbo', name: `sp_${stage}` }, database, parameters]);
      const ids = new Map(made.map((text, index) => [text, stages[index]?.id ?? '']));
      for (const { codes: own, names, periods } of wanted) {
        for (const code of own) {
          for (const name of names.filter((one) => catalog.entityOrder(code).includes(one))) {
            for (const period of catalog.isDated(name, code) ? periods : [undefined]) {
              const way = catalog.stages({ name, code, ...(period && { period }) });
              const idOf = (one: (typeof way)[number] | undefined) =>
                one && ids.get(callOf(one.stage, one.database, one.parameters));
              for (const resolved of way) {
                const id = idOf(resolved);
                assert.ok(id !== undefined, `${resolved.stage} of ${name} of ${code}`);
                const before = reaches(stages, id);
                for (const after of resolved.after) {
                  const earlier = idOf(way.find(({ stage }) => stage === after));
                  assert.ok(earlier !== undefined && before.has(earlier), `${id} after ${earlier}`);
                }
                // The same stage of what it comes after, where this source is asked for that, too.
                if (resolved.once === 'source' || resolved.once === 'run') continue;
                for (const other of catalog.entitiesBefore(name)) {
                  const isAsked = wanted.some(
                    (one) => one.codes.includes(code) && one.names.some((named) => named === other),
                  );
                  const same = stages.filter(
                    (stage) =>
                      stage.stage === resolved.stage &&
                      stage.entity === other &&
                      (stage.code === undefined || stage.code === code) &&
                      catalog.entityOrder(code).includes(other),
                  );
                  if (!isAsked || same.length === 0) continue;
                  const isFor = same.some((stage) => before.has(stage.id));
                  const hasIt = catalog
                    .stages({ name: other, code, period: months[0] ?? { month: 1, year: 2024 } })
                    .some(({ stage }) => stage === resolved.stage);
                  if (!hasIt) continue;
                  waited += 1;
                  assert.ok(isFor, `${id} after ${same.map((stage) => stage.id).join()}`);
                }
              }
            }
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(planned > 500 && waited > 20, `${planned} ${waited}`);
});

test('a month that is asked for twice, or in another order, makes the same stages', () => {
  fc.assert(
    fc.property(randomCatalog, calls, (json, wanted) => {
      const catalog = parsed(json);
      if (catalog === undefined) return;
      const there = planStages(catalog, wanted).stages;
      const back = planStages(catalog, [...wanted.toReversed(), ...wanted]).stages;
      const told = (stages: readonly Stage[]) =>
        stages
          .map(({ id, period, needs, anyOf = [] }) =>
            [id, period && periodText(period), needs.toSorted(), anyOf.toSorted()].join(),
          )
          .toSorted();
      assert.deepEqual(told(there), told(back));
    }),
    { numRuns: 100 },
  );
});

test('a second aggregate base: a load in each, after the exports of its own sources', () => {
  const json = shippedJson();
  edit(json, stepsOf('pipelines[2].overrides'), [{ codes: ['mo'], database: 'zagser' }]);
  const catalog = parseCatalog(json);
  const { stages } = planStages(catalog, [{ codes: ['0c10', 'stek', 'mo'], names: ['meter'] }]);
  const loads = stages.filter(({ stage }) => stage !== 'export');
  assert.deepEqual(loads.map(({ id, database, needs }) => [id, database, needs]).sort(), [
    ['crude:meter:ab', 'ab', ['export:meter:0c10', 'export:meter:stek']],
    ['crude:meter:zagser', 'zagser', ['export:meter:mo']],
    ['heap:meter:ab', 'ab', ['crude:meter:ab']],
    ['heap:meter:zagser', 'zagser', ['crude:meter:zagser']],
  ]);
  const read = (code: string) =>
    catalog.freshness({ name: 'meter', code }).map(({ place, database }) => [place, database]);
  assert.deepEqual(read('mo'), [
    ['source', 'mo'],
    ['crude', 'zagser'],
    ['heap', 'zagser'],
  ]);
  // A run of the others has one of each, by their plain names.
  const others = planStages(catalog, [{ codes: ['0c10'], names: ['meter'] }]).stages;
  assert.deepEqual(
    others.map(({ id }) => id),
    ['export:meter:0c10', 'crude:meter', 'heap:meter'],
  );
});

test('a stage that some do not have is stepped over; two that wait for one run side by side', () => {
  const json = shippedJson();
  const extra = {
    stage: 'check',
    procedure: 'dbo.sp_check_{entity}',
    parameters: [{ name: 'code', type: 'varchar(20)', from: 'code' }],
    only: { entities: ['meter'], systems: ['hcs'] },
    after: ['export'],
  };
  edit(json, stepsOf('pipelines[0].stages[1]'), extra);
  edit(json, stepsOf('pipelines[2].stages[1].after'), ['export', 'check']);
  const catalog = parseCatalog(json);
  const { stages } = planStages(catalog, [
    { codes: ['0c10', 'mo'], names: ['meter', 'meter_place'] },
  ]);
  const needs = Object.fromEntries(stages.map(({ id, needs: own }) => [id, own.toSorted()]));
  assert.deepEqual(needs, {
    'export:meter:0c10': [],
    'export:meter:mo': [],
    'check:meter:0c10': ['export:meter:0c10'],
    // Of HCS the one before it is the check; STEK has none.
    'crude:meter': ['check:meter:0c10', 'export:meter:mo'],
    'heap:meter': ['check:meter:0c10', 'export:meter:0c10', 'export:meter:mo'],
    'export:meter_place:0c10': [],
    'crude:meter_place': ['export:meter_place:0c10'],
    'heap:meter_place': ['export:meter_place:0c10'],
  });
});
