/**
 * `npm run demo:sqlserver -- --url "Server=…;User Id=…;Password=…"`: installs the demo billing on
 * any SQL Server, anew every time, and what `npm run sql:install` brings, once. `--accounts N`: personal accounts over all sources (20,000);
 * `--pace N`: how many times faster than the original the procedures run (without: no delay).
 * Without `--url`, SQLSERVER_URL says which server.
 */

import { parseArgs } from 'node:util';
import { installDemo } from './install.ts';
import { installProduct } from './product.ts';
import { defaultAccounts } from './sources.ts';

function readNumber(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (value > 0) return value;
  throw new RangeError(`--${name}: expected a number above 0, got '${text}'`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      accounts: { type: 'string' },
      pace: { type: 'string' },
    },
  });
  const url = values.url ?? process.env['SQLSERVER_URL'];
  if (!url) {
    throw new RangeError('--url: expected a connection string: "Server=…;User Id=…;Password=…"');
  }
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new Error('Interrupted; run it again to finish.')));
  const start = Date.now();
  await installDemo(url, {
    accounts: readNumber('accounts', values.accounts, defaultAccounts),
    pace: readNumber('pace', values.pace, Number.POSITIVE_INFINITY),
    onProgress: (text) => console.log(text),
    signal: interrupt.signal,
  });
  await installProduct(url, interrupt.signal);
  console.log(`Installed in ${Math.round((Date.now() - start) / 1000)} s.`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
