/**
 * The SQL Server stand-in with the demo billing, and in its aggregate base what
 * `npm run sql:install` brings, as a process of its own:
 * `node local/sql-server/main.ts [--directory .local/sql-server]`.
 *
 * Settings: SQL_PORT (11433), SQL_CONTROL_PORT (11434), DEMO_PACE (600; Infinity: no delay).
 * Under IPC it sends `{ type: 'ready' }` when it listens, and ends when its owner does.
 */

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { standInAt } from '../demo/connections.ts';
import { defaultPace, demoDatabases } from '../demo/index.ts';
import { demoLogin } from '../demo/login.ts';
import { installProduct } from '../demo/product.ts';
import { startSqlServer } from './server.ts';

/** It takes some milliseconds, and a moment on a machine that is busy. */
const installTimeoutMilliseconds = 30_000;
/** Past this the process ends without waiting for sessions that don't. */
const closeTimeoutMilliseconds = 1_500;

function setting(name: string, fallback: number, valid: (value: number) => boolean, range: string) {
  const text = process.env[name];
  const value = text === undefined || text.trim() === '' ? fallback : Number(text);
  if (!valid(value)) throw new RangeError(`${name}: expected ${range}, got '${text}'`);
  return value;
}

const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535;
const portRange = 'a whole number from 0 to 65535';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { directory: { type: 'string', default: '.local/sql-server' } },
  });
  const port = setting('SQL_PORT', 11_433, isPort, portRange);
  const controlPort = setting('SQL_CONTROL_PORT', 11_434, isPort, portRange);
  const pace = setting('DEMO_PACE', defaultPace, (v) => v > 0, 'a number above 0, or Infinity');

  await mkdir(values.directory, { recursive: true });
  const server = await startSqlServer({
    databases: demoDatabases({ pace }),
    logins: { [demoLogin.user]: demoLogin.password },
    directory: values.directory,
    port,
    controlPort,
  });
  await installProduct(standInAt(server.port), AbortSignal.timeout(installTimeoutMilliseconds));

  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), closeTimeoutMilliseconds).unref();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  process.on('disconnect', close);

  console.log(
    `SQL Server stand-in listening on 127.0.0.1:${server.port}, control on ${server.controlPort}`,
  );
  process.send?.({ type: 'ready', port: server.port, controlPort: server.controlPort });
}

await main();
