import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { sourceServer } from '../support/source-server.ts';

const catalog = shippedCatalog();
const period = { month: 7, year: 2019 };
const codes = Object.keys(catalog.codes());

function plan(asked: readonly string[], names?: readonly string[]) {
  const all = [...new Set(asked.flatMap((code) => catalog.entityOrder(code)))];
  return planStages(catalog, { codes: asked, names: names ?? all, period });
}

test('a whole HCS area: twenty entities, sixty stages, one source server', () => {
  const { stages, servers, freshness } = plan(['0c10']);
  assert.equal(stages.length, 60);
  assert.deepEqual(servers, ['dcdb']);
  assert.equal(freshness.length, 20);
  assert.deepEqual(
    stages.slice(0, 3).map(({ id, needs }) => [id, needs]),
    [
      ['export:bank_code:all', []],
      ['crude:bank_code', ['export:bank_code:all']],
      ['heap:bank_code', ['crude:bank_code']],
    ],
  );
});

test('several sources: an export each, one crude and one heap for all', () => {
  const { stages, servers } = plan(['0c01', '0c05', 'mo'], ['payment']);
  assert.deepEqual(
    stages.map(({ id }) => id),
    [
      'export:payment:0c01',
      'export:payment:0c05',
      'export:payment:mo',
      'crude:payment',
      'heap:payment',
    ],
  );
  assert.deepEqual(stages[3]?.needs, [
    'export:payment:0c01',
    'export:payment:0c05',
    'export:payment:mo',
  ]);
  assert.deepEqual(servers, ['dcdb', 'sql01comfort']);
});

test('an entity that is loaded for all areas at once is exported once for all of them', () => {
  const { stages } = plan(['0c01', '0c05'], ['city']);
  assert.deepEqual(
    stages.map(({ id }) => id),
    ['export:city:all', 'crude:city', 'heap:city'],
  );
});

test('a dated entity without a period is refused', () => {
  assert.throws(() => planStages(catalog, { codes: ['0c10'], names: ['payment'] }), RangeError);
});

test('any plan is in topological order, unique, and keeps the entity order on each server', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...codes), { minLength: 1 }), (asked) => {
      const { stages, servers } = plan(asked);
      const place = new Map(stages.map(({ id }, index) => [id, index]));
      assert.equal(place.size, stages.length);
      for (const [index, { needs }] of stages.entries()) {
        for (const need of needs) assert.ok((place.get(need) ?? index) < index, need);
      }
      const order = [...new Set(asked.flatMap((code) => catalog.entityOrder(code)))];
      for (const lane of Map.groupBy(stages, ({ server }) => server).values()) {
        const seen = lane.map(({ entity }) => order.indexOf(entity));
        assert.deepEqual(
          seen,
          seen.toSorted((a, b) => a - b),
        );
      }
      assert.deepEqual(
        servers,
        [...new Set(asked.map((code) => sourceServer(catalog, code)))].sort(),
      );
    }),
  );
});
