/**
 * `npm run hostile [-- --seed N --requests M --first K --connections C --seconds S]`: requests that nobody
 * should send, against the whole machine, beside a quiet client.
 *
 * Prints its seed, every fault as it comes and a summary; exit code 1 with a fault. A request comes
 * again by its number: `--seed N --first K --requests 1`.
 */

import { parseArgs } from 'node:util';
import { runHostile } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '200000' },
    first: { type: 'string', default: '0' },
    connections: { type: 'string', default: '24' },
    seconds: { type: 'string', default: '86400' },
  },
});

function wholeNumber(name: keyof typeof values, from: number): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= from) return value;
  throw new RangeError(`--${name} is ${values[name]}; it must be a whole number from ${from}`);
}

const seed = wholeNumber('seed', 0);
console.log(`seed ${seed}`);
const summary = await runHostile({
  seed,
  requests: wholeNumber('requests', 1),
  first: wholeNumber('first', 0),
  connections: wholeNumber('connections', 1),
  budgetMs: wholeNumber('seconds', 1) * 1000,
  log: (line) => console.log(line),
});
console.log(JSON.stringify(summary, undefined, 1));
process.exit(summary.faults.length === 0 ? 0 : 1);
