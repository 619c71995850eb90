import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowCounter, rowCounts } from '../../shared/database/row-counts.ts';

test('all statements are summed, the latest five are kept, oldest first', () => {
  assert.deepEqual(rowCounts([]), { sum: 0, statements: 0, last: [] });
  assert.deepEqual(rowCounts([7]), { sum: 7, statements: 1, last: [7] });
  assert.deepEqual(rowCounts([1, 2, 3, 4, 5, 6, 7]), {
    ...{ sum: 28, statements: 7, last: [3, 4, 5, 6, 7] },
  });
});

test('rows that came back are counted where there were any', () => {
  const counter = new RowCounter();
  counter.count(1);
  assert.equal('returned' in counter.counts, false);
  for (const _ of [1, 2]) counter.returned();
  assert.deepEqual(counter.counts, { sum: 1, statements: 1, last: [1], returned: 2 });
});
