import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../../shared/flexibee/fold.ts';
import type { Change } from '../../shared/flexibee/types.ts';

const followed = new Set(['adresar', 'faktura-vydana', 'faktura-vydana-polozka']);

function change(version: number, evidence: string, id: string, operation: Change['operation']) {
  return { version, evidence, id, operation, externalIds: [] };
}

test('the last operation stands, child rows follow like any, others are skipped', () => {
  const changes = [
    change(5, 'adresar', '1', 'create'),
    change(6, 'stitek', '1', 'create'),
    change(7, 'faktura-vydana', '1', 'create'),
    change(8, 'faktura-vydana-polozka', '4', 'create'),
    change(9, 'adresar', '1', 'update'),
    change(10, 'faktura-vydana-polozka', '4', 'delete'),
  ];
  assert.deepEqual(fold(changes, followed, 4), [
    {
      evidence: 'adresar',
      changes: [changes[0], changes[4]],
      records: [{ id: '1', version: 9, deleted: false }],
    },
    {
      evidence: 'faktura-vydana',
      changes: [changes[2]],
      records: [{ id: '1', version: 7, deleted: false }],
    },
    {
      evidence: 'faktura-vydana-polozka',
      changes: [changes[3], changes[5]],
      records: [{ id: '4', version: 10, deleted: true }],
    },
  ]);
});

test('a late change is asked for, whatever it was, as of what is consumed', () => {
  const late = [change(3, 'adresar', '1', 'delete'), change(4, 'adresar', '2', 'update')];
  const fresh = [change(11, 'adresar', '2', 'delete')];
  assert.deepEqual(fold([...late, ...fresh], followed, 10)[0]?.records, [
    { id: '1', version: 10, deleted: false, deleteSeen: true },
    { id: '2', version: 11, deleted: true },
  ]);
});

test('that a deletion was seen is kept, whatever comes behind it', () => {
  const all = [
    change(5, 'adresar', '1', 'delete'),
    change(6, 'adresar', '1', 'update'),
    change(7, 'adresar', '1', 'update'),
    change(8, 'adresar', '2', 'update'),
  ];
  assert.deepEqual(fold(all, followed, 4)[0]?.records, [
    { id: '1', version: 7, deleted: false, deleteSeen: true },
    { id: '2', version: 8, deleted: false },
  ]);
});

const operation = fc.constantFrom('create' as const, 'update' as const, 'delete' as const);
const changes = fc
  .array(
    fc.tuple(fc.constantFrom('adresar', 'faktura-vydana', 'stitek'), fc.nat({ max: 9 }), operation),
  )
  .map((rows) =>
    rows.map(([evidence, id, one], index) => change(index + 1, evidence, `${id}`, one)),
  );

test('every followed change is in one part, every record once', () => {
  fc.assert(
    fc.property(changes, fc.nat({ max: 50 }), (all, consumed) => {
      const parts = fold(all, followed, consumed);
      const journal = parts.flatMap((part) => part.changes).map(({ version }) => version);
      const expected = all.filter(({ evidence }) => followed.has(evidence));
      assert.deepEqual(
        journal.toSorted((a, b) => a - b),
        expected.map(({ version }) => version),
      );
      const keys = parts.flatMap(({ evidence, records }) => records.map(({ id }) => evidence + id));
      assert.equal(new Set(keys).size, keys.length);
      assert.deepEqual(new Set(keys), new Set(expected.map(({ evidence, id }) => evidence + id)));
    }),
  );
});
