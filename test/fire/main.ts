/** `npm run fire`: FlexiBee companies are followed while everything goes wrong. See `--help`. */

import { commandLine } from '../../shared/command-line/command-line.ts';
import { numberAboveZero, wholeNumber } from '../../shared/command-line/options.ts';
import { runFire } from './run.ts';

const { seed = Date.now() % 1_000_000, minutes } = commandLine({
  name: 'npm run fire --',
  what: `FlexiBee companies are followed while everything goes wrong; in each quiet after it the aggregate
base must say what the companies say. Prints its seed, a line an episode, and a summary.`,
  options: {
    seed: wholeNumber(
      'what is planned follows from it; another one each time',
      1,
      Number.MAX_SAFE_INTEGER,
    ),
    minutes: { ...numberAboveZero('how long'), default: 60 },
  },
  more: `What is planned is the same for one seed; how the machine schedules it is not. Exit code 1 when
anything differs.`,
});

console.log(`seed ${seed}`);
const summary = await runFire({
  seed,
  budgetMs: minutes * 60_000,
  log: (line) => console.log(line),
});
const { differences, ...told } = summary;
console.log(JSON.stringify(told));
for (const difference of differences.slice(0, 50)) console.error(difference);
if (differences.length > 0) {
  console.error(`${differences.length} differences; seed ${seed}`);
  process.exitCode = 1;
}
