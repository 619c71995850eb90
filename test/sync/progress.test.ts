import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { progressOf } from '../../shared/sync/progress.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { SyncService } from '../../shared/sync/service.ts';
import { syncState } from '../../shared/sync/sync-state.ts';
import { requestFor } from '../support/requests.ts';
import { pipelines, run } from '../support/runs.ts';
import { soon, startStorage } from '../support/storage.ts';

const now = new Date('2019-07-31T10:00:00.000Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

/** Two entities; exports take 10 s, crude 20 s, heap 5 s, unless `change` says otherwise. */
function estimate(change: (stages: Stage[]) => void = () => {}) {
  const seconds: Record<string, number> = { export: 10, crude: 20, heap: 5 };
  const stages = pipelines(['a', 'b']).map((stage) => ({
    ...stage,
    expectedMs: (seconds[stage.stage] ?? 0) * 1000,
  }));
  change(stages);
  return progressOf(run('id', stages), now).estimate;
}

const succeed = (stages: Stage[], count: number) => {
  for (const stage of stages.slice(0, count)) stage.state = 'succeeded';
};

test('the time left is that of the rest of the plan, servers side by side', () => {
  // The second export runs beside the first load.
  assert.equal(estimate()?.secondsLeft, 10 + 2 * 25);
  assert.equal(estimate((stages) => succeed(stages, 3))?.secondsLeft, 10 + 25);
  const begun = (seconds: number) => (stages: Stage[]) => {
    succeed(stages, 5);
    Object.assign(stages[5] ?? {}, { state: 'running', attempts: [{ startedAt: ago(seconds) }] });
  };
  assert.equal(estimate(begun(2))?.secondsLeft, 3);
  assert.equal(estimate(begun(60))?.secondsLeft, 0, 'longer than ever');
});

test('what was never measured is said, and counts as nothing', () => {
  const forget = (count: number) => (stages: Stage[]) => {
    for (const stage of stages.slice(0, count)) delete stage.expectedMs;
  };
  assert.deepEqual(estimate(forget(3)), {
    secondsLeft: 35,
    unknownStages: 3,
    text: 'About 35 s, and 3 stages never measured before.',
  });
  assert.equal(estimate(forget(6))?.secondsLeft, null);
});

test('a run is planned with the medians of earlier runs', async (t) => {
  const storage = await startStorage();
  t.after(() => storage.close());
  const container = await storage.container();
  const state = syncState(container, 15);
  const catalog = shippedCatalog();
  const syncs = new SyncService({ catalog, state: async () => state, now: () => now });
  const start = async (code: string): Promise<Run> => {
    const started = await syncs.start(requestFor([code], ['meter']), soon());
    assert.ok(started.outcome === 'started');
    const planned = await syncs.read(started.id, soon());
    assert.ok(planned);
    return planned;
  };
  const expected = (planned: Run) => planned.stages.map(({ id, expectedMs }) => [id, expectedMs]);
  const first = await start('0c10');
  assert.deepEqual(
    first.stages.map(({ expectedMs }) => expectedMs),
    [undefined, undefined, undefined],
  );
  for (const seconds of [4, 1, 90]) {
    const stages = first.stages.map((stage) => ({
      ...stage,
      state: 'succeeded' as const,
      attempts: [{ startedAt: ago(seconds), endedAt: now.toISOString() }],
    }));
    await state.durations.add({ ...first, stages }, soon());
  }
  // Another source: the loads are the same, its export was never measured.
  assert.deepEqual(expected(await start('mo')), [
    ['export:meter:mo', undefined],
    ['crude:meter', 4_000],
    ['heap:meter', 4_000],
  ]);
});
