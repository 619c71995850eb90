import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Cell, cellsOf, withCells } from '../../../shared/board/overview/cells.ts';
import type { FreshnessReading, Run, Stage } from '../../../shared/sync/run.ts';
import { run, stage } from '../../support/runs.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 2, 30, second)).toISOString();

function ended(id: string, state: Stage['state'], from: number, to: number, sum?: number): Stage {
  return {
    ...stage(id, 'src'),
    state,
    attempts: [{ startedAt: at(from), endedAt: at(to) }],
    ...(sum !== undefined && { rows: { sum, statements: 1, last: [sum] } }),
  };
}

function ofStages(id: string, stages: Stage[], over: Partial<Run> = {}): Run {
  const after: FreshnessReading = { at: at(50), source: '2026-11-30T02:00:00', heap: null };
  after.errors = ['crude: no'];
  const freshness = [{ entity: 'payment', code: '0c10', after }];
  return { ...run(id, stages), state: 'succeeded', endedAt: at(59), freshness, ...over };
}

test('a cell of a run: state, time, rows of each stage, freshness after it', () => {
  const stages = [
    ended('export:payment:0c10', 'succeeded', 1, 5, 7),
    ended('export:payment:0c20', 'failed', 1, 30),
    ended('crude:payment', 'succeeded', 10, 20, 40),
    ended('heap:payment', 'succeeded', 21, 25, 40),
  ];
  assert.deepEqual(cellsOf(ofStages('r', stages)), [
    {
      ...{ code: '0c10', entity: 'payment', state: 'succeeded', run: 'r', at: at(25) },
      success: {
        ...{ run: 'r', at: at(25), tookMs: 24_000 },
        rows: { export: 7, crude: 40, heap: 40 },
        newest: { source: '2026-11-30T02:00:00', heap: null },
      },
    },
  ]);
});

test('a check of a cell: the worst of them, with both sides', () => {
  const stages = [ended('export:payment:0c10', 'succeeded', 1, 5)];
  const check = { check: 'totals', entity: 'payment', code: '0c10', queries: [] };
  const result = (state: 'agrees' | 'differs') => ({ state, at: at(9), groups: 1 });
  const values = { source: '1000', heap: '999' };
  const checks: Run['checks'] = [
    { ...check, result: result('agrees') },
    {
      ...check,
      result: { ...result('differs'), differences: [{ code: '0c10', of: 'rows', values }] },
    },
    { ...check, code: '0c20', result: result('differs') },
  ];
  const [cell] = cellsOf(ofStages('r', stages, { checks }));
  assert.deepEqual(cell?.check, {
    ...{ run: 'r', at: at(9), state: 'differs', firstAt: at(9) },
    what: 'totals of payment of 0c10: rows are 1000 in source, 999 in heap',
  });
});

const states: [string, Stage['state'][], Cell['state'] | undefined][] = [
  ['all have succeeded', ['succeeded', 'succeeded'], 'succeeded'],
  ['one has failed', ['succeeded', 'failed'], 'failed'],
  ['one was interrupted', ['interrupted', 'skipped'], 'failed'],
  ['one was cancelled', ['succeeded', 'cancelled'], 'cancelled'],
  ['one was left out', ['succeeded', 'skipped'], 'skipped'],
  ['one is running: nothing is known yet', ['succeeded', 'running'], undefined],
];

for (const [what, [first, second], expected] of states) {
  test(`the state of a cell: ${what}`, () => {
    const stages = [
      ended('export:payment:0c10', first ?? 'pending', 1, 2),
      ended('crude:payment', second ?? 'pending', 3, 4),
    ];
    assert.deepEqual(
      cellsOf(ofStages('r', stages)).map(({ state }) => state),
      expected === undefined ? [] : [expected],
    );
  });
}

test('whatever is folded, in any order and however often, is the same', () => {
  const cell = fc
    .record({
      entity: fc.constantFrom('a', 'b'),
      state: fc.constantFrom<Cell['state']>('succeeded', 'failed', 'cancelled', 'skipped'),
      second: fc.integer({ min: 0, max: 5 }),
      run: fc.constantFrom('r1', 'r2', 'r3'),
      rows: fc.integer({ min: 0, max: 2 }),
      agrees: fc.boolean(),
    })
    .map(({ entity, state, second, run: id, rows, agrees }): Cell => {
      const check = {
        ...{ run: id, at: at(second), firstAt: at(second) },
        ...(agrees
          ? { state: 'agrees' as const, agreedAt: at(second) }
          : { state: 'differs' as const }),
      };
      const known = { code: 'c', entity, state, run: id, at: at(second) };
      const success = { run: id, at: at(second), tookMs: 1, rows: { export: rows } };
      return { ...known, check, ...(state === 'succeeded' && { success }) };
    });
  fc.assert(
    fc.property(
      fc.array(cell, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (all, more) => {
        const again = more.flatMap((index) => all[index % Math.max(1, all.length)] ?? []);
        const one = withCells(new Map(), all);
        const shuffled = [...again, ...all.toReversed(), ...again];
        const other = shuffled.reduce(
          (cells, next) => withCells(cells, [next]),
          new Map<string, Cell>(),
        );
        const sorted = (cells: Map<string, Cell>) =>
          [...cells].sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepEqual(sorted(one), sorted(other));
        for (const { at: last, success, check, entity } of one.values()) {
          const own = all.filter((candidate) => candidate.entity === entity);
          assert.equal(
            last,
            own
              .map((candidate) => candidate.at)
              .sort()
              .at(-1),
          );
          const successes = own.flatMap((candidate) => candidate.success?.at ?? []).sort();
          assert.equal(success?.at, successes.at(-1));
          const agreed = own.flatMap(({ check: one }) => one?.agreedAt ?? []).sort();
          const checked = own.flatMap(({ check: one }) => one?.firstAt ?? []).sort();
          assert.deepEqual([check?.agreedAt, check?.firstAt], [agreed.at(-1), checked[0]]);
        }
      },
    ),
  );
});
