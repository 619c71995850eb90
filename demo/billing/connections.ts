/** Where the demo's databases are: the stand-in, or the server that SQLSERVER_URL names. */

import { demoLogin } from './login.ts';
import { aggregateBase, sourceDatabases } from './sources.ts';

/** Settings as the shipped catalogue names them: `SQL_REGION` for STEK_REGION. */
export const settingOf = (database: string) => `SQL_${database.replace('STEK_', '')}`;

/** The same server and login, another database. */
export function withDatabase(connectionString: string, database: string): string {
  const server = connectionString
    .split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((part) => part.trim() && !/^\s*(database|initial catalog)\s*=/i.test(part));
  return [...server, `Database=${database}`].join(';');
}

/** The connection string of the stand-in, without a database. */
export const standInAt = (port: number | string) =>
  `Server=127.0.0.1,${port};User Id=${demoLogin.user};Password=${demoLogin.password};Encrypt=false`;

/** Every SQL_* setting of the shipped catalogue for one server that holds all its databases. */
export const settingsFor = (connectionString: string): Record<string, string> =>
  Object.fromEntries(
    [...sourceDatabases, aggregateBase].map(({ name }) => [
      settingOf(name),
      withDatabase(connectionString, name),
    ]),
  );
