import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { DurationStore, type Durations, withExpected } from '../../shared/sync/durations.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { run } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const catalog = shippedCatalog();
const months = [6, 7].map((month) => ({ month, year: 2019 }));
const planned = (periods: typeof months) =>
  planStages(catalog, [{ codes: ['0c10'], names: ['payment'], periods }]).stages;

/** What is kept of a run of these months, whose stages took 1 s, 2 s and so on. */
async function measured(periods: typeof months): Promise<Durations> {
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
  const store = new DurationStore(await storage.container());
  await store.add(run('id', stages), soon());
  return store.read(soon());
}

test('what is measured of one month holds for every other', async () => {
  const of = (durations: Durations) =>
    withExpected(planned([{ month: 1, year: 2020 }]), durations).map(({ id, expectedMs }) => [
      id,
      expectedMs,
    ]);
  assert.deepEqual(of(await measured(months.slice(0, 1))), [
    ['export:payment:0c10', 1_000],
    ['crude:payment', 2_000],
    ['heap:payment', 3_000],
  ]);
  // Two months of one run: both are measured, under the name that one alone has.
  assert.deepEqual(await measured(months), {
    'export:payment:0c10': [1_000, 2_000],
    'crude:payment': [3_000],
    'heap:payment': [4_000],
  });
  assert.deepEqual(of(await measured(months))[0], ['export:payment:0c10', 1_500]);
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
