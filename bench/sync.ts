/**
 * `npm run bench:sync`: how far a sync is from the fastest that its procedures allow.
 *
 * Real storage (Azurite) and the real driver over the wire; the procedures only take time. What is
 * compared runs in one go, so that the ratios hold on any machine. Unless told otherwise
 * the operators' 516 minutes for all fifteen sources become 129 s.
 *
 * With SQLSERVER_URL the procedures are those of a server that is given, and wait: there only the
 * rows of fixed times are measured, and the original has warm sessions.
 */

import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import type { Run, Stage } from '../shared/sync/run.ts';
import { givenServer } from './bench-server.ts';
import { allSources, lowerBoundMs, planOf, timesOf, wholeOf } from './plans.ts';
import { middle, startBench } from './sync-world.ts';
import type { LoadModel } from './time-model.ts';

const { pace, rounds } = commandLine({
  name: 'npm run bench:sync --',
  what: 'How far a sync is from the fastest that its procedures allow.',
  options: {
    pace: { ...numberAboveZero("by how much the operators' seconds are divided"), default: 240 },
    rounds: { ...numberAboveZero('rounds of what is measured several times'), default: 3 },
  },
  more: `SQLSERVER_URL: a SQL Server on which databases syncboard_bench_… are made, in place of the
stand-in. What it does not do in a time that is set (other paces) is left out.`,
});

const url = process.env['SQLSERVER_URL'];

type Fixed = Extract<LoadModel, { kind: 'fixed' }>;

/** Where procedures take as long as the model says. */
const serverOf = (model: LoadModel) =>
  url && model.kind === 'fixed' ? givenServer(url, model.ms) : undefined;

function row(what: string, original: number, ours: number, bound: number): string {
  const cells = [
    what.padEnd(44),
    original.toFixed(0).padStart(9),
    ours.toFixed(0).padStart(9),
    bound.toFixed(0).padStart(9),
    `${(ours / bound).toFixed(3)}`.padStart(8),
    `${(original / ours).toFixed(2)}`.padStart(8),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Prints a row of medians; of several rounds also what the longest chain costs when made bare. */
async function compare(
  azurite: Azurite,
  what: string,
  codes: readonly string[],
  model: LoadModel,
  times = 1,
): Promise<void> {
  const bench = await startBench(azurite, model, serverOf(model));
  try {
    await bench.ours(wholeOf(['0c23'])); // connections and code are warm then, as in a running worker
    const [ours, originals, bares]: [number[], number[], number[]] = [[], [], []];
    let bound = 0;
    for (let round = 0; round < times; round += 1) {
      const { ms, run } = await bench.ours(wholeOf(codes));
      ours.push(ms);
      originals.push(await bench.original(codes, url ? 'kept' : 'closed'));
      bound = lowerBoundMs(run.stages, model);
      if (times > 1) bares.push(await bench.bareChain(run, longestChain(run)));
    }
    console.log(row(what, middle(originals), middle(ours), bound));
    if (times > 1) {
      const bare = middle(bares);
      const each = ours.map((ms, round) => {
        const original = ms / (originals[round] ?? Number.NaN);
        return `${(ms / bound).toFixed(3)} and ${original.toFixed(2)}`;
      });
      console.log(`(of the bound and of the original, round by round: ${each.join('; ')})`);
      const ratios = `${(bare / bound).toFixed(3)} of the bound, ours : bare ${(middle(ours) / bare).toFixed(3)}`;
      console.log(`(its longest chain made bare: ${bare.toFixed(0)} ms, ${ratios})`);
    }
  } finally {
    await bench.close();
  }
}

/** Where AB is the busiest server and its first stage needs one export: that, and all of AB. */
function longestChain({ stages }: Run): Stage[] {
  const [first] = stages;
  return stages.filter((stage) => stage === first || stage.server === 'ab');
}

async function overhead(azurite: Azurite): Promise<void> {
  const nothing: Fixed = { kind: 'fixed', ms: { export: 0, crude: 0, heap: 0 } };
  const bench = await startBench(azurite, nothing, serverOf(nothing));
  try {
    await bench.ours(wholeOf(['0c10']));
    const ours: number[] = [];
    const bares: { ms: number; withoutLeases: number }[] = [];
    for (let round = 0; round < 9; round += 1) {
      const { ms, run } = await bench.ours(wholeOf(['0c10']));
      ours.push(ms / run.stages.length);
      bares.push(await bench.bare(run));
    }
    const stage = middle(ours);
    const bare = middle(bares.map(({ ms }) => ms));
    const lean = middle(bares.map(({ withoutLeases }) => withoutLeases));
    const original = (await bench.original(['0c10'], url ? 'kept' : 'closed')) / 60;
    console.log(`Procedures that take no time, 60 stages, medians of 9 rounds, ms a stage:
  ours ${stage.toFixed(2)}; its storage writes and its call made bare ${bare.toFixed(2)} (ratio ${(stage / bare).toFixed(2)}), without the lease ${lean.toFixed(2)} (ratio ${(stage / lean).toFixed(2)}); the original, which writes nothing down, ${original.toFixed(2)}`);
    const [first] = planOf(['0c10']);
    if (first === undefined) throw new Error('0c10 has no stages');
    const pieces = Object.entries(await bench.pieces(first, 100));
    const told = pieces.map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ');
    console.log(`A call that takes no time, medians of 100, ms: ${told}\n`);
  } finally {
    await bench.close();
  }
}

/** The rows whose times are the operators' notes. */
async function compareNoted(azurite: Azurite): Promise<void> {
  const single: LoadModel = { kind: 'noted', pace, load: 'sum' };
  const slower: LoadModel = { ...single, pace: pace / 4 };
  await compare(azurite, `0c10, noted seconds / ${pace / 4}`, ['0c10'], slower);
  await compare(azurite, `mo, noted seconds / ${pace}`, ['mo'], single);
  for (const load of ['same', 'sum'] as const) {
    const model: LoadModel = { kind: 'noted', pace, load };
    await compare(
      azurite,
      `all fifteen / ${pace}, a shared load costs the ${load}`,
      allSources,
      model,
    );
  }
  const busiest = timesOf(planOf(allSources), { kind: 'noted', pace: 1, load: 'sum' });
  console.log(
    `\nNoted seconds of all fifteen: ${(busiest.reduce((a, b) => a + b, 0) / 60_000).toFixed(0)} minutes.`,
  );
}

const azurite = await startAzurite();
try {
  await overhead(azurite); // first: the rows find warm code and a warm emulator, as a worker does
  console.log(`| what | original ms | ours ms | bound ms | ours/bound | original/ours |`);
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const fixed: Fixed = { kind: 'fixed', ms: { export: 50, crude: 100, heap: 60 } };
  await compare(azurite, '0c10, 50 + 100 + 60 ms for each entity', ['0c10'], fixed, rounds);
  if (!url) await compareNoted(azurite);
} finally {
  await azurite.close();
}
