import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChaos } from './run.ts';

/** The long one is `npm run chaos`. On a slow or busy machine there are fewer episodes. */
test('workers die, storage fails, messages come twice: every run ends, one procedure at a time', async (t) => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const summary = await runChaos({
    seed,
    episodes: 20,
    budgetMs: 6_000,
    log: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(summary));
  // A broken rule throws. How many episodes fit into the time is the machine's affair.
  assert.ok(summary.episodes >= 1);
  const { kill, freeze, stop } = summary.workers;
  if (summary.episodes >= 10) assert.ok(kill + freeze + stop > 0);
});
