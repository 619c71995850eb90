import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run.ts';

/** The long one is `npm run chaos -- --waiting 500`. */
test('runs wait at five servers while workers are killed: all end, in order, none twice, none idle', async (t) => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const summary = await runLine({ seed, runs: 5, log: (line) => t.diagnostic(line) });
  t.diagnostic(JSON.stringify(summary));
  // A broken rule throws.
  assert.ok(summary.waited > 0);
});
