import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DatabaseDefinition, Procedure } from '../src/procedure.ts';
import { SqlServerError } from '../src/procedure.ts';
import { startInstance } from './harness.ts';

const procedures: Procedure[] = [
  {
    name: 'crude.sp_everything',
    parameters: [
      { name: '@Code', type: 'varchar(4)' },
      { name: '@month', type: 'int', default: 7 },
      { name: '@rows', type: 'int', output: true },
      { name: '@text', type: 'nvarchar(max)', output: true },
    ],
    async run(context) {
      const { Code, month } = context.parameters;
      context.message(`начало ${Code}`);
      await context.transaction(async () => {
        context.database
          .prepare('INSERT INTO "crude.row" (code, at) VALUES (?, ?)')
          .run(Code as string, '2019-07-01');
        await context.breathe();
      });
      context.affected(1);
      const other = context.linked('SOURCE').prepare('SELECT COUNT(*) AS n FROM "dbo.given"').get();
      context.resultSet({ code: 'varchar(4)', n: 'int', d: 'decimal(5,2)' }, [
        [Code ?? null, Number(other?.['n']), 1.5],
        [null, null, null],
      ]);
      context.setOutput('rows', 12);
      context.setOutput('text', 'žluťoučký');
      return Number(month) * 10;
    },
  },
  {
    name: 'crude.sp_fails',
    parameters: [{ name: '@at_once', type: 'bit', default: false }],
    async run(context) {
      await context.transaction(async () => {
        context.database.exec(`INSERT INTO "crude.row" (code) VALUES ('lost')`);
        if (context.parameters['at_once'])
          context.database.exec(`INSERT INTO "crude.row" (code) VALUES (NULL)`);
        throw new SqlServerError(50007, 'не вышло', { state: 3, line: 12 });
      });
      return 0;
    },
  },
  {
    name: 'crude.sp_waits',
    parameters: [],
    async run(context) {
      context.message('waiting');
      await context.delay(600_000);
      return 0;
    },
  },
  {
    name: 'crude.sp_calls',
    parameters: [],
    async run(context) {
      return await context.execute('crude.sp_everything', { Code: 'sub' });
    },
  },
];

const databases: DatabaseDefinition[] = [
  {
    name: 'AB',
    server: 'ab',
    schema:
      'CREATE SCHEMA crude; CREATE TABLE crude.row (id int IDENTITY PRIMARY KEY, code varchar(4) NOT NULL, at date NULL)',
    procedures,
  },
  {
    name: 'SOURCE',
    server: 'dcdb',
    schema: 'CREATE TABLE dbo.given (id int)',
    seed: (database) => database.exec('INSERT INTO "dbo.given" VALUES (1), (2)'),
    procedures: [],
  },
];

async function start(t: TestContext) {
  const instance = await startInstance({ databases });
  t.after(() => instance.close());
  return { instance, engine: instance.instance, session: await instance.session('AB') };
}

describe('procedures in TypeScript', () => {
  it('take parameters in any case and answer everything, by RPC', async (t) => {
    const { session, engine } = await start(t);
    const answer = await session.rpc('[crude].[sp_everything]', [
      { name: '@CODE', type: 'nvarchar(10)', value: '0c10' },
      { name: '@rows', type: 'int', output: true },
      { name: '@text', type: 'nvarchar(50)', output: true },
    ]);
    assert.deepEqual(answer.errors, []);
    assert.deepEqual(
      answer.sets.map((set) => set.rows),
      [
        [
          ['0c10', 2, '1.50'],
          [null, null, null],
        ],
      ],
    );
    assert.deepEqual(answer.outputs, { '@rows': 12, '@text': 'žluťoučký' });
    assert.equal(answer.returned, 70);
    assert.deepEqual(answer.rowCounts, [1, 2]);
    assert.deepEqual(
      answer.infos.map(({ number, severity, text, procedure }) => [
        number,
        severity,
        text,
        procedure,
      ]),
      [[50000, 0, 'начало 0c10', 'crude.sp_everything']],
    );
    const [call] = engine.callLog.calls;
    assert.deepEqual(
      [
        call?.procedure,
        call?.database,
        call?.server,
        call?.session,
        call?.parameters,
        call?.outcome,
      ],
      [
        'crude.sp_everything',
        'AB',
        'ab',
        session.session.spid,
        { Code: '0c10', month: 7, rows: null, text: null },
        'ok',
      ],
    );
    assert.ok(call?.end !== undefined && call.end >= call.start);
    assert.deepEqual(await session.rows('SELECT code, at FROM crude.row'), [
      ['0c10', '2019-07-01'],
    ]);
  });

  it('are executed from batches', async (t) => {
    const { session } = await start(t);
    const { sets, errors } = await session.run(
      "DECLARE @rc int, @n int; EXECUTE @rc = [crude].[sp_everything] @Code = 'a', @month = 3, @rows = @n OUTPUT; SELECT @rc, @n",
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(sets.at(-1)?.rows, [[30, 12]]);
    assert.deepEqual((await session.run('EXEC crude.sp_calls')).returned, 70);
    assert.deepEqual((await session.run("EXEC AB.crude.sp_everything 'b', DEFAULT")).returned, 70);
  });

  const wrong: [string, number, string][] = [
    [
      'EXEC crude.sp_everything',
      201,
      "Procedure or function 'sp_everything' expects parameter '@Code', which was not supplied.",
    ],
    [
      "EXEC crude.sp_everything 'a', 1, 2, 'x', 5",
      8144,
      'Procedure or function sp_everything has too many arguments specified.',
    ],
    [
      "EXEC crude.sp_everything @Code = 'a', @nope = 1",
      8145,
      '@nope is not a parameter for procedure sp_everything.',
    ],
    [
      'EXEC crude.sp_waits 1',
      8146,
      'Procedure sp_waits has no parameters and arguments were supplied.',
    ],
    [
      "EXEC crude.sp_everything @Code = 'a', @Code = 'b'",
      8143,
      "Parameter '@Code' was supplied multiple times.",
    ],
    [
      "EXEC crude.sp_everything @Code = 'a', 5",
      119,
      "Must pass parameter number 2 and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.",
    ],
    ["EXEC crude.sp_everything 'a', 'x'", 8114, 'Error converting data type varchar to int.'],
    ['EXEC crude.sp_nothing', 2812, "Could not find stored procedure 'crude.sp_nothing'."],
    [
      'EXEC nowhere.crude.sp_waits',
      2812,
      "Could not find stored procedure 'nowhere.crude.sp_waits'.",
    ],
  ];
  for (const [batch, number, text] of wrong) {
    it(`${batch} is ${number}`, async (t) => {
      const { session } = await start(t);
      const { errors } = await session.run(batch);
      assert.deepEqual(
        errors.map((error) => [error.number, error.text]),
        [[number, text]],
      );
    });
  }

  it('roll back what failed, and say where', async (t) => {
    const { session, engine } = await start(t);
    const { errors } = await session.rpc('crude.sp_fails', []);
    assert.deepEqual(
      errors.map(({ number, state, severity, text, procedure, line }) => [
        number,
        state,
        severity,
        text,
        procedure,
        line,
      ]),
      [[50007, 3, 16, 'не вышло', 'crude.sp_fails', 12]],
    );
    const native = await session.rpc('crude.sp_fails', [
      { name: '@at_once', type: 'bit', value: true },
    ]);
    assert.deepEqual(
      native.errors.map((error) => error.number),
      [515],
      "SQLite's own refusal",
    );
    assert.equal(await session.value('SELECT COUNT(*) FROM crude.row'), 0);
    assert.deepEqual(
      engine.callLog.calls.map((call) => [call.outcome, call.error?.number]),
      [
        ['error', 50007],
        ['error', 515],
      ],
    );
  });

  it("undo only their own work inside the caller's transaction", async (t) => {
    const { session } = await start(t);
    const { errors } = await session.run(
      "BEGIN TRAN; INSERT crude.row (code) VALUES ('kept'); EXEC crude.sp_fails; COMMIT",
    );
    assert.deepEqual(
      errors.map((error) => error.number),
      [50007],
    );
    assert.deepEqual(await session.rows('SELECT code FROM crude.row'), [['kept']]);
  });

  it('are cancelled at once, and their messages come while they run', async (t) => {
    const { session, engine } = await start(t);
    const controller = new AbortController();
    const cancelled = session.run('EXEC crude.sp_waits', {
      signal: controller.signal,
      onInfo: () => controller.abort(new DOMException('cancelled by the client', 'AbortError')),
    });
    await assert.rejects(cancelled, { name: 'AbortError' });
    assert.equal(engine.callLog.calls[0]?.outcome, 'cancelled');
    const lost = new AbortController();
    const dropped = session.run('EXEC crude.sp_waits', {
      signal: lost.signal,
      onInfo: () => lost.abort(new Error('the client is gone')),
    });
    await assert.rejects(dropped);
    assert.equal(engine.callLog.calls[1]?.outcome, 'disconnected');
  });

  it('are delayed and made to fail on demand', async (t) => {
    const { session, engine } = await start(t);
    engine.faults.set({
      procedure: 'crude.sp_everything',
      database: 'ab',
      parameters: { code: 'a' },
      failures: { times: 2, number: 1205 },
    });
    engine.faults.set({ procedure: 'crude.sp_calls', delayMilliseconds: 15 });
    const run = async (code: string) =>
      (await session.run(`EXEC crude.sp_everything '${code}'`)).errors.map((error) => [
        error.number,
        error.severity,
      ]);
    assert.deepEqual(
      [await run('a'), await run('b'), await run('a'), await run('a')],
      [[[1205, 13]], [], [[1205, 13]], []],
    );
    await session.run('EXEC crude.sp_calls');
    const last = engine.callLog.calls.find((call) => call.procedure === 'crude.sp_calls');
    assert.ok((last?.end ?? 0) - (last?.start ?? 0) >= 14);
  });

  it('the log keeps the beginning of a long text only', async (t) => {
    const { session, engine } = await start(t);
    await session.run('CREATE PROCEDURE crude.sp_long @text nvarchar(max) AS RETURN LEN(@text)');
    const answer = await session.rpc('crude.sp_long', [
      { name: '@text', type: 'nvarchar(max)', value: 'ž'.repeat(2_000_000) },
    ]);
    assert.equal(answer.returned, 2_000_000);
    const kept = engine.callLog.calls.at(-1)?.parameters['text'];
    assert.equal(kept, `${'ž'.repeat(1_000)}… (2000000 letters)`);
  });
});

describe('system procedures', () => {
  it('prepare and execute text', async (t) => {
    const { session } = await start(t);
    const prepared = await session.rpc('sp_prepare', [
      { name: '@handle', type: 'int', output: true },
      { value: '@a int, @b nvarchar(10)' },
      { value: 'SELECT @a, @b' },
    ]);
    const handle = prepared.outputs['@handle'] as number;
    const execute = () =>
      session.rpc('sp_execute', [
        { type: 'int', value: handle },
        { name: '@a', type: 'int', value: 1 },
        { name: '@b', value: 'ж' },
      ]);
    assert.deepEqual((await execute()).sets[0]?.rows, [[1, 'ж']]);
    await session.rpc('sp_unprepare', [{ type: 'int', value: handle }]);
    assert.deepEqual(
      (await execute()).errors.map((error) => error.number),
      [8179],
    );
  });

  it('run text with parameters', async (t) => {
    const { session } = await start(t);
    const answer = await session.rpc('sp_executesql', [
      { value: 'SET @out = @in + 1; SELECT @in' },
      { value: '@in int, @out int OUTPUT' },
      { name: '@in', type: 'int', value: 5 },
      { name: '@out', type: 'int', output: true },
    ]);
    assert.deepEqual([answer.sets[0]?.rows, answer.outputs], [[[5]], { '@out': 6 }]);
    const missing = await session.rpc('sp_executesql', [
      { value: 'SELECT @in' },
      { value: '@in int' },
    ]);
    assert.deepEqual(
      missing.errors.map((error) => [error.number, error.text]),
      [
        [
          8178,
          "The parameterized query '(@in int)SELECT @in' expects the parameter '@in', which was not supplied.",
        ],
      ],
    );
    const injected = await session.rpc('sp_executesql', [
      { value: 'SELECT @v AS v' },
      { value: '@v nvarchar(100)' },
      { name: '@v', value: "'; DROP TABLE crude.row; --" },
    ]);
    assert.deepEqual(injected.sets[0]?.rows, [["'; DROP TABLE crude.row; --"]]);
    assert.equal(await session.value('SELECT COUNT(*) FROM crude.row'), 0);
  });
});
