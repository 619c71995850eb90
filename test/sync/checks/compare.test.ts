/** What places have, held against one another: by tables, and against an oracle of whole numbers. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Difference } from '../../../shared/sync/checks/check.ts';
import { type Answer, compared } from '../../../shared/sync/checks/compare.ts';
import { groupsOf } from '../../../shared/sync/checks/groups.ts';

type Row = Record<string, unknown>;
interface Place {
  rows?: Row[];
  error?: string;
  tolerance?: Record<string, number | string>;
  onDifference?: 'warn' | 'fail';
}

const subject = { code: '0c10', period: { month: 7, year: 2019 } };

function check(places: Record<string, Place>) {
  const answers = Object.entries(places).map(([place, given]): Answer => {
    const { rows, error = 'no answer', tolerance, onDifference = 'warn' } = given;
    const answer = { place, onDifference, ...(tolerance && { tolerance }) };
    return rows === undefined
      ? { ...answer, error }
      : { ...answer, groups: groupsOf(rows, subject) };
  });
  return compared(answers);
}

interface Case {
  what: string;
  places: Record<string, Place>;
  state: 'agrees' | 'differs' | 'unknown';
  differences?: Partial<Difference>[];
  fails?: true;
  moved?: string;
  errors?: string[];
}

const rows = (...all: Row[]): Place => ({ rows: all });

const cases: Case[] = [
  {
    what: 'the same, however it is written',
    places: {
      source: rows({ ROWS: 3, Amount: '10.50' }),
      crude: rows({ rows: '3', amount: '10.5000' }),
      heap: rows({ rows: 3, amount: 10.5 }),
    },
    state: 'agrees',
  },
  {
    what: 'one row less in the last place: all places are told',
    places: {
      source: rows({ rows: '1000' }),
      crude: rows({ rows: '1000' }),
      heap: rows({ rows: '999' }),
    },
    state: 'differs',
    differences: [
      {
        code: '0c10',
        month: '2019-07',
        of: 'rows',
        values: { source: '1000', crude: '1000', heap: '999' },
      },
    ],
  },
  {
    what: 'digits beyond a double',
    places: {
      source: rows({ amount: '12345678901234567890.123456789' }),
      heap: rows({ amount: '12345678901234567890.123456788' }),
    },
    state: 'differs',
    differences: [
      {
        of: 'amount',
        values: {
          source: '12345678901234567890.123456789',
          heap: '12345678901234567890.123456788',
        },
      },
    ],
  },
  {
    what: 'groups of their own, and one that is in one place only',
    places: {
      source: rows(
        { code: 'a', month: '2019-07-01', rows: 1 },
        { code: 'a', month: '201908', rows: 2 },
      ),
      heap: rows({ code: 'a ', month: '2019-07', rows: 1 }, { code: 'b', month: null, rows: 5 }),
    },
    state: 'differs',
    differences: [
      { code: 'a', month: '2019-08', of: 'rows', values: { source: '2', heap: '0' } },
      { code: 'b', month: '', of: 'rows', values: { source: '0', heap: '5' } },
    ],
  },
  {
    what: 'several rows of one group are added up; a sum of nothing is 0',
    places: {
      source: rows({ rows: 1, amount: '1.5' }, { rows: 2, amount: null }),
      heap: rows({ rows: 3, amount: '1.50' }),
    },
    state: 'agrees',
  },
  {
    what: 'nothing anywhere',
    places: { source: rows(), heap: rows({ rows: 0, amount: null }) },
    state: 'agrees',
  },
  {
    what: 'within a tolerance of its own unit, and of a share',
    places: {
      source: rows({ rows: 1000, amount: '-200.00' }),
      heap: { rows: [{ rows: 998, amount: '-200.20' }], tolerance: { rows: 2, amount: '0.1%' } },
    },
    state: 'agrees',
  },
  {
    what: 'beyond them by the least',
    places: {
      source: rows({ rows: 1000, amount: '-200.00' }),
      heap: { rows: [{ rows: 997, amount: '-200.21' }], tolerance: { rows: 2, '*': '0.1 %' } },
    },
    state: 'differs',
    differences: [{ of: 'rows' }, { of: 'amount' }],
  },
  {
    what: 'a place that fails the run',
    places: {
      source: rows({ rows: 2 }),
      crude: { rows: [{ rows: 2 }], onDifference: 'fail' },
      heap: { rows: [{ rows: 1 }], onDifference: 'warn' },
    },
    state: 'differs',
    differences: [{ of: 'rows' }],
  },
  {
    what: 'and one that does',
    places: { source: rows({ rows: 2 }), heap: { rows: [{ rows: 1 }], onDifference: 'fail' } },
    state: 'differs',
    differences: [{ of: 'rows' }],
    fails: true,
  },
  {
    what: 'what moved explains as many rows, and its sums are not compared',
    places: {
      source: rows({ rows: 1000, moved: 3, amount: '7.00' }),
      heap: rows({ rows: 1003, amount: '9.00' }),
    },
    state: 'agrees',
    moved: '3',
  },
  {
    what: 'more rows than moved are told all the same',
    places: {
      source: rows({ rows: 1000, moved: 3, amount: '7.00' }),
      heap: rows({ rows: 996, amount: '9.00' }),
    },
    state: 'differs',
    moved: '3',
    differences: [{ of: 'rows', values: { source: '1000', heap: '996' }, moved: '3' }],
  },
  {
    what: 'a place that did not answer leaves the others',
    places: { source: rows({ rows: 1 }), crude: { error: 'no table' }, heap: rows({ rows: 1 }) },
    state: 'unknown',
    errors: ['crude: no table'],
  },
  {
    what: 'what differs all the same is told',
    places: { source: rows({ rows: 1 }), crude: { error: 'no table' }, heap: rows({ rows: 2 }) },
    state: 'differs',
    differences: [{ of: 'rows', values: { source: '1', heap: '2' } }],
    errors: ['crude: no table'],
  },
  {
    what: 'without the first place nothing can be compared',
    places: { source: { error: 'away' }, crude: rows({ rows: 1 }), heap: rows({ rows: 2 }) },
    state: 'unknown',
    errors: ['source: away'],
  },
  {
    what: 'a place that has no such column',
    places: { source: rows({ rows: 1, amount: 1 }), heap: rows({ rows: 1 }) },
    state: 'unknown',
    errors: ['heap: no column amount, as source has'],
  },
  {
    what: 'a place that has one more',
    places: { source: rows({ rows: 1 }), heap: rows({ rows: 1, amount: 1 }) },
    state: 'unknown',
    errors: ['heap: a column amount that source lacks'],
  },
];

describe('what places have, compared', () => {
  for (const { what, places, state, differences = [], fails, moved, errors } of cases) {
    it(`${what}: ${state}`, () => {
      const found = check(places);
      assert.deepEqual(
        [found.state, found.fails, found.moved, found.errors],
        [state, fails, moved, errors],
      );
      assert.equal(found.differences?.length ?? 0, differences.length);
      for (const [index, expected] of differences.entries()) {
        assert.partialDeepStrictEqual(found.differences?.[index], expected);
      }
    });
  }

  it('the first five differences are there, the others counted', () => {
    const all = Array.from({ length: 40 }, (_, n) => ({ code: `c${n}`, rows: n + 1 }));
    const found = check({ source: rows(...all), heap: rows() });
    assert.deepEqual([found.differences?.length, found.more, found.groups], [5, 35, 40]);
  });

  for (const [column, value] of [
    ['amount', 'much'],
    ['rows', true],
    ['moved', {}],
  ] as const) {
    it(`a column ${column} of ${JSON.stringify(value)} is no number`, () => {
      assert.throws(() => groupsOf([{ rows: 1, [column]: value }], subject), {
        message: `a column ${column} that is no number`,
      });
    });
  }

  it('rows without a measure are nothing to compare', () => {
    assert.throws(() => groupsOf([{ code: 'a', moved: 1 }], subject), /no column to compare/);
  });

  it('rows that move between the scans of two places are never told; a row that is lost is', () => {
    const unit = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(unit, unit, unit, unit, unit, (still, changed, added, removed, lost) => {
        // Source is read after: changed and added rows are in it, removed ones only marked as moved.
        const source = { rows: still + changed + added, moved: changed + added + removed };
        // Heap was loaded before, or between: it may have any of those that moved.
        for (const has of [0, added, removed, changed + removed, changed + added + removed]) {
          const heap = { rows: still + has };
          assert.equal(check({ source: rows(source), heap: rows(heap) }).state, 'agrees');
        }
        const less = { rows: Math.max(0, still - lost) };
        const found = check({
          source: rows({ ...source, moved: 0, rows: still }),
          heap: rows(less),
        });
        assert.equal(found.state, still > 0 && lost > 0 ? 'differs' : 'agrees');
      }),
    );
  });
});
