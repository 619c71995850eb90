/** The simulation for several numbers of companies, and what a month of it costs. */

import { type Assumptions, each, inRounds, simulate, type Way } from './simulate.ts';
import { costOf } from './storage-requests.ts';

/** Minutes of a month of 730 hours. */
const monthMinutes = 43_800;
/** USD, Flex Consumption, East US, 2025-05. */
const gigabyteSecond = 0.000026;
const memoryGigabytes = 2;

/** Park and Miller's: the same figures each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function assumed(): Assumptions {
  const next = random(7);
  return {
    minutes: 7,
    maximumInstances: 40,
    // A tenth of a second at least, a quarter on average.
    pollSeconds: () => 0.1 - 0.15 * Math.log(1 - next()),
    // Counted by `measure` and by bench:flexibee companies.
    processorSecondsOfPoll: 0.008,
  };
}

/** Of a poll with nothing new, counted: the lease taken and given back, whether the hook works, and each fifth time the count of requests. */
const pollRequests = { other: 2.8, write: 0.21 };

function line(name: string, companies: number, way: Way): string {
  const seen = simulate(companies, way, assumed());
  const { mostInstances, deepest, waits, late, activeSeconds, messages } = seen;
  const compute = activeSeconds * memoryGigabytes * gigabyteSecond * monthMinutes;
  // Put, given out (in part of a batch), deleted.
  const queue = messages * 2.5;
  const storage =
    costOf({
      queue,
      other: companies * pollRequests.other,
      write: companies * pollRequests.write,
    }) * monthMinutes;
  const cells = [
    ...[name, companies, messages, deepest, mostInstances],
    ...waits.map((wait) => wait.toFixed(1)),
    ...[late.toFixed(0), activeSeconds.toFixed(0), compute.toFixed(0), storage.toFixed(0)],
  ];
  return cells.map((cell, index) => `${cell}`.padStart(index === 0 ? 6 : 8)).join('');
}

export function tellSimulated(): void {
  const heads = [
    '',
    'comp.',
    'mess.',
    'deepest',
    'inst.',
    'half',
    '95 %',
    'last',
    'late',
    'active s',
  ];
  const all = [...heads, 'compute', 'storage'];
  console.log(all.map((head, index) => head.padStart(index === 0 ? 6 : 8)).join(''));
  for (const companies of [15, 100, 1_000, 3_000, 10_000]) {
    console.log(line('each', companies, each));
    console.log(line('rounds', companies, inRounds));
  }
}
