import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  bounded,
  fewestLooks,
  type Gap,
  isNear,
  lookedAt,
  missingAbove,
  missingIn,
  waiting,
  whereToAsk,
} from '../../shared/flexibee/gaps.ts';
import type { Change } from '../../shared/flexibee/types.ts';

const now = new Date('2026-01-05T10:00:00Z');
const lateMs = 60 * 60_000;

function change(version: number): Change {
  return { version, evidence: 'adresar', id: '1', operation: 'update', externalIds: [] };
}

const gap = (from: number, to: number, more: Partial<Gap> = {}): Gap => ({
  from,
  to,
  since: now.toISOString(),
  looks: 0,
  ...more,
});
const page = (changes: Change[], next?: number) => ({
  globalVersion: 99,
  changes,
  ...(next !== undefined && { next }),
});

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
  ];
  for (const { name, from, changes, gaps } of cases) {
    test(name, () => assert.deepEqual(missingIn(from, changes, now), gaps));
  }

  test('above the last change', () => {
    assert.deepEqual(missingAbove(7, 9, now), [gap(8, 9)]);
    assert.deepEqual(missingAbove(9, 9, now), []);
  });
});

describe('looked at', () => {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const once = { looks: 1 };
  const enough = { looks: fewestLooks };

  test('what is found is out, the rest stays', () => {
    const gaps = [gap(3, 9), gap(20, 20)];
    const found = page([change(3), change(5), change(9), change(15)]);
    assert.deepEqual(lookedAt(gaps, { start: 3, page: found, sentAt: now }, lateMs), {
      gaps: [gap(4, 4, once), gap(6, 8, once), gap(20, 20, once)],
      late: [change(3), change(5), change(9)],
    });
  });

  test('a page that does not reach it is no look, and takes what it shows', () => {
    const gaps = [gap(3, 9, enough), gap(20, 20, enough)];
    const look = { start: 3, page: page([change(5)], 6), sentAt: at(90) };
    assert.deepEqual(lookedAt(gaps, look, lateMs), {
      gaps: [gap(3, 4, enough), gap(6, 9, enough), gap(20, 20, enough)],
      late: [change(5)],
    });
  });

  const given: [string, Partial<Gap>, number, boolean][] = [
    ['young', enough, 59, false],
    ['old, and not looked at often enough', { looks: fewestLooks - 2 }, 600, false],
    ['old, and this is the last look', { looks: fewestLooks - 1 }, 60, true],
    ['old, and looked at often', enough, 60, true],
    ['of the future, by a clock that was set back', enough, -600, false],
  ];
  for (const [name, more, minutes, isOver] of given) {
    test(`${name}: ${isOver ? 'given up' : 'kept'}`, () => {
      const look = { start: 3, page: page([]), sentAt: at(minutes) };
      const { gaps } = lookedAt([gap(3, 9, more)], look, lateMs);
      assert.equal(gaps.length, isOver ? 0 : 1);
    });
  }

  test('the last look still takes what it finds', () => {
    const look = { start: 3, page: page([change(5)]), sentAt: at(600) };
    const { gaps, late } = lookedAt([gap(3, 9, enough)], look, lateMs);
    assert.deepEqual({ gaps, late }, { gaps: [], late: [change(5)] });
  });

  test('of several that are remembered as one nothing is late while as many changes are there', () => {
    const several = gap(3, 9, { known: 2 });
    const look = (changes: Change[]) => ({ start: 3, page: page(changes), sentAt: now });
    assert.deepEqual(lookedAt([several], look([change(4), change(6)]), lateMs), {
      gaps: [{ ...several, ...once }],
      late: [],
    });
    assert.deepEqual(lookedAt([several], look([change(4), change(6), change(7)]), lateMs), {
      gaps: [gap(3, 3, once), gap(5, 5, once), gap(8, 9, once)],
      late: [change(4), change(6), change(7)],
    });
  });
});

test('near gaps go with the next page; of many requests half are made, those that wait first', () => {
  assert.deepEqual(whereToAsk([], 5000), { start: 5000, far: [] });
  assert.deepEqual(whereToAsk([gap(4200, 4200), gap(4990, 4991)], 5000), { start: 4200, far: [] });
  const waits = { waits: true } as const;
  const far = [
    gap(1, 1),
    gap(900, 901),
    gap(1500, 1500),
    gap(3000, 3000),
    gap(9000, 15_000),
    gap(20_000, 20_000, waits),
    gap(30_000, 30_000),
    gap(40_000, 40_000, waits),
  ];
  assert.deepEqual(whereToAsk([...far, gap(99_999, 99_999)], 100_000), {
    start: 99_999,
    far: [
      { from: 20_000, through: 20_000, limit: 1 },
      { from: 40_000, through: 40_000, limit: 1 },
      { from: 1, through: 901, limit: 899 },
      { from: 1500, through: 1500, limit: 1 },
    ],
  });
});

/** Gaps between which up to so many versions are known. */
const gapsUpTo = (most: number) =>
  fc
    .array(
      fc.record({
        skip: fc.integer({ min: 1, max: most }),
        size: fc.integer({ min: 1, max: 9 }),
        minutes: fc.integer({ min: 0, max: 9 }),
        looks: fc.integer({ min: 0, max: fewestLooks }),
        waits: fc.boolean(),
      }),
      { maxLength: 60 },
    )
    .map((parts) => {
      let at = 0;
      return parts.map(({ skip, size, minutes, looks, waits }) => {
        const from = at + skip + 1;
        at = from + size - 1;
        const since = new Date(now.getTime() + minutes * 60_000).toISOString();
        return gap(from, at, { since, looks, ...(waits && { waits: true as const }) });
      });
    });

test('every open gap is looked at within two polls, whatever comes in between', () => {
  fc.assert(
    fc.property(gapsUpTo(1500), fc.integer({ min: 1, max: 500 }), (all, most) => {
      const next = (all.at(-1)?.to ?? 0) + 2;
      let gaps = bounded(
        all.map(({ waits: _, ...one }) => one),
        most,
      );
      const seen = new Set<number>();
      for (let polls = 0; polls < 2; polls += 1) {
        const { start, far } = whereToAsk(gaps, next);
        const ranges = [{ from: start, through: Number.POSITIVE_INFINITY }, ...far];
        const isSeen = ({ from, to }: Gap) =>
          ranges.some((range) => from >= range.from && to <= range.through);
        gaps = waiting(gaps).map((one) => {
          if (!isSeen(one)) return one;
          seen.add(one.from);
          const { waits: _, ...rest } = one;
          return rest;
        });
      }
      for (const { from } of gaps) assert.ok(seen.has(from), `${from}`);
      const requests = whereToAsk(gaps, next).far.length;
      assert.ok(requests <= Math.max(3, Math.ceil(gaps.length / 2)));
    }),
  );
});

test('bounded: every missing version is still asked for, no sooner given up than it was', () => {
  fc.assert(
    fc.property(gapsUpTo(9), fc.integer({ min: 1, max: 8 }), (all, most) => {
      const fewer = bounded(all, most);
      if (all.length <= most) assert.deepEqual(fewer, all);
      for (const [index, one] of fewer.entries()) {
        assert.ok(one.from > (fewer[index - 1]?.to ?? 0));
        const within = all.filter(({ from, to }) => from >= one.from && to <= one.to);
        const missing = within.reduce((sum, { from, to }) => sum + to - from + 1, 0);
        assert.equal(one.known ?? 0, one.to - one.from + 1 - missing);
        assert.ok(within.length === 1 || isNear(one.from, one.to + 1));
      }
      for (const { from, to, since, looks, waits } of all) {
        const kept = fewer.find((one) => one.from <= from && one.to >= to);
        assert.ok(kept !== undefined && kept.since >= since && kept.looks <= looks);
        assert.ok(!waits || kept.waits);
      }
    }),
  );
});
