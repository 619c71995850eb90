/**
 * `npm run chaos [-- --seed N --episodes M --first K]`: syncs while workers die and storage fails.
 *
 * Prints its seed. A failure prints the episode's number, plan, documents and calls; that episode
 * alone comes again with `--seed N --first K --episodes 1`. What is planned is the same then; how
 * the machine schedules it is not.
 */

import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    episodes: { type: 'string', default: '200' },
    first: { type: 'string', default: '0' },
  },
});

function wholeNumber(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name} is ${values[name]}; it must be a whole number from 0`);
}

const seed = wholeNumber('seed');
console.log(`seed ${seed}`);
try {
  const summary = await runChaos({
    seed,
    first: wholeNumber('first'),
    episodes: wholeNumber('episodes'),
    isHarsh: true,
    log: (line) => console.log(line),
  });
  console.log(JSON.stringify(summary));
} catch (error) {
  console.error(error);
  console.error(`seed ${seed}`);
  process.exit(1);
}
