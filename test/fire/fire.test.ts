import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFire } from './run.ts';

/** The long one is `npm run fire`. */
test('requests break, workers are killed, versions come late, go back and are not told: the base says what the companies say', async (t) => {
  const seed = Number(process.env['FIRE_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const { differences, ...told } = await runFire({
    seed,
    budgetMs: Number.POSITIVE_INFINITY,
    episodes: 1,
    badMs: 5_000,
    killEveryMs: 2_000,
    size: 5,
    log: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(told));
  assert.deepEqual(differences, []);
  assert.equal(told.episodes, 1);
  assert.ok(told.kills > 0);
});
