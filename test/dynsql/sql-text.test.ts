/** What a definition's key says of its order. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetSql, keyItems, type OrderItem } from '../../shared/dynsql/sql/sql-text.ts';

const shown = ({ expression, collation, descending }: OrderItem) => [
  expression.map(({ text }) => text).join(''),
  collation,
  descending,
];

for (const [sql, ascending, descending] of [
  ['A.ID', [['A.ID', undefined, false]], [['A.ID', undefined, true]]],
  ['A.ID DESC', [['A.ID', undefined, true]], [['A.ID', undefined, true]]],
  ['A.ID asc', [['A.ID', undefined, false]], [['A.ID', undefined, false]]],
  [
    'A.Name COLLATE Czech_CI_AS DESC, f(A.ID, 1)',
    [
      ['A.Name', 'Czech_CI_AS', true],
      ['f(A.ID, 1)', undefined, false],
    ],
    [
      ['A.Name', 'Czech_CI_AS', true],
      ['f(A.ID, 1)', undefined, true],
    ],
  ],
  [
    'A.Code {DIR}, A.Name',
    [
      ['A.Code', undefined, false],
      ['A.Name', undefined, false],
    ],
    [
      ['A.Code', undefined, true],
      ['A.Name', undefined, true],
    ],
  ],
] as const) {
  test(`the key ${sql}, upwards and downwards`, () => {
    assert.deepEqual(keyItems(sql, false).map(shown), ascending);
    assert.deepEqual(keyItems(sql, true).map(shown), descending);
  });
}

test('a dataset’s own order is taken off its query, with its directions', () => {
  const { order } = datasetSql('SELECT {FIELDS} FROM x A ORDER BY A.PosIndex DESC, A.ID');
  assert.deepEqual(order.map(shown), [
    ['A.PosIndex', undefined, true],
    ['A.ID', undefined, false],
  ]);
});
