import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { progressOf } from '../../shared/sync/progress.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { requestFor } from '../support/requests.ts';
import { pipelines, run } from '../support/runs.ts';
import { soon, startStorage } from '../support/storage.ts';
import { postingService, syncStateOf } from '../support/sync-state.ts';

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
  return progressOf({ ...run('id', stages), createdAt: now.toISOString() }).estimate;
}

const succeed = (stages: Stage[], count: number) => {
  for (const stage of stages.slice(0, count)) stage.state = 'succeeded';
};

const after = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

test('a run ends when the rest of the plan does, servers side by side', () => {
  // The second export runs beside the first load.
  assert.equal(estimate()?.endsAt, after(10 + 2 * 25));
  assert.equal(estimate((stages) => succeed(stages, 3))?.endsAt, after(10 + 25));
});

test('its end holds while nothing happens, and is past where a stage takes longer', () => {
  const begun = (seconds: number) => {
    const stages = pipelines(['a']).map((stage) => ({ ...stage, expectedMs: 5_000 }));
    succeed(stages, 2);
    Object.assign(stages[2] ?? {}, { state: 'running', attempts: [{ startedAt: ago(seconds) }] });
    return progressOf({ ...run('id', stages), createdAt: ago(100) });
  };
  assert.equal(begun(2).estimate?.endsAt, after(3));
  assert.equal(begun(60).estimate?.endsAt, after(-55), 'longer than ever');
  assert.equal(begun(60).running[0]?.endsAt, after(-55));
});

test('a run that waits has no end yet', () => {
  const stages = pipelines(['a']).map((stage) => ({ ...stage, expectedMs: 5_000 }));
  const { estimate } = progressOf({ ...run('id', stages), state: 'waiting' });
  assert.deepEqual(estimate, {
    endsAt: null,
    unknownStages: 0,
    text: 'About 15 s once it begins.',
  });
});

test('what was never measured is said, and counts as nothing', () => {
  const forget = (count: number) => (stages: Stage[]) => {
    for (const stage of stages.slice(0, count)) delete stage.expectedMs;
  };
  assert.deepEqual(estimate(forget(3)), {
    endsAt: after(35),
    unknownStages: 3,
    text: 'Ends at about 2019-07-31T10:00:35Z, and 3 stages never measured before.',
  });
  assert.equal(estimate(forget(6))?.endsAt, null);
});

test('a run is planned with the medians of earlier runs', async (t) => {
  const storage = await startStorage();
  t.after(() => storage.close());
  const container = await storage.container();
  const state = syncStateOf(container);
  const catalog = shippedCatalog();
  const syncs = postingService(state, { catalog, now: () => now });
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
