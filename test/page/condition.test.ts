/** How a cell of the grid is that a company is followed for: it needs no run to be up to date. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell, CompanySummary } from '../../page/api/schema.d.ts';
import { conditionOf, knownOf } from '../../page/views/board/matrix/condition.ts';
import { keyOf } from '../../page/views/board/matrix/layout.ts';

const company = (change: Partial<CompanySummary> = {}): CompanySummary => ({
  ...{ code: 'one', description: 'One', state: 'following', paused: false },
  ...{ lag: { versions: 3, gaps: 0, seconds: 120 }, blocked: ['banka'], warnings: [] },
  ...change,
});
const slot = { key: keyOf('adresar', 'one'), entity: 'adresar', code: 'one' };
const failed: Cell = {
  ...{ code: 'one', entity: 'adresar', state: 'failed', run: 'r1' },
  at: '2026-11-30T08:00:00.000Z',
};

for (const [what, change, cells, of, expected] of [
  ['it is fresh by how far the company is behind', {}, [], slot, ['fresh', 120_000]],
  ['one that is loaded is not followed yet', { state: 'loading' }, [], slot, ['never', undefined]],
  ['nor is one that is paused', { paused: true }, [], slot, ['never', undefined]],
  ['nor an evidence in trouble', { blocked: ['adresar'] }, [], slot, ['never', undefined]],
  ['another company is as it was', {}, [], { ...slot, code: 'two' }, ['never', undefined]],
  ['a run that failed is told', {}, [failed], slot, ['failed', 120_000]],
] as const) {
  test(what, () => {
    const companies = { companies: [company(change as Partial<CompanySummary>)] };
    const known = knownOf({ cells: [...cells] }, [], undefined, companies);
    const { kind, behindMs } = conditionOf(known, of);
    assert.deepEqual([kind, behindMs], expected);
  });
}
