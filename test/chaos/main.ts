/** `npm run chaos`: syncs while workers die and storage fails. See `--help`. */

import { commandLine } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { runLine } from './line/run.ts';
import { runReload } from './reload/run.ts';
import { runChaos } from './run.ts';

const most = Number.MAX_SAFE_INTEGER;
const {
  seed = Date.now() % 1_000_000,
  episodes,
  first,
  waiting,
  catalogs,
} = commandLine({
  name: 'npm run chaos --',
  what: 'Syncs while workers die and storage fails. Prints its seed.',
  options: {
    seed: wholeNumber('what is planned follows from it; another one each time', 0, most),
    episodes: wholeNumber('how many', 0, most, 200),
    first: wholeNumber('the number of the first one', 0, most, 0),
    waiting: wholeNumber('no episodes, but so many runs that wait for five servers', 0, most, 0),
    catalogs: wholeNumber(
      'no episodes, but so many seconds of a catalogue each second',
      0,
      most,
      0,
    ),
  },
  more: `A failure prints the episode's number, plan, documents and calls; that episode alone comes again
with --seed N --first K --episodes 1. What is planned is the same then; how the machine schedules
it is not. Exit code 1 with a failure.`,
});

console.log(`seed ${seed}`);
try {
  const log = (line: string) => console.log(line);
  console.log(JSON.stringify(await run(log)));
} catch (error) {
  console.error(error);
  console.error(`seed ${seed}`);
  process.exit(1);
}

function run(log: (line: string) => void): Promise<object> {
  if (waiting > 0) return runLine({ seed, runs: waiting, log });
  if (catalogs === 0) return runChaos({ seed, first, episodes, isHarsh: true, log });
  return runReload({ seed, seconds: catalogs, everyMs: 1_000, lookMs: 500, log });
}
