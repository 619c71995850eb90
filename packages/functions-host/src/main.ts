/**
 * `node packages/functions-host/src/main.ts [--port 7071] [--app <folder>]`: hosts one app until SIGINT or SIGTERM.
 *
 * Prints `listening on <url>` once it does, and with an IPC channel sends `{type: 'ready', url}`.
 * The first signal drains, the second leaves at once. Exit code 1: the app could not be started,
 * or it broke down.
 */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startHost } from './host.ts';
import { readHostSettings, readSettings } from './settings.ts';

process.on('uncaughtException', (error) => {
  console.error(`Worker uncaught exception: ${error.stack ?? error}`);
  process.exit(1);
});

// A terminal that has gone takes no words: no reason to break down.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

try {
  await main();
} catch (error) {
  console.error(describe(error));
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      app: { type: 'string', default: '.' },
    },
  });
  const appDirectory = resolve(values.app);
  const { cors, port: usual = 7071 } = await readHostSettings(appDirectory);
  const port = Number(values.port ?? usual);
  if (!/^\d+$/.test(String(values.port ?? usual)) || port > 65_535) {
    throw new Error(`--port is "${values.port}"; it must be a number from 0 (any) to 65535`);
  }
  const settings = await readSettings(appDirectory, process.env);
  const host = await startHost({ appDirectory, settings, port, cors });
  console.log(`listening on ${host.url}`);
  process.send?.({ type: 'ready', url: host.url });

  let leaving = false;
  const leave = async (): Promise<void> => {
    if (leaving) process.exit(1);
    leaving = true;
    await host.close();
    // What the app keeps open would hold the process.
    process.exit(0);
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  // Whoever started this process is gone.
  process.on('disconnect', leave);
}

/** The message and those of its causes; the app's own failure with its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : '';
  return `${error.message}${cause}`;
}
