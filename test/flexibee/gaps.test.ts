import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  askedAgain,
  bounded,
  type Gap,
  lateIn,
  missingAbove,
  missingIn,
  whereToAsk,
} from '../../shared/flexibee/gaps.ts';
import type { Change } from '../../shared/flexibee/types.ts';

const now = new Date('2026-01-05T10:00:00Z');
const soon = '2026-01-05T10:10:00.000Z';

function change(version: number, at?: string): Change {
  const rest = { evidence: 'adresar', id: '1', operation: 'update', externalIds: [] } as const;
  return { version, ...rest, externalIds: [], ...(at !== undefined && { at }) };
}

const gap = (from: number, to: number, until = soon): Gap => ({ from, to, until });

describe('what is missing', () => {
  const cases: { name: string; from: number; changes: Change[]; gaps: Gap[] }[] = [
    { name: 'nothing', from: 5, changes: [change(5), change(6)], gaps: [] },
    { name: 'nothing of nothing', from: 5, changes: [], gaps: [] },
    { name: 'before the first', from: 5, changes: [change(7)], gaps: [gap(5, 6)] },
    {
      name: 'between',
      from: 5,
      changes: [change(5), change(7), change(10)],
      gaps: [gap(6, 6), gap(8, 9)],
    },
    {
      name: 'only what the newest is not ten minutes younger than',
      from: 5,
      changes: [
        change(6, '2021-03-12 23:50:00.586215'),
        change(8, '2021-03-12 23:56:00.586215'),
        change(9, '2021-03-13 00:00:00.586215'),
      ],
      gaps: [gap(7, 7, '2026-01-05T10:06:00.000Z')],
    },
    {
      name: 'by the newest below, where a long transaction wrote the next',
      from: 5,
      changes: [
        change(5, '2021-03-12 23:59:00.000000'),
        change(7, '2021-03-12 23:10:00.000000'),
        change(8, '2021-03-13 00:00:00.000000'),
      ],
      gaps: [gap(6, 6, '2026-01-05T10:09:00.000Z')],
    },
    {
      name: 'a time that cannot be read is none',
      from: 5,
      changes: [change(6, 'včera'), change(8, 'dnes')],
      gaps: [gap(5, 5), gap(7, 7)],
    },
  ];
  for (const { name, from, changes, gaps } of cases) {
    test(name, () => assert.deepEqual(missingIn(from, changes, now), gaps));
  }

  test('above the last change', () => {
    assert.deepEqual(missingAbove(7, 9, now), [gap(8, 9)]);
    assert.deepEqual(missingAbove(9, 9, now), []);
  });
});

describe('asked again', () => {
  const later = new Date('2026-01-05T10:10:00Z');
  const page = (changes: Change[], next?: number) => ({
    globalVersion: 99,
    changes,
    ...(next !== undefined && { next }),
  });

  test('what is found is out, the rest stays', () => {
    const gaps = [gap(3, 9), gap(20, 20)];
    const found = page([change(3), change(5), change(9), change(15)]);
    assert.deepEqual(lateIn(gaps, found), [change(3), change(5), change(9)]);
    assert.deepEqual(askedAgain(gaps, 3, found, now), [gap(4, 4), gap(6, 8), gap(20, 20)]);
  });

  test('dropped only when its time was over as it was asked for', () => {
    const gaps = [gap(3, 9), gap(20, 20), gap(30, 30)];
    assert.deepEqual(askedAgain(gaps, 3, page([change(25)], 26), now), gaps);
    assert.deepEqual(askedAgain(gaps, 3, page([change(25)], 26), later), [gap(30, 30)]);
    assert.deepEqual(askedAgain(gaps, 10, page([change(25)]), later), [gap(3, 9)]);
    assert.deepEqual(askedAgain(gaps, 3, page([]), later), []);
  });
});

test('near gaps go with the next page, far ones have three requests, soonest over first', () => {
  assert.deepEqual(whereToAsk([], 5000), { start: 5000, far: [] });
  assert.deepEqual(whereToAsk([gap(4200, 4200), gap(4990, 4991)], 5000), { start: 4200, far: [] });
  const far = [1, 1500, 2000, 9000, 20_000, 30_000].map((from, index) =>
    gap(from, from, new Date(now.getTime() + (index === 5 ? 0 : 1000 + index)).toISOString()),
  );
  assert.deepEqual(whereToAsk([...far, gap(99_999, 99_999)], 100_000), {
    start: 99_999,
    far: [
      { from: 30_000, through: 30_999 },
      { from: 1, through: 1000 },
      { from: 1500, through: 2499 },
    ],
  });
});

test('bounded: every missing version is still asked for, no sooner over than it was', () => {
  const instants = fc
    .integer({ min: 0, max: 9 })
    .map((minute) => `2026-01-05T10:0${minute}:00.000Z`);
  const gaps = fc
    .array(
      fc.record({
        skip: fc.integer({ min: 1, max: 9 }),
        size: fc.integer({ min: 1, max: 9 }),
        until: instants,
      }),
    )
    .map((parts) => {
      let at = 0;
      return parts.map(({ skip, size, until }) => {
        const from = at + skip + 1;
        at = from + size - 1;
        return gap(from, at, until);
      });
    });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 8 }), (all, most) => {
      const fewer = bounded(all, most);
      assert.ok(fewer.length <= most);
      if (all.length <= most) assert.deepEqual(fewer, all);
      for (const [index, one] of fewer.entries()) {
        assert.ok(one.from > (fewer[index - 1]?.to ?? 0));
      }
      for (const { from, to, until } of all) {
        assert.ok(fewer.some((one) => one.from <= from && one.to >= to && one.until >= until));
      }
    }),
  );
});
