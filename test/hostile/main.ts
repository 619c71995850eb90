/** `npm run hostile`: requests that nobody should send. See `--help`. */

import { commandLine } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { runFlood } from './flood.ts';
import { runHostile } from './run.ts';

const most = Number.MAX_SAFE_INTEGER;
const {
  seed = Date.now() % 1_000_000,
  requests,
  first,
  connections,
  seconds,
  addresses,
} = commandLine({
  name: 'npm run hostile --',
  what: `Requests that nobody should send, against the whole machine, beside a quiet client. Prints its
seed, every fault as it comes and a summary.`,
  options: {
    seed: wholeNumber('what is sent follows from it; another one each time', 0, most),
    requests: wholeNumber('how many', 1, most, 200_000),
    first: wholeNumber('the number of the first one', 0, most, 0),
    connections: wholeNumber('how many at a time', 1, most, 24),
    seconds: wholeNumber('the end, whatever is left', 1, most, 86_400),
    addresses: wholeNumber(
      'strangers from so many addresses in their place, while a run goes on',
      0,
      250,
      0,
    ),
  },
  more: `A request comes again by its number: --seed N --first K --requests 1. Exit code 1 with a fault.`,
});

const log = (line: string) => console.log(line);
if (addresses > 0) {
  const flood = await runFlood({
    requests,
    addresses,
    connections,
    perAddress: 1_200,
    budgetMs: seconds * 1000,
    log,
  });
  console.log(JSON.stringify(flood, undefined, 1));
  const isHarmless =
    flood.run === 'succeeded' && flood.beside.every(({ failed }) => failed.length === 0);
  process.exit(isHarmless && flood.statuses['500'] === undefined ? 0 : 1);
}
console.log(`seed ${seed}`);
const summary = await runHostile({
  seed,
  requests,
  first,
  connections,
  budgetMs: seconds * 1000,
  log,
});
console.log(JSON.stringify(summary, undefined, 1));
process.exit(summary.faults.length === 0 ? 0 : 1);
