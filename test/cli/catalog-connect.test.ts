/** `syncboard catalog check --connect` against databases with planted mistakes. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type DatabaseDefinition, type SqlServer, startSqlServer } from 'tds-sqlite';
import type { Fault } from '../../shared/app/catalog-check/fault.ts';
import { cli } from './run-cli.ts';

const source = `CREATE SCHEMA prep
GO
CREATE TABLE prep.meter (id int NOT NULL PRIMARY KEY, changed datetime2(3) NOT NULL)
CREATE TABLE prep.payment (id int NOT NULL PRIMARY KEY, altered datetime2(3) NOT NULL)
GO
CREATE PROCEDURE dbo.export_meter @code varchar(4), @mode varchar(10) = 'full' AS RETURN 0
GO
CREATE PROCEDURE dbo.export_payment @code varchar(4), @month int, @year tinyint, @step int AS RETURN 0
GO
CREATE PROCEDURE dbo.export_saldo @code varchar(2), @date_of_month int AS RETURN 0
GO
CREATE PROCEDURE dbo.close_month @yyyymm char(6), @status varchar(10) OUTPUT AS RETURN 0`;

const base = `CREATE SCHEMA heap
GO
CREATE TABLE heap.meter (id int NOT NULL PRIMARY KEY, changed datetime2(3) NOT NULL)
GO
CREATE PROCEDURE heap.load_meter AS RETURN 0
GO
CREATE PROCEDURE heap.load_payment AS RETURN 0
GO
CREATE PROCEDURE heap.load_saldo AS RETURN 0`;

const databases: DatabaseDefinition[] = [
  { name: 'SRC', server: 'one', schema: source },
  { name: 'AB', server: 'two', schema: base },
];

const code = { name: 'code', type: 'varchar(4)', from: 'code' };

/** Right in every way but for what `wrong` plants. */
function catalogOf(wrong: boolean) {
  const dated = { systems: ['s'], dated: true };
  return {
    periods: { from: '2020-01', timeZone: 'UTC' },
    servers: ['one', 'two'].map((id) => ({ id, description: id })),
    connections: [{ id: 'asked', kind: 'database', database: 'ab' }],
    databases: [
      { id: 'src', server: 'one', connection: 'SQL_SRC' },
      { id: 'ab', server: 'two', connection: 'SQL_AB' },
    ],
    dataSources: [{ code: '0c10', description: '0c10', system: 's', database: 'src' }],
    entities: [
      { name: 'meter', description: 'Meter', systems: ['s'] },
      { name: 'payment', description: 'Payment', ...dated },
      { name: 'saldo', description: 'Saldo', ...dated },
    ],
    pipelines: [
      {
        id: 's',
        stages: [
          {
            stage: 'export',
            procedure: 'dbo.export_{entity}',
            parameters: [code],
            overrides: [
              {
                entities: ['payment'],
                parameters: [
                  code,
                  { name: 'month', type: 'int', from: 'month' },
                  wrong
                    ? { name: 'year', type: 'int', from: 'year' }
                    : { name: 'year', type: 'tinyint', value: 20 },
                  ...(wrong ? [] : [{ name: 'step', type: 'int', value: 1 }]),
                ],
              },
              {
                entities: ['saldo'],
                parameters: [
                  wrong ? code : { name: 'code', type: 'varchar(2)', value: 'x' },
                  wrong
                    ? { name: 'date_of_month', type: 'date', from: 'first day of month' }
                    : { name: 'date_of_month', type: 'int', from: 'first day of month' },
                ],
              },
            ],
          },
          {
            stage: 'heap',
            database: 'ab',
            procedure: 'heap.load_{entity}',
            once: 'entity',
            ...(wrong && {
              overrides: [{ entities: ['saldo'], procedure: 'heap.laod_saldo' }],
            }),
          },
          {
            stage: 'close',
            database: 'src',
            once: 'run',
            procedure: 'dbo.close_month',
            parameters: [
              { name: wrong ? 'yyymm' : 'yyyymm', type: 'char(6)', from: 'yyyymm' },
              { name: 'status', type: 'varchar(10)', output: true },
            ],
          },
        ],
        freshness: [
          {
            place: 'source',
            sql: 'SELECT MAX([changed]) FROM [prep].[{entity}]',
            except: { entities: wrong ? ['saldo'] : ['saldo', 'payment'] },
          },
          {
            place: 'heap',
            database: 'ab',
            sql: wrong
              ? 'SELECT MAX([changed]) FROM [heap].[metre]'
              : 'SELECT MAX([changed]) FROM [heap].[meter]',
          },
        ],
      },
    ],
  };
}

async function start(t: TestContext): Promise<SqlServer> {
  const server = await startSqlServer({
    databases,
    logins: { runner: 'secret' },
    morePorts: [0],
  });
  t.after(() => server.close());
  return server;
}

/** Through the second port the servers' addresses differ, as the catalogue says. */
const settingsOf = ({ ports: [one, two] }: SqlServer, same = false) => ({
  SQL_SRC: `Server=127.0.0.1,${one};Database=SRC;User Id=runner;Password=secret;Encrypt=false`,
  SQL_AB: `Server=127.0.0.1,${same ? one : two};Database=AB;User Id=runner;Password=secret;Encrypt=false`,
});

async function check(t: TestContext, catalog: object, environment: NodeJS.ProcessEnv) {
  const folder = await mkdtemp(join(tmpdir(), 'connect-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(catalog, undefined, 2));
  const args = ['catalog', 'check', 'catalog.json', '--connect', '--json'];
  const told = await cli(args, environment, folder);
  assert.equal(told.err, '');
  return { code: told.code, faults: JSON.parse(told.out).faults as Fault[] };
}

const put = async ({ controlPort }: SqlServer, denied: string[]) => {
  const answer = await fetch(`http://127.0.0.1:${controlPort}/server`, {
    method: 'PUT',
    body: JSON.stringify({ denied }),
  });
  assert.ok(answer.ok, await answer.text());
};

const stage = 'pipelines[0].stages';
const freshness = 'pipelines[0].freshness';
/** Each mistake once: where it stands, what is said of it, what mends it. */
const planted: [path: string, text: RegExp, cure: RegExp][] = [
  [
    `${stage}[1].overrides[0].procedure`,
    /^\[heap\]\.\[laod_saldo\] is not in AB, .*\(did you mean \[heap\]\.\[load_saldo\]\?\) \(heap of saldo of 0c10\)$/,
    /^make it in AB, or correct its name/,
  ],
  [
    `${stage}[1].procedure`,
    /^runner may not execute \[heap\]\.\[load_payment\] in AB \(heap of payment/,
    /^GRANT EXECUTE ON \[heap\]\.\[load_payment\] TO syncboard_runner;/,
  ],
  [
    `${stage}[0].overrides[0].parameters`,
    /^@year int does not fit @year tinyint of \[dbo\]\.\[export_payment\] in SRC: 2020 does not go in$/,
    /^declare it as tinyint/,
  ],
  [
    `${stage}[0].overrides[0].parameters`,
    /^@step int is needed by \[dbo\]\.\[export_payment\] in SRC/,
    /^add \{ "name": "step", "type": "int"/,
  ],
  [
    `${stage}[0].overrides[1].parameters`,
    /^@code varchar\(4\) does not fit @code varchar\(2\) .*: "0c10" would be cut$/,
    /or as varchar\(4\) in the procedure$/,
  ],
  [
    `${stage}[0].overrides[1].parameters`,
    /^@date_of_month date does not fit @date_of_month int .*: SQL Server does not convert/,
    /^declare it as int/,
  ],
  [
    `${stage}[2].parameters`,
    /^@yyymm is no parameter of \[dbo\]\.\[close_month\] in SRC; it has @yyyymm, @status \(did you mean yyyymm\?\)$/,
    /^take @yyymm out/,
  ],
  [
    `${stage}[2].parameters`,
    /^@yyyymm char\(6\) is needed by \[dbo\]\.\[close_month\]/,
    /^add \{ "name": "yyyymm".*; where it stands there and is from the month, give the entity "dated": true/,
  ],
  [
    `${freshness}[0].sql`,
    /^the query does not run in SRC: Invalid column name 'changed'\.$/,
    /^correct the query/,
  ],
  [
    `${freshness}[1].sql`,
    /^\[heap\]\.\[metre\] is not in AB, .*\(did you mean \[heap\]\.\[meter\]\?\)$/,
    /GRANT SELECT ON \[heap\]\.\[metre\]/,
  ],
  [
    'databases[1]',
    /^row versioning is off in AB: /,
    /^ALTER DATABASE \[AB\] SET READ_COMMITTED_SNAPSHOT ON;/,
  ],
  [
    'databases[1].server',
    /^ab and src are on one server by 127|^ab and src are on one server by localhost:\d+, and the catalogue calls it two and one$/,
    /^use one for both/,
  ],
];

describe('catalog check --connect', () => {
  it('tells every planted mistake, each with its place and cure, and nothing else', async (t) => {
    const server = await start(t);
    await put(server, ['EXECUTE ON heap.load_payment']);
    const environment = settingsOf(server, true);
    const set = async (option: string) => {
      const { default: sql } = await import('mssql');
      const pool = await sql.connect(environment.SQL_AB);
      await pool.query(`ALTER DATABASE AB SET READ_COMMITTED_SNAPSHOT ${option}`);
      await pool.close();
    };
    await set('OFF');
    const { code: exit, faults } = await check(t, catalogOf(true), environment);
    assert.equal(exit, 1);
    const left = [...faults];
    for (const [path, text, cure] of planted) {
      const at = left.findIndex((fault) => fault.path === path && text.test(fault.text));
      assert.ok(at >= 0, `${path} ${text}: ${JSON.stringify(left, undefined, 1)}`);
      const [fault] = left.splice(at, 1);
      assert.match(fault?.cure ?? '', cure);
      assert.ok((fault?.line ?? 0) > 1 && fault?.file === 'catalog.json', path);
    }
    assert.deepEqual(left, []);
  });

  it('what plan prints runs there as it is, outputs among it', async (t) => {
    const server = await start(t);
    const environment = settingsOf(server);
    const folder = await mkdtemp(join(tmpdir(), 'planned-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'catalog.json'), JSON.stringify(catalogOf(false)));
    const args = ['plan', 'catalog.json', '--code', '0c10', '--month', '1', '--year', '2024'];
    const { code: exit, out, err } = await cli(args, environment, folder);
    assert.deepEqual([exit, err], [0, '']);
    const calls = out.match(/(?<=\/)(src|ab): .*/g) ?? [];
    assert.ok(calls.some((call) => call.includes('DECLARE @status varchar(10); EXEC')));
    const { default: sql } = await import('mssql');
    for (const call of calls) {
      const [database = '', text = ''] = call.split(/: (.*)/);
      const pool = await new sql.ConnectionPool(
        database === 'src' ? environment.SQL_SRC : environment.SQL_AB,
      ).connect();
      await pool.query(text);
      await pool.close();
    }
  });

  it('finds nothing where all is right, and 4 where nobody answers', async (t) => {
    const server = await start(t);
    const right = await check(t, catalogOf(false), settingsOf(server));
    assert.deepEqual(right, { code: 0, faults: [] });
    // Of the definitions that are shipped those count whose tables are there; one's own all do.
    const DYNSQL = resolve('catalog');
    const own = await check(t, catalogOf(false), { ...settingsOf(server), DYNSQL });
    assert.equal(own.code, 1);
    const [first] = own.faults;
    assert.match(first?.file ?? '', /dynsql\/[\w-]+\.json$/);
    assert.match(first?.text ?? '', /^\[\w+\]\.\[\w+\] is not in AB, or runner may not see it/);
    await server.close();
    const gone = await check(t, catalogOf(false), settingsOf(server));
    assert.equal(gone.code, 4);
    assert.deepEqual(
      gone.faults.map(({ path, isUnanswered }) => [path, isUnanswered]),
      [
        ['databases[0].connection', true],
        ['databases[1].connection', true],
      ],
    );
    const unset = await check(t, catalogOf(false), { SQL_SRC: 'Server=x', SQL_AP: 'x' });
    assert.equal(unset.code, 1);
    assert.deepEqual(
      unset.faults.map(({ path }) => path),
      ['databases[0].connection', 'databases[1].connection'],
    );
    assert.match(unset.faults[1]?.text ?? '', /^SQL_AB is not set \(did you mean it by SQL_AP/);
  });
});
