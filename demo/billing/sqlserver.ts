/**
 * `npm run demo:sqlserver`: installs the demo billing on any SQL Server, anew every time, and what
 * `npm run sql:install` brings, once. See `--help`.
 */

import {
  CommandLineEnd,
  commandLine,
  outliveReader,
} from '../../shared/command-line/command-line.ts';
import { numberAboveZero } from '../../shared/command-line/options.ts';
import { installDemo } from './install-demo.ts';
import { installProduct } from './product.ts';
import { defaultAccounts } from './sources.ts';

async function main(): Promise<void> {
  const {
    url = process.env['SQLSERVER_URL'],
    accounts,
    pace,
  } = commandLine({
    name: 'npm run demo:sqlserver --',
    what: `Installs the demo billing on a SQL Server, anew every time, and what sql:install brings. Run it
again where it was interrupted.`,
    options: {
      url: {
        type: 'text',
        value: 'ADDRESS',
        help: '"Server=…;User Id=…;Password=…"; or set SQLSERVER_URL',
      },
      accounts: {
        ...numberAboveZero('personal accounts over all sources, about'),
        default: defaultAccounts,
      },
      pace: numberAboveZero(
        "how many times faster than the operators' notes; no delay unless given",
      ),
    },
  });
  if (!url) {
    const missing = '--url is missing: a connection string, "Server=…;User Id=…;Password=…"';
    throw new CommandLineEnd(missing, 2);
  }
  outliveReader();
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new Error('Interrupted; run it again to finish.')));
  const start = Date.now();
  await installDemo(url, {
    accounts,
    pace: pace ?? Number.POSITIVE_INFINITY,
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
  process.exitCode = error instanceof CommandLineEnd ? error.exitCode : 1;
}
