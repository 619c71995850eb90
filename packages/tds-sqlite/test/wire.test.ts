/** The whole stand-in, by real clients over the real protocol. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import sql from 'mssql';
import type { SqlServer } from '../src/procedure.ts';
import { startSqlServer } from '../src/server.ts';
import { noFreeTds } from './freetds.ts';

const run = promisify(execFile);

const schema = `
CREATE SCHEMA heap;
CREATE TABLE heap.every (
  id int IDENTITY PRIMARY KEY, a_bit bit, a_tiny tinyint, a_small smallint, a_int int, a_big bigint, a_decimal decimal(12,3),
  a_wide decimal(38,10), a_money money, a_float float, a_real real, a_date date, a_time time(3), a_datetime datetime,
  a_datetime2 datetime2(7), a_small_date smalldatetime, an_offset datetimeoffset(3), a_char char(5), a_varchar varchar(50),
  an_nchar nchar(5), an_nvarchar nvarchar(100), a_max nvarchar(max), a_binary varbinary(10), a_blob varbinary(max), a_guid uniqueidentifier);
CREATE TABLE heap.plain (id int PRIMARY KEY, name nvarchar(50) NULL);
`;

let server: SqlServer;
let pool: sql.ConnectionPool;

const config = (more: Partial<sql.config> = {}): sql.config => ({
  server: '127.0.0.1',
  port: server.port,
  user: 'tester',
  password: 'heslo-пароль',
  database: 'AB',
  options: { encrypt: false, trustServerCertificate: true },
  ...more,
});

before(async () => {
  server = await startSqlServer({
    logins: { tester: 'heslo-пароль' },
    databases: [
      {
        name: 'AB',
        server: 'ab',
        schema,
        procedures: [
          {
            name: 'heap.sp_slow',
            parameters: [{ name: '@steps', type: 'int', default: 1000 }],
            async run(context) {
              for (let step = 1; step <= Number(context.parameters['steps']); step++) {
                context.message(`шаг ${step}`);
                await context.delay(5);
              }
              return 3;
            },
          },
        ],
      },
      { name: 'HCS', server: 'dcdb', schema: '', procedures: [] },
    ],
  });
  pool = await new sql.ConnectionPool(config({ pool: { max: 5 } })).connect();
});
after(async () => {
  await pool.close();
  await server.close();
});

const failure = async (
  promise: Promise<unknown>,
): Promise<
  Error & { number?: number; code?: string; originalError?: { info?: { number?: number } } }
> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
};

describe('login', () => {
  it('refuses a wrong password, an unknown login and an unknown database', async () => {
    for (const wrong of [{ password: 'x' }, { user: 'nobody' }, { database: 'NOWHERE' }]) {
      const error = await failure(new sql.ConnectionPool(config(wrong)).connect());
      assert.equal(error.code, 'ELOGIN', JSON.stringify(wrong));
    }
  });

  it('lets in, with and without encryption', async () => {
    for (const encrypt of [false, true]) {
      const own = await new sql.ConnectionPool(
        config({
          database: 'HCS',
          options: { encrypt, trustServerCertificate: true, appName: 'žádost' },
        }),
      ).connect();
      const { recordset } = await own.query(
        'SELECT DB_NAME() AS d, @@SERVERNAME AS s, APP_NAME() AS a, SUSER_SNAME() AS u',
      );
      assert.deepEqual(recordset[0], { d: 'HCS', s: 'dcdb', a: 'žádost', u: 'tester' });
      await own.close();
    }
  });

  it('takes 100 connections at once', async () => {
    const pools = await Promise.all(
      Array.from({ length: 100 }, () =>
        new sql.ConnectionPool(config({ pool: { max: 1 } })).connect(),
      ),
    );
    try {
      const answers = await Promise.all(
        pools.map((own, index) => own.query(`SELECT ${index} AS n, @@SPID AS spid`)),
      );
      assert.deepEqual(
        answers.map(({ recordset }) => recordset[0].n),
        pools.map((_, index) => index),
      );
      assert.equal(new Set(answers.map(({ recordset }) => recordset[0].spid)).size, 100);
    } finally {
      await Promise.all(pools.map((own) => own.close()));
    }
  });
});

describe('values', () => {
  const day = new Date('2019-07-31T00:00:00Z');
  const moment = new Date('2019-07-31T23:59:58.123Z');
  /** Column, mssql type, what is sent, what comes back when it is different. */
  const cases: [string, sql.ISqlType | (() => sql.ISqlType), unknown, unknown?][] = [
    ['a_bit', sql.Bit(), true],
    ['a_tiny', sql.TinyInt(), 255],
    ['a_small', sql.SmallInt(), -32768],
    ['a_int', sql.Int(), 2147483647],
    ['a_big', sql.BigInt(), '9223372036854775807'],
    ['a_decimal', sql.Decimal(12, 3), 123456789.123],
    ['a_money', sql.Money(), 1234.5678],
    ['a_float', sql.Float(), 0.1],
    ['a_real', sql.Real(), 0.5],
    ['a_date', sql.Date(), day],
    ['a_time', sql.Time(3), new Date('1970-01-01T23:59:58.123Z')],
    ['a_datetime', sql.DateTime(), moment],
    ['a_datetime2', sql.DateTime2(7), moment],
    ['a_small_date', sql.SmallDateTime(), new Date('2019-07-31T23:59:00Z')],
    ['an_offset', sql.DateTimeOffset(3), moment],
    ['a_char', sql.Char(5), 'ab', 'ab   '],
    ['a_varchar', sql.VarChar(50), 'plain'],
    ['an_nchar', sql.NChar(5), 'žч', 'žч   '],
    ['an_nvarchar', sql.NVarChar(100), "Příliš žluťoučký кунь, 'съешь'"],
    ['a_max', sql.NVarChar(sql.MAX), 'Ё'.repeat(5000)],
    ['a_binary', sql.VarBinary(10), Buffer.from([0, 1, 255])],
    ['a_blob', sql.VarBinary(sql.MAX), Buffer.alloc(20_000, 7)],
    ['a_guid', sql.UniqueIdentifier(), '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ];

  for (const [column, type, sent, returned = sent] of cases) {
    it(`${column} both ways, and NULL`, async () => {
      for (const value of [sent, null]) {
        const { recordset } = await pool
          .request()
          .input('v', type as sql.ISqlType, value)
          .query(
            `INSERT heap.every (${column}) VALUES (@v); SELECT ${column} AS v, @v AS p FROM heap.every WHERE id = SCOPE_IDENTITY()`,
          );
        const [row] = recordset;
        const plain = (v: unknown) => (v instanceof Date ? v.toISOString() : v);
        assert.deepEqual(plain(row.v), value === null ? null : plain(returned));
        if (value !== null && !column.endsWith('char'))
          assert.deepEqual(plain(row.p), plain(returned));
      }
    });
  }

  it('keeps all 38 digits of a decimal', async () => {
    const digits = '1234567890123456789012345678.0123456789';
    const { recordset } = await pool
      .request()
      .input('v', sql.VarChar(50), digits)
      .query(
        'INSERT heap.every (a_wide) VALUES (@v); SELECT CAST(a_wide AS varchar(50)) AS v FROM heap.every WHERE id = SCOPE_IDENTITY()',
      );
    assert.deepEqual(recordset, [{ v: digits }]);
  });

  it('keeps 10 MB of text and bytes', async () => {
    const text = 'Привет, žluťoučký! '.repeat(280_000);
    const bytes = Buffer.alloc(10_000_000, 'abc');
    const { recordset } = await pool
      .request()
      .input('t', sql.NVarChar(sql.MAX), text)
      .input('b', sql.VarBinary(sql.MAX), bytes)
      .query(
        'INSERT heap.every (a_max, a_blob) VALUES (@t, @b); SELECT a_max, a_blob, LEN(a_max) AS l, DATALENGTH(a_blob) AS d FROM heap.every WHERE id = SCOPE_IDENTITY()',
      );
    assert.ok(text.length * 2 > 10_000_000);
    assert.equal(recordset[0].a_max, text);
    assert.ok(bytes.equals(recordset[0].a_blob));
    assert.equal(Number(recordset[0].l), text.trimEnd().length);
    assert.equal(Number(recordset[0].d), bytes.length);
  });

  it('takes a bulk load', async () => {
    const table = new sql.Table('heap.plain');
    table.columns.add('id', sql.Int, { nullable: false, primary: true });
    table.columns.add('name', sql.NVarChar(50), { nullable: true });
    for (let id = 1; id <= 1500; id++) table.rows.add(id, id % 3 ? `řádek ${id}` : null);
    const result = await pool.request().bulk(table);
    assert.equal(result.rowsAffected, 1500);
    const { recordset } = await pool.query(
      'SELECT COUNT(*) AS n, COUNT(name) AS named, MAX(CASE WHEN id = 7 THEN name END) AS seventh FROM heap.plain',
    );
    assert.deepEqual(recordset[0], { n: 1500, named: 1000, seventh: 'řádek 7' });
    const again = await failure(pool.request().bulk(table));
    assert.equal(again.number, 2627);
  });
});

const sessions = async () =>
  (await (await fetch(`http://127.0.0.1:${server.controlPort}/sessions`)).json()) as {
    spid: number;
    database: string;
    request?: string;
  }[];

/** From the wish to cancel a call to the answer. */
async function cancelledMs(own: sql.ConnectionPool): Promise<number> {
  const request = own.request();
  const first = new Promise((resolve) => request.once('info', resolve));
  const running = failure(request.execute('heap.sp_slow'));
  await first;
  const asked = performance.now();
  request.cancel();
  assert.equal((await running).code, 'ECANCEL');
  return performance.now() - asked;
}

describe('requests', () => {
  it('several result sets, messages and the return value of a procedure', async () => {
    const request = pool.request();
    const messages: string[] = [];
    request.on('info', (info: { message: string }) => messages.push(info.message));
    const result = await request.input('steps', sql.Int, 2).execute('heap.sp_slow');
    assert.deepEqual([result.returnValue, messages], [3, ['шаг 1', 'шаг 2']]);
    const sets = await pool.query(
      "SELECT 1 AS a; PRINT 'x'; SELECT 2 AS b, NULL AS c; UPDATE heap.plain SET name = name WHERE id < 0",
    );
    assert.deepEqual(
      [sets.recordsets, sets.rowsAffected],
      [
        [[{ a: 1 }], [{ b: 2, c: null }]],
        [1, 1, 0],
      ],
    );
  });

  it('errors with number, severity, state, line, procedure and server', async () => {
    const request = pool.query("SELECT 1;\nRAISERROR(N'не вышло', 15, 9)");
    const error = (await failure(request)) as unknown as Record<string, unknown>;
    assert.deepEqual(
      [
        error['number'],
        error['class'],
        error['state'],
        error['lineNumber'],
        error['message'],
        error['serverName'],
      ],
      [50000, 15, 9, 2, 'не вышло', 'ab'],
    );
  });

  it('are cancelled within 100 ms, and the connection lives on', async () => {
    const own = await new sql.ConnectionPool(config({ pool: { max: 1 } })).connect();
    try {
      // What the server takes; a busy machine may add to any single one.
      let fastestMs = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 5; i += 1) fastestMs = Math.min(fastestMs, await cancelledMs(own));
      assert.ok(fastestMs < 100, `${fastestMs} ms`);
      const { recordset } = await own.query('SELECT @@TRANCOUNT AS n');
      assert.deepEqual(recordset, [{ n: 0 }]);
      assert.equal(server.calls().at(-1)?.outcome, 'cancelled');
    } finally {
      await own.close();
    }
  });

  it('transactions: rolled back, committed, on one connection', async () => {
    const transaction = pool.transaction();
    await transaction.begin(sql.ISOLATION_LEVEL.READ_COMMITTED);
    await transaction.request().query('INSERT heap.plain VALUES (-1, NULL)');
    await transaction.rollback();
    await transaction.begin();
    await transaction.request().query('INSERT heap.plain VALUES (-2, NULL)');
    await transaction.commit();
    const { recordset } = await pool.query('SELECT id FROM heap.plain WHERE id < 0');
    assert.deepEqual(recordset, [{ id: -2 }]);
  });

  it('prepared statements', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('a', sql.Int).input('b', sql.NVarChar(20));
    await statement.prepare('SELECT @a + 1 AS a, @b AS b');
    assert.deepEqual((await statement.execute({ a: 1, b: 'ž' })).recordset, [{ a: 2, b: 'ž' }]);
    assert.deepEqual((await statement.execute({ a: 5, b: null })).recordset, [{ a: 6, b: null }]);
    await statement.unprepare();
  });

  it('locks die with their connection', async () => {
    const lock =
      "DECLARE @r int; EXEC @r = sp_getapplock 'job', 'Exclusive', 'Session', @LockTimeout = 5000; SELECT @r AS r";
    const holder = await new sql.ConnectionPool(config({ pool: { max: 1 } })).connect();
    assert.deepEqual((await holder.query(lock)).recordset, [{ r: 0 }]);
    const waiting = pool.query(lock);
    while (!(await sessions()).some(({ request }) => request?.includes('@LockTimeout')))
      await turn();
    await holder.close();
    assert.deepEqual((await waiting).recordset, [{ r: 1 }]);
    await pool.query("EXEC sp_releaseapplock 'job', 'Session'").catch(() => {});
  });

  it('a million rows stream while others are served', async () => {
    const request = pool.request();
    request.stream = true;
    let rows = 0;
    request.on('row', () => rows++);
    const done = new Promise((resolve, reject) => request.on('done', resolve).on('error', reject));
    const before = process.memoryUsage().rss;
    void request.query(
      "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i, N'žluťoučký кот' AS t FROM n",
    );
    await new Promise((resolve) => request.once('row', resolve));
    await pool.query('SELECT 1 AS other');
    assert.ok(rows < 300_000, 'the other was answered in between');
    await done;
    assert.equal(rows, 300_000);
    assert.ok(
      process.memoryUsage().rss - before < 150_000_000,
      `${(process.memoryUsage().rss - before) / 1e6} MB`,
    );
  });
});

describe('control', () => {
  const url = (path: string) => `http://127.0.0.1:${server.controlPort}${path}`;
  const put = (path: string, body: unknown) =>
    fetch(url(path), { method: 'PUT', body: JSON.stringify(body) });

  it('makes a procedure fail, shows the calls', async () => {
    await fetch(url('/calls'), { method: 'DELETE' });
    assert.equal(
      (await put('/procedures/heap.sp_slow', { failures: { times: 1, number: 1205 } })).status,
      200,
    );
    const call = () => pool.request().input('steps', sql.Int, 1).execute('heap.sp_slow');
    assert.equal((await failure(call())).number, 1205);
    await call();
    const calls = (await (await fetch(url('/calls'))).json()) as {
      id: number;
      outcome: string;
      error?: { number: number };
    }[];
    assert.deepEqual(
      calls.map(({ outcome, error }) => [outcome, error?.number]),
      [
        ['error', 1205],
        ['ok', undefined],
      ],
    );
    assert.deepEqual(await (await fetch(url(`/calls?since=${calls[1]?.id}`))).json(), []);
    await fetch(url('/procedures'), { method: 'DELETE' });
  });

  it('refuses what makes no sense, and says why', async () => {
    const answers = await Promise.all([
      put('/procedures/heap.sp_slow', { delayMiliseconds: 5 }),
      put('/server', { login: 'maybe' }),
      fetch(url('/nothing')),
      fetch(url('/calls'), { method: 'POST' }),
      fetch(url('/calls?since=x')),
    ]);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [400, 400, 404, 405, 400],
    );
    assert.match(await (answers[0] as Response).text(), /delayMiliseconds/);
  });

  it('refuses logins on demand', async () => {
    await put('/server', { login: 'refuse' });
    assert.equal((await failure(new sql.ConnectionPool(config()).connect())).code, 'ELOGIN');
    await put('/server', { login: 'accept' });
  });

  it('shows sessions and kills one', async () => {
    const own = await new sql.ConnectionPool(config({ pool: { max: 1 } })).connect();
    try {
      const { recordset } = await own.query('SELECT @@SPID AS spid');
      const running = failure(own.query("WAITFOR DELAY '00:10:00'"));
      const spid = recordset[0].spid;
      assert.ok(
        (await sessions()).some((session) => session.spid === spid && session.database === 'AB'),
      );
      await fetch(url(`/sessions/${spid}`), { method: 'DELETE' });
      assert.equal((await running).number, 596);
    } finally {
      await own.close();
    }
  });
});

describe('FreeTDS', () => {
  it('tsql and bsqldb understand', { skip: noFreeTds }, async () => {
    const env = { ...process.env, TDSVER: '7.4', LC_ALL: 'C.UTF-8' };
    const tsql = run(
      'tsql',
      [
        '-H',
        '127.0.0.1',
        '-p',
        String(server.port),
        '-U',
        'tester',
        '-P',
        'heslo-пароль',
        '-D',
        'AB',
        '-o',
        'q',
      ],
      { env },
    );
    tsql.child.stdin?.end(
      "SELECT N'žluťoučký кот' AS t, 1 AS n\nGO\nSELECT * FROM nothing\nGO\nexit\n",
    );
    const { stdout, stderr } = await tsql;
    assert.match(stdout, /žluťoučký кот\t1/);
    assert.match(stdout + stderr, /Msg 208/);
  });
});
