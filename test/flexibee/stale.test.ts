import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StaleRecords, type StoredStale, withoutStale } from '../../shared/flexibee/stale.ts';

const evidence = fc.constantFrom('adresar', 'cenik', 'banka');
const id = fc.nat({ max: 30 }).map(String);

type Event =
  | { kind: 'add' | 'remove'; evidence: string; id: string }
  | { kind: 'take'; count: number }
  | { kind: 'store' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), evidence, id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), evidence, id }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('store' as const) }) },
);

test('the evidence with most is taken from, oldest changes first, each record in its last version', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let stale = new StaleRecords({});
      /** In the order of their last change. */
      let known: { evidence: string; id: string; version: number }[] = [];
      for (const [version, one] of events.entries()) {
        if (one.kind === 'store') {
          stale = new StaleRecords(JSON.parse(JSON.stringify(stale.toStored())) as StoredStale);
        } else if (one.kind === 'take') {
          if (known.length === 0) continue;
          const { evidence: from, versions } = stale.take(() => one.count, new Set());
          const sizes = Map.groupBy(known, (record) => record.evidence);
          const most = Math.max(...[...sizes.values()].map(({ length }) => length));
          const expected = sizes.get(from) ?? [];
          assert.equal(expected.length, most);
          const taken = expected.slice(0, one.count);
          assert.deepEqual(
            [...versions],
            taken.map((record) => [record.id, record.version]),
          );
          known = known.filter((record) => !taken.includes(record));
        } else {
          known = known.filter(({ evidence: e, id: i }) => e !== one.evidence || i !== one.id);
          if (one.kind === 'add') stale.add(one.evidence, one.id, version);
          else stale.remove(one.evidence, one.id);
          if (one.kind === 'add') known.push({ evidence: one.evidence, id: one.id, version });
        }
        assert.equal(stale.sizeWithout(new Set()), known.length);
      }
    }),
  );
});

test('that a deletion was seen stays with what waits, through storing and another change', () => {
  const stale = new StaleRecords({});
  stale.add('adresar', '1', 5, true);
  stale.add('adresar', '2', 6);
  const { versions } = stale.take(() => 2, new Set());
  assert.deepEqual(stale.toStored(), {});
  stale.putBack('adresar', versions);
  stale.add('adresar', '1', 7);
  const stored = stale.toStored();
  assert.deepEqual(stored, {
    adresar: { ids: ['2', '1'], versions: [6, 7], deleteSeen: ['1'] },
  });
  const again = new StaleRecords(JSON.parse(JSON.stringify(stored)) as StoredStale);
  assert.deepEqual(
    ['1', '2'].map((id) => again.isDeleteSeen('adresar', id)),
    [true, false],
  );
  assert.deepEqual(withoutStale(stored, 'adresar', new Map([['1', 7]])), {
    adresar: { ids: ['2'], versions: [6] },
  });
  assert.deepEqual(withoutStale(stored, 'adresar', new Map([['2', 6]])), {
    adresar: { ids: ['1'], versions: [7], deleteSeen: ['1'] },
  });
});

test('what is stored is left alone where nothing was taken from it', () => {
  const cenik = { ids: ['1'], versions: [6] };
  const stored: StoredStale = { adresar: { ids: ['1', '3'], versions: [5, 7] }, cenik };
  const taken = new Map([['1', 5]]);
  assert.deepEqual(withoutStale(stored, 'adresar', taken), {
    adresar: { ids: ['3'], versions: [7] },
    cenik,
  });
  assert.equal(withoutStale(stored, 'banka', taken), stored);
  assert.equal(withoutStale(stored, 'adresar', new Map([['2', 5]])), stored);
});
