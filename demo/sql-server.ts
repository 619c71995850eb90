/**
 * The SQL Server stand-in with the demo billing, and in its aggregate base what
 * `npm run sql:install` brings, as a process of its own:
 * `node demo/sql-server.ts [--directory .local/sql-server]`.
 *
 * Settings: SQL_PORT (11433), further ports in SQL_PORT_2 to SQL_PORT_4 (none), so that each server
 * of the catalogue has an address of its own, SQL_CONTROL_PORT (11434), DEMO_PACE (600; Infinity: no delay).
 */

import { numberSetting, portSetting, runStandIn } from 'stand-in-kit';
import { startSqlServer } from 'tds-sqlite';
import { ChangedScriptError } from '../sql/installer.ts';
import { standInAt } from './billing/connections.ts';
import { defaultPace, demoDatabases, setPace } from './billing/index.ts';
import { demoLogin } from './billing/login.ts';
import { installProduct } from './billing/product.ts';

/** It takes some milliseconds, and minutes on a machine that has twenty other things to do. */
const installTimeoutMilliseconds = 300_000;

const port = portSetting('SQL_PORT', 11_433);
const morePorts = ['SQL_PORT_2', 'SQL_PORT_3', 'SQL_PORT_4'].flatMap((name) =>
  process.env[name] ? [portSetting(name, 0)] : [],
);
const controlPort = portSetting('SQL_CONTROL_PORT', 11_434);
const paceRange = 'a number above 0, or Infinity';
const pace = numberSetting('DEMO_PACE', defaultPace, (value) => value > 0, paceRange);

await runStandIn('SQL Server', 'sql-server', async (directory) => {
  const server = await startSqlServer({
    databases: demoDatabases({ pace }),
    logins: { [demoLogin.user]: demoLogin.password },
    directory,
    port,
    morePorts,
    controlPort,
  });
  const signal = AbortSignal.timeout(installTimeoutMilliseconds);
  try {
    setPace(server, pace);
    await installProduct(standInAt(server.port), signal);
  } catch (error) {
    await server.close();
    // A stack says nothing to whoever starts the demo.
    if (error instanceof ChangedScriptError) {
      const cure = "The demo's databases are of another version; begin anew: --fresh";
      console.error(`${error.message}\n${cure}`);
    } else if (error === signal.reason) {
      console.error(
        "The demo's databases were not made in time: this machine is busy; start again",
      );
    } else throw error;
    process.exit(1);
  }
  return server;
});
