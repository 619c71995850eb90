import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rangeHalf } from '../../shared/dynsql/sql/range-half.ts';

const rows: [range: string, from: string | undefined, to: string | undefined][] = [
  ['A.x >= {FROM} AND A.x < {TO}', 'A.x >= {FROM}', 'A.x < {TO}'],
  ['A.x < {TO} and {FROM} <= A.x', '{FROM} <= A.x', 'A.x < {TO}'],
  ['A.x BETWEEN {FROM} AND {TO}', 'A.x >= {FROM}', 'A.x <= {TO}'],
  [
    'ISNULL(A.x, 0) between {FROM} AND {TO} + 1',
    'ISNULL(A.x, 0) >= {FROM}',
    'ISNULL(A.x, 0) <= {TO} + 1',
  ],
  [
    'A.on = 1 AND A.x >= {FROM} AND A.x <= {TO}',
    'A.on = 1 AND A.x >= {FROM}',
    'A.on = 1 AND A.x <= {TO}',
  ],
  ['A.until >= {FROM} AND A.since < {TO}', 'A.until >= {FROM}', 'A.since < {TO}'],
  ['A.x NOT BETWEEN {FROM} AND {TO}', undefined, undefined],
  ['A.x BETWEEN {FROM} AND {TO} AND A.on = 1', undefined, undefined],
  ['A.x BETWEEN {TO} AND {FROM}', undefined, undefined],
  ['A.x >= {FROM} AND A.x < {TO} OR A.x IS NULL', undefined, undefined],
  ['EXISTS (SELECT 1 FROM t WHERE t.x >= {FROM} AND t.x < {TO})', undefined, undefined],
  ['CASE WHEN A.x >= {FROM} AND A.x < {TO} THEN 1 ELSE 0 END = 1', undefined, undefined],
];

describe('a range with an open end', () => {
  for (const [range, from, to] of rows) {
    it(range, () => {
      assert.equal(rangeHalf(range, 'FROM'), from);
      assert.equal(rangeHalf(range, 'TO'), to);
    });
  }
});
