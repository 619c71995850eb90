import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ActiveCell, activeCellsOf } from '../../../shared/board/overview/active-cells.ts';
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

test('rows that nobody has counted are not told as none', () => {
  const uncounted = { sum: 0, statements: 0, last: [] };
  const stages: Stage[] = [
    ended('export:payment:0c10', 'succeeded', 1, 5, 0),
    { ...ended('crude:payment:2025-12', 'succeeded', 10, 20, 40), stage: 'crude' },
    { ...ended('crude:payment:2026-01', 'succeeded', 10, 20), stage: 'crude', rows: uncounted },
    { ...ended('heap:payment', 'succeeded', 21, 25), rows: uncounted },
  ];
  assert.deepEqual(cellsOf(ofStages('r', stages))[0]?.success?.rows, { export: 0 });
});

test('a cell that failed has the first error; a success the last of its months', () => {
  const failed: Stage = {
    ...ended('export:payment:0c10', 'failed', 1, 5),
    error: { message: `no ${'x'.repeat(400)}`, meaning: 'permanent', number: 8134 },
  };
  const [cell] = cellsOf(ofStages('r', [failed, ended('crude:payment', 'skipped', 6, 6)]));
  assert.equal(cell?.error?.number, 8134);
  assert.match(cell?.error?.message ?? '', /^no x{190,}…$/);
  const months = [
    { month: 12, year: 2025 },
    { month: 1, year: 2026 },
    { month: 11, year: 2025 },
  ];
  const stages = months.map((period, index) => ({
    ...ended(`export:payment:0c10:${index}`, 'succeeded', 1, 5),
    ...{ code: '0c10', period },
  }));
  const [dated] = cellsOf(ofStages('r', stages));
  assert.deepEqual(dated?.success?.period, { month: 1, year: 2026 });
});

const seconds = (ms: number) => ({ expectedMs: ms * 1000 });
const activeCases: [string, Partial<Run>, Stage[], Partial<ActiveCell>][] = [
  [
    'waits in line: when it begins is not known',
    { state: 'waiting' },
    [{ ...stage('export:payment:0c10', 'src'), ...seconds(10) }],
    { state: 'waiting', stagesDone: 0, stagesTotal: 1 },
  ],
  [
    'has not begun: after what is before it on its server',
    { state: 'running', createdAt: at(0) },
    [
      { ...stage('export:meter:0c10', 'src'), ...seconds(20) },
      { ...stage('export:payment:0c10', 'src'), ...seconds(10) },
    ],
    { state: 'pending', beginsAt: at(20), endsAt: at(30), stagesDone: 0, stagesTotal: 1 },
  ],
  [
    'runs: what is over of the stage is taken off',
    { state: 'running', createdAt: at(0) },
    [
      {
        ...stage('export:payment:0c10', 'src'),
        ...{ ...seconds(10), state: 'running', attempts: [{ startedAt: at(4) }] },
      },
      { ...stage('crude:payment', 'base', ['export:payment:0c10']), ...seconds(5) },
    ],
    { state: 'running', since: at(4), endsAt: at(19), stagesDone: 0, stagesTotal: 2 },
  ],
  [
    'is between two stages, of which the next was never measured',
    { state: 'running', createdAt: at(0) },
    [
      ended('export:payment:0c10', 'succeeded', 1, 5),
      { ...stage('crude:payment', 'base', ['export:payment:0c10']) },
    ],
    { state: 'begun', since: at(1), stagesDone: 1, stagesTotal: 2 },
  ],
];
for (const [what, over, stages, expected] of activeCases) {
  test(`a cell of an unfinished run ${what}`, () => {
    const active = activeCellsOf(ofStages('r', stages, over));
    assert.deepEqual(active, [{ code: '0c10', entity: 'payment', run: 'r', ...expected }]);
  });
}

test('what has ended in a run that goes on is among its cells, not among the active ones', () => {
  const done = ended('export:payment:0c10', 'succeeded', 1, 5);
  const going = ofStages('r', [done, stage('export:meter:0c10', 'src')], { state: 'running' });
  assert.deepEqual(activeCellsOf(going), []);
  assert.equal(cellsOf(going).length, 1);
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
