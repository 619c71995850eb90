/**
 * `npm run fire [-- --seed N --minutes M]`: FlexiBee companies are followed while everything goes
 * wrong; in each quiet after it the aggregate base must say what the companies say.
 *
 * Prints its seed, a line an episode, and a summary; ends with 1 when anything differs. What is
 * planned is the same for one seed; how the machine schedules it is not.
 */

import { parseArgs } from 'node:util';
import { runFire } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '60' },
  },
});

function number(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} is ${values[name]}; it must be a number above 0`);
}

const seed = Math.floor(number('seed'));
console.log(`seed ${seed}`);
const summary = await runFire({
  seed,
  budgetMs: number('minutes') * 60_000,
  log: (line) => console.log(line),
});
const { differences, ...told } = summary;
console.log(JSON.stringify(told));
for (const difference of differences.slice(0, 50)) console.error(difference);
if (differences.length > 0) {
  console.error(`${differences.length} differences; seed ${seed}`);
  process.exitCode = 1;
}
