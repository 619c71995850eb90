/** Statements over a database that a test makes: numbers, nested by arithmetic. */

import type { TestContext } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../../shared/database/databases.ts';
import type {
  Statement,
  StatementColumn,
  StatementLevel,
} from '../../../shared/dynsql/definition.ts';
import { type SilentProxy, startSilentProxy } from '../../support/silent-proxy.ts';
import { soon } from '../../support/storage.ts';

export interface Server {
  /** The database over a proxy and a pool of the test's own. */
  open(t: TestContext, size?: number): Promise<Opened>;
  close(): Promise<void>;
}

export interface Opened {
  databases: Databases;
  proxy: SilentProxy;
}

/** With `dbo.number`: 0 to 999. */
export async function startServer(): Promise<Server> {
  const server = await startSqlServer({
    logins: { dynsql: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const databasesAt = (port: number, size: number) =>
    new Databases(
      [
        {
          id: 'ab',
          setting: 'SQL_AB',
          connectionString: `Server=127.0.0.1,${port};Database=AB;User Id=dynsql;Password=secret;Encrypt=false`,
        },
      ],
      { size },
    );
  const own = databasesAt(server.port, 1);
  await own.query('ab', 'CREATE TABLE dbo.number (n int NOT NULL PRIMARY KEY)', [], soon());
  const numbers = JSON.stringify(Array.from({ length: 1000 }, (_, number) => number));
  await own.query(
    'ab',
    'INSERT INTO dbo.number (n) SELECT CAST([value] AS int) FROM OPENJSON(@numbers)',
    [{ name: 'numbers', type: 'nvarchar(max)', value: numbers }],
    soon(),
  );
  await own.close();
  return {
    async open(t, size = 10) {
      const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
      const databases = databasesAt(proxy.port, size);
      t.after(async () => {
        proxy.reset();
        await databases.close();
        await proxy.close();
      });
      return { databases, proxy };
    },
    close: () => server.close(),
  };
}

const column = (name: string, key: string, datatype = 'dtInteger'): StatementColumn => ({
  name,
  key,
  datatype,
  zone: 'UTC',
});

/** Of one level, or of several whose rows come as `Statement` says. */
export function statementOf(
  sql: string,
  levels: readonly StatementLevel[],
  parameters: Statement['parameters'] = [],
): Statement {
  return {
    sql,
    parameters,
    copying: { sql, parameters },
    levels,
    hasCount: false,
    page: undefined,
  };
}

/**
 * `masters` rows, each with `rows` below, each of those with `parts` below. Where `failAt` names
 * a level, that one fails in the middle.
 */
export function threeLevels(
  { masters = 900, rows = 3, parts = 2 } = {},
  failAt?: 'root' | 'rows' | 'parts',
): Statement {
  const fails = (level: string, n: string) =>
    failAt === level ? `1000 / (${Math.floor(masters / 2)} - ${n})` : n;
  const parameters = [
    { name: 'masters', type: 'int', value: masters },
    { name: 'rows', type: 'int', value: rows },
    { name: 'parts', type: 'int', value: parts },
  ];
  const below = 'dbo.number AS a CROSS JOIN dbo.number AS b';
  // Sorted by the columns themselves, which are indexed: rows come while others are still read.
  const sql = `SELECT x.l, a.n + 1 AS n0, CASE WHEN x.l > 0 THEN b.n + 1 END AS n1, CASE WHEN x.l > 1 THEN c.n + 1 END AS n2,
      CASE x.l WHEN 0 THEN ${fails('root', 'a.n')} END AS c0, CASE x.l WHEN 0 THEN CAST(a.n AS nvarchar(9)) END AS c1, a.n AS m0,
      CASE x.l WHEN 1 THEN ${fails('rows', 'a.n')} END AS c0_1, b.n AS c1_1, a.n * 1000 + b.n AS m0_1, a.n AS k0_1,
      CASE x.l WHEN 2 THEN ${fails('parts', 'a.n')} END AS c0_2, c.n AS c1_2, a.n * 1000 + b.n AS k0_2
    FROM ${below} CROSS JOIN dbo.number AS c CROSS JOIN (VALUES (0), (1), (2)) AS x (l)
    WHERE a.n < @masters AND b.n < @rows AND c.n < @parts
      AND (x.l = 2 OR c.n = 0) AND (x.l > 0 OR b.n = 0)
    ORDER BY a.n, n1, n2`;
  return statementOf(
    sql,
    [
      {
        dataset: 'MAIN',
        depth: 0,
        parent: undefined,
        children: [1],
        columns: [column('c0', 'ID'), column('c1', 'NAME', 'dtString')],
        positions: ['n0'],
        parentKey: [],
      },
      {
        dataset: 'ROWS',
        depth: 1,
        parent: 0,
        children: [2],
        columns: [column('c0_1', 'MASTER'), column('c1_1', 'ROW')],
        positions: ['n0', 'n1'],
        parentKey: [{ own: 'k0_1', parent: 'm0' }],
      },
      {
        dataset: 'PARTS',
        depth: 2,
        parent: 1,
        children: [],
        columns: [column('c0_2', 'MASTER'), column('c1_2', 'PART')],
        positions: ['n0', 'n1', 'n2'],
        parentKey: [{ own: 'k0_2', parent: 'm0_1' }],
      },
    ],
    parameters,
  );
}

/** What `threeLevels` answers. */
export function threeLevelsAnswer({ masters = 900, rows = 3, parts = 2 } = {}): unknown {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const below = (name: string, list: unknown[]) => ({ datasets: [{ name, items: list }] });
  return {
    name: 'MAIN',
    items: numbers(masters).map((master) => ({
      ID: master,
      NAME: String(master),
      ...below(
        'ROWS',
        numbers(rows).map((row) => ({
          MASTER: master,
          ROW: row,
          ...below(
            'PARTS',
            numbers(parts).map((part) => ({ MASTER: master, PART: part })),
          ),
        })),
      ),
    })),
  };
}

/** One level with the columns that there are. */
export const oneLevel = (columns: readonly StatementColumn[]): StatementLevel => ({
  ...{ dataset: 'MAIN', depth: 0, parent: undefined, children: [], columns },
  ...{ positions: ['n0'], parentKey: [] },
});

/** A million rows of one level, some 500 bytes each in the answer. */
export function millionRows(): Statement {
  return statementOf(
    `SELECT a.n * 1000 + b.n AS c0, REPLICATE(N'x', 500) AS c1
      FROM dbo.number AS a CROSS JOIN dbo.number AS b`,
    [oneLevel([column('c0', 'ID'), column('c1', 'TEXT', 'dtString')])],
  );
}
