import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runReload } from './run.ts';

/** The long one is `npm run chaos -- --catalogs 300`. */
test('the catalogue changes under runs of three workers: none is harmed, none mixes two', async (t) => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const log = (line: string) => t.diagnostic(line);
  const summary = await runReload({ seed, seconds: 5, everyMs: 250, lookMs: 100, log });
  t.diagnostic(JSON.stringify(summary));
  // A broken rule throws. How many runs fit into the time is the machine's affair.
  const { succeeded = 0 } = summary.runs;
  assert.ok(succeeded > 0 && summary.faulty > 0);
  if (succeeded >= 6) assert.ok(summary.used > 1);
});
