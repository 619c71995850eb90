/**
 * `npm run bench:board`: the operators' 202 calls as one run, against the fastest that its
 * procedures allow and against the same 202 calls, each a run of its own, one after the other.
 *
 * Storage, driver and times are those of `bench/sync.ts`.
 */

import { existsSync, readFileSync } from 'node:fs';
import { startAzurite } from 'stand-in-kit/azurite';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import type { Run } from '../shared/sync/run.ts';
import type { Call } from '../shared/sync/syncs.ts';
import { catalog, lowerBoundMs, period } from './plans.ts';
import { type Bench, startBench } from './sync-world.ts';
import type { LoadModel } from './time-model.ts';

const { pace } = commandLine({
  name: 'npm run bench:board --',
  what: 'The operators’ 202 calls as one run, and one after the other.',
  options: {
    pace: { ...numberAboveZero("by how much the operators' seconds are divided"), default: 240 },
  },
});

/** The board itself where it is there; the demo's copy of it says the same. */
function board(): Call[] {
  const given = new URL('../../shared/data/board-durations.csv', import.meta.url);
  const copy = new URL('../demo/billing/durations.csv', import.meta.url);
  const [, ...lines] = readFileSync(existsSync(given) ? given : copy, 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [entity = '', code = ''] = line.split(',');
    const whole = entity === '*';
    const names = whole ? catalog.entityOrder(code) : [entity];
    const isDated = names.some((name) => catalog.isDated(name));
    return { codes: [code], names, whole, ...(isDated && { periods: [period] }) };
  });
}

/** Each export once, one crude and one heap an entity, each called once. */
function isOnce({ stages, names }: Run): boolean {
  const loads = (stage: string) => stages.filter((one) => one.stage === stage).length;
  return (
    new Set(stages.map(({ id }) => id)).size === stages.length &&
    stages.every(({ attempts }) => attempts.length === 1) &&
    [loads('crude'), loads('heap')].every((count) => count === names.length)
  );
}

async function asOne(bench: Bench, model: LoadModel): Promise<number> {
  const { ms, run, writes } = await bench.ours(board());
  const bound = lowerBoundMs(run.stages, model);
  const bytes = Buffer.byteLength(JSON.stringify(run));
  console.log(
    `as one run: ${run.stages.length} stages, ${isOnce(run) ? 'each called once' : 'NOT ONCE'}; ${ms.toFixed(0)} ms, bound ${bound.toFixed(0)} ms, ratio ${(ms / bound).toFixed(3)}; the document has ${(bytes / 1024).toFixed(0)} KB at its end and was written ${writes} times`,
  );
  return ms;
}

async function oneByOne(bench: Bench): Promise<number> {
  const startedAt = performance.now();
  for (const call of board()) await bench.ours([call]);
  return performance.now() - startedAt;
}

const azurite = await startAzurite();
try {
  for (const load of ['same', 'sum'] as const) {
    const model: LoadModel = { kind: 'noted', pace, load };
    const bench = await startBench(azurite, model);
    try {
      await bench.ours(board().slice(0, 9)); // connections and code are warm then
      console.log(`Noted seconds / ${pace}, a shared load costs the ${load}:`);
      const one = await asOne(bench, model);
      const each = await oneByOne(bench);
      console.log(
        `one after the other: ${each.toFixed(0)} ms, ${(each / one).toFixed(2)} times as long`,
      );
    } finally {
      await bench.close();
    }
  }
} finally {
  await azurite.close();
}
