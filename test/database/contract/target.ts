/** The servers that the contract is checked on: the stand-in always, one more when it is given. */

import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import sql from 'mssql';
import { startSqlServer } from 'tds-sqlite';
import { withRetries } from '../../../shared/async/retry.ts';
import { parseAddress } from '../../../shared/database/address.ts';
import { Databases } from '../../../shared/database/databases.ts';
import type { PoolOptions } from '../../../shared/database/pools.ts';
import type { Session } from '../../../shared/database/session.ts';
import { batchesOf } from '../../../sql/script-batches.ts';
import { type SilentProxy, startSilentProxy } from '../../support/silent-proxy.ts';
import { soon } from '../../support/storage.ts';
import { type Engine, exceptions, type Promised } from './exceptions.ts';

export interface Target {
  name: string;
  engine: Engine;
  /** The connection string, with other values in place of its own. */
  url(changes?: Changes): string;
  /** The database `AB` of the server, behind a proxy of the test's own; closed at its end. */
  open(t: TestContext, options?: PoolOptions & { changes?: Changes }): Promise<Open>;
  /** For work that finds sessions in dm_exec_sessions: again where the engine loses some. */
  seeingSessions(work: (attempt: number) => Promise<void>): Promise<void>;
  /** Why the engine does not keep a promise; false: it does. For a test's `skip`. */
  except(promised: Promised): string | false;
  close(): Promise<void>;
}

export interface Open {
  databases: Databases;
  proxy: SilentProxy;
  /** A session that is destroyed at the end of the test, if it was not given back. */
  session(): Promise<Session>;
}

export type Changes = Partial<Record<keyof typeof synonyms, string>>;

/** What each keyword may be called in the connection string that was given. */
const synonyms = {
  Server: ['server', 'data source', 'addr', 'address', 'network address'],
  Database: ['database', 'initial catalog'],
  'User Id': ['user id', 'uid', 'user'],
  Password: ['password', 'pwd'],
};

const password = 'heslo;\'s "kretou"';

/** The stand-in, and the server of `SQLSERVER_URL`: a connection string of its administrator. */
export async function startTargets(): Promise<Target[]> {
  const server = await startSqlServer({
    logins: { contract: password },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const quoted = `"${password.replaceAll('"', '""')}"`;
  const own = `Server=127.0.0.1,${server.port};Database=AB;User Id=contract;Password=${quoted};Encrypt=false`;
  const targets = [await target('the stand-in', own, () => server.close())];
  const given = process.env['SQLSERVER_URL'];
  if (given) targets.push(await target('SQLSERVER_URL', given, async () => {}));
  return targets;
}

async function target(name: string, given: string, stop: () => Promise<void>): Promise<Target> {
  const { server, port = 1433 } = parseAddress(given).config;
  const engine = await install(given, name === 'the stand-in');

  const except = (promised: Promised) => exceptions[engine]?.[promised] ?? false;
  const url = (changes: Changes = {}) => {
    const replaced = (Object.keys(changes) as (keyof Changes)[]).flatMap(
      (keyword) => synonyms[keyword],
    );
    // A value in quotes may hold semicolons.
    const kept = (given.match(/[^=;]+=(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)/g) ?? []).filter(
      (pair) => !replaced.includes(pair.split('=')[0]?.trim().toLowerCase() ?? ''),
    );
    return [...kept, ...Object.entries(changes).map((pair) => pair.join('='))].join(';');
  };

  return {
    name,
    engine,
    url,
    async open(t, { changes = {}, ...options } = {}) {
      const proxy = await startSilentProxy({ host: server, port });
      const databases = new Databases(
        [
          {
            id: 'ab',
            setting: 'SQL_AB',
            connectionString: url({ Server: `127.0.0.1,${proxy.port}`, ...changes }),
          },
        ],
        options,
      );
      const sessions: Session[] = [];
      t.after(async () => {
        for (const session of sessions) session.destroy();
        proxy.reset();
        await databases.close();
        await proxy.close();
      });
      return {
        databases,
        proxy,
        async session() {
          const session = await databases.session('ab', soon());
          sessions.push(session);
          return session;
        },
      };
    },
    seeingSessions: (work) =>
      withRetries(
        work,
        () => except('every session is listed') !== false,
        { attempts: 5, baseMs: 100, capMs: 100 },
        AbortSignal.timeout(60_000),
      ),
    except,
    close: stop,
  };
}

/** Makes the suite's objects, and finds out who answers. */
async function install(given: string, isStandIn: boolean): Promise<Engine> {
  const script = await readFile(new URL('objects.sql', import.meta.url), 'utf8');
  const { config } = parseAddress(given);
  const pool = await new sql.ConnectionPool({ ...config, requestTimeout: 60_000 }).connect();
  try {
    for (const { text } of batchesOf(script)) await pool.batch(text);
    if (isStandIn) return 'stand-in';
    const { recordset } = await pool.query('SELECT @@VERSION AS version');
    const version = String(recordset[0]?.version);
    if (/babelfish/i.test(version)) return 'Babelfish';
    return /azure/i.test(version) ? 'Azure SQL' : 'SQL Server';
  } finally {
    await pool.close();
  }
}
