import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { measure, withExpected } from '../../shared/sync/durations.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { run } from '../support/runs.ts';

const catalog = shippedCatalog();
const months = [6, 7].map((month) => ({ month, year: 2019 }));
const planned = (periods: typeof months) =>
  planStages(catalog, [{ codes: ['0c10'], names: ['payment'], periods }]).stages;

/** A run of these months, whose exports took 1 s, 2 s and so on. */
function measured(periods: typeof months) {
  const stages = planned(periods).map((stage, index) => ({
    ...stage,
    state: 'succeeded' as const,
    attempts: [
      {
        startedAt: '2019-07-31T10:00:00.000Z',
        endedAt: `2019-07-31T10:00:0${index + 1}.000Z`,
      },
    ],
  }));
  return measure(run('id', stages));
}

test('what is measured of one month holds for every other', () => {
  const of = (durations: Record<string, number[]>) =>
    withExpected(planned([{ month: 1, year: 2020 }]), durations).map(({ id, expectedMs }) => [
      id,
      expectedMs,
    ]);
  assert.deepEqual(of(measured(months.slice(0, 1))), [
    ['export:payment:0c10', 1_000],
    ['crude:payment', 2_000],
    ['heap:payment', 3_000],
  ]);
  // Two months of one run: both are measured, under the name that one alone has.
  assert.deepEqual(measured(months), {
    'export:payment:0c10': [1_000, 2_000],
    'crude:payment': [3_000],
    'heap:payment': [4_000],
  });
  assert.deepEqual(of(measured(months))[0], ['export:payment:0c10', 1_500]);
});

test('each month of a run is expected to take what any of them took', () => {
  const stages = withExpected(planned(months), { 'export:payment:0c10': [700, 900, 800] });
  assert.deepEqual(
    stages.map(({ id, expectedMs }) => [id, expectedMs]),
    [
      ['export:payment:0c10:2019-06', 800],
      ['export:payment:0c10:2019-07', 800],
      ['crude:payment', undefined],
      ['heap:payment', undefined],
    ],
  );
});
