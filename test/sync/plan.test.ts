import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Catalog, shippedCatalog } from '../../shared/catalog/index.ts';
import type { Period } from '../../shared/sync/call.ts';
import { periodText } from '../../shared/sync/period.ts';
import { type PlannedCall, planStages, TooManyStagesError } from '../../shared/sync/plan.ts';

const catalog = shippedCatalog();
const period = { month: 7, year: 2019 };
const june = { month: 6, year: 2019 };
const codes = Object.keys(catalog.codes());

function plan(asked: readonly string[], names = catalog.entityOrder(...asked)) {
  return planStages(catalog, [{ codes: [...asked], names, periods: [period] }]);
}

const idsOf = ({ stages }: ReturnType<typeof planStages>) => stages.map(({ id }) => id);

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
  const planned = plan(['0c01', '0c05', 'mo'], ['payment']);
  const exports = ['export:payment:0c01', 'export:payment:0c05', 'export:payment:mo'];
  assert.deepEqual(idsOf(planned), [...exports, 'crude:payment', 'heap:payment']);
  assert.deepEqual(planned.stages[3]?.needs, exports);
  assert.deepEqual(planned.servers, ['dcdb', 'sql01comfort']);
});

test('an entity that is loaded for all areas at once is exported once for all of them', () => {
  const { stages } = plan(['0c01', '0c05'], ['city']);
  assert.deepEqual(
    stages.map(({ id }) => id),
    ['export:city:all', 'crude:city', 'heap:city'],
  );
});

test('a dated entity without a period is refused', () => {
  const calls = [{ codes: ['0c10'], names: ['payment'] }];
  assert.throws(() => planStages(catalog, calls), RangeError);
});

test('several months: an export each where there is more than one, one crude and one heap', () => {
  const planned = planStages(catalog, [
    { codes: ['0c10', 'mo'], names: ['payment'], periods: [period] },
    { codes: ['0c10'], names: ['payment', 'meter'], periods: [june, period] },
    // Asked for again.
    { codes: ['0c10'], names: ['payment'], periods: [june] },
  ]);
  const exports = [
    'export:payment:0c10:2019-06',
    'export:payment:0c10:2019-07',
    'export:payment:mo',
  ];
  const meter = ['export:meter:0c10', 'crude:meter', 'heap:meter'];
  const payment = [...exports, 'crude:payment', 'heap:payment'];
  const inOrder = catalog
    .entityOrder('0c10')
    .filter((name) => ['meter', 'payment'].includes(name))
    .flatMap((name) => (name === 'meter' ? meter : payment));
  assert.deepEqual(idsOf(planned), inOrder);
  const crude = planned.stages.find(({ id }) => id === 'crude:payment');
  assert.deepEqual(crude?.needs, exports);
  assert.equal(crude?.period, undefined);
  const first = planned.stages.find(({ id }) => id === 'export:payment:0c10:2019-06');
  assert.deepEqual(first?.period, june);
  assert.deepEqual(
    first?.parameters.map(({ value }) => value),
    ['0c10', 6, 2019],
  );
  assert.deepEqual(planned.freshness.map(({ entity, code }) => `${entity}:${code}`).sort(), [
    'meter:0c10',
    'payment:0c10',
    'payment:mo',
  ]);
});

test('a check is one a month where it asks for a month, and one in all where it does not', () => {
  const { checks } = planStages(catalog, [
    { codes: ['0c10'], names: ['payment', 'meter'], periods: [june, period] },
  ]);
  assert.deepEqual(checks.map((one) => [one.entity, one.period && periodText(one.period)]).sort(), [
    ['meter', undefined],
    ['payment', '2019-06'],
    ['payment', '2019-07'],
  ]);
});

test('a shared stage that takes the month is one a month, after the exports of that month', () => {
  const dated: Catalog = {
    ...catalog,
    stages: (request) =>
      catalog.stages(request).map((stage) => {
        const isOfMonth = stage.stage === 'crude' && request.period !== undefined;
        return isOfMonth && request.period ? { ...stage, period: request.period } : stage;
      }),
  };
  const { stages } = planStages(dated, [
    { codes: ['0c10', 'mo'], names: ['payment'], periods: [june, period] },
  ]);
  const needsOf = (id: string) => stages.find((stage) => stage.id === id)?.needs;
  assert.deepEqual(needsOf('crude:payment:2019-06'), [
    'export:payment:0c10:2019-06',
    'export:payment:mo:2019-06',
  ]);
  assert.deepEqual(needsOf('heap:payment'), ['crude:payment:2019-06', 'crude:payment:2019-07']);
});

test('a stage that takes no month is made once for all of them', () => {
  const undated: Catalog = {
    ...catalog,
    stages: (request) => catalog.stages(request).map(({ period: _, ...stage }) => stage),
  };
  const planned = planStages(undated, [
    { codes: ['mo'], names: ['payment'], periods: [june, period] },
  ]);
  assert.deepEqual(idsOf(planned), ['export:payment:mo', 'crude:payment', 'heap:payment']);
});

/** Months from 2018-01 on. */
const periods = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 })
  .map((months) => months.map((n) => ({ month: (n % 12) + 1, year: 2018 + Math.floor(n / 12) })));

const anyCall: fc.Arbitrary<PlannedCall> = fc
  .record({
    codes: fc.uniqueArray(fc.constantFrom(...codes), { minLength: 1, maxLength: 4 }),
    periods,
    whole: fc.boolean(),
    pick: fc.nat(),
  })
  .map(({ codes: own, periods: months, whole, pick }) => {
    const all = catalog.entityOrder(...own);
    const name = all[pick % all.length] ?? '';
    return { codes: own, names: whole ? all : [name], periods: months };
  });

/** What the exports are for: entity, the source that is really asked, and the month if it is dated. */
function wanted(calls: readonly PlannedCall[]): Set<string> {
  const all = new Set<string>();
  for (const { codes: own, names, periods: months = [] } of calls) {
    for (const code of own) {
      for (const name of names.filter((one) => catalog.entityOrder(code).includes(one))) {
        for (const month of catalog.isDated(name) ? months : [undefined]) {
          const [first] = catalog.stages({ name, code, ...(month && { period: month }) });
          all.add(`${name}:${first?.code}:${month ? periodText(month) : ''}`);
        }
      }
    }
  }
  return all;
}

test('any calls: each export once, one crude and one heap after all of them, in order', () => {
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 1, maxLength: 6 }), (calls) => {
      const { stages, servers, freshness } = planStages(catalog, calls);
      const place = new Map(stages.map(({ id }, index) => [id, index]));
      assert.equal(place.size, stages.length, 'ids are unique');
      // Topological: whatever is needed stands before.
      for (const [index, { needs }] of stages.entries()) {
        for (const need of needs) assert.ok((place.get(need) ?? index) < index, need);
      }
      // Every (source, entity, month) that is asked for, once.
      const heads = stages.filter(({ code }) => code !== undefined);
      const made = heads.map(({ entity, code, period: month }) => {
        return `${entity}:${code}:${month ? periodText(month) : ''}`;
      });
      assert.deepEqual([...made].sort(), [...wanted(calls)].sort());
      // One of each shared stage, after every export of its entity.
      for (const own of Map.groupBy(stages, ({ entity }) => entity).values()) {
        const crude = own.filter(({ stage }) => stage === 'crude');
        const heap = own.filter(({ stage }) => stage === 'heap');
        const exports = own.filter(({ stage }) => stage === 'export').map(({ id }) => id);
        assert.equal(crude.length, exports.length > 0 ? 1 : 0);
        assert.equal(heap.length, crude.length);
        assert.deepEqual([...(crude[0]?.needs ?? [])].sort(), exports.sort());
        assert.deepEqual(
          heap[0]?.needs ?? [],
          crude.map(({ id }) => id),
        );
      }
      // Entity by entity on each server; the months of an export one after the other.
      const order = catalog.entityOrder(...new Set(calls.flatMap((one) => one.codes)));
      for (const lane of Map.groupBy(stages, ({ server }) => server).values()) {
        const seen = lane.map(({ entity }) => order.indexOf(entity));
        assert.deepEqual(
          seen,
          seen.toSorted((a, b) => a - b),
        );
      }
      const month = ({ period: one }: { period?: Period | undefined }) =>
        one === undefined ? 0 : one.year * 12 + one.month;
      for (const same of Map.groupBy(heads, ({ entity, code }) => `${entity}:${code}`).values()) {
        const months = same.map(month);
        assert.deepEqual(
          months,
          months.toSorted((a, b) => a - b),
        );
      }
      const read = freshness.map(({ entity, code }) => `${entity}:${code}`);
      assert.equal(new Set(read).size, read.length, 'freshness once');
      assert.deepEqual(
        new Set(read),
        new Set(heads.map(({ entity, code }) => `${entity}:${code}`)),
      );
      assert.deepEqual(servers, [...new Set(heads.map(({ server }) => server))].sort());
    }),
  );
});

test('calls in another order make the same stages', () => {
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 2, maxLength: 5 }), (calls) => {
      const there = idsOf(planStages(catalog, calls));
      const back = idsOf(planStages(catalog, calls.toReversed()));
      assert.deepEqual(there.toSorted(), back.toSorted());
    }),
  );
});

test('too many stages: the number is the one that would be run', () => {
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 1, maxLength: 4 }), (calls) => {
      const { stages } = planStages(catalog, calls);
      assert.equal(planStages(catalog, calls, stages.length).stages.length, stages.length);
      assert.throws(
        () => planStages(catalog, calls, stages.length - 1),
        (error) => error instanceof TooManyStagesError && error.stages === stages.length,
      );
    }),
    { numRuns: 50 },
  );
});
