import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import sql from 'mssql';
import { type EchoSession, mssqlConfig, startEcho } from './echo-backend.ts';
import { batchBody, headers, lastDone, RawClient, type } from './raw-client.ts';

const echo = await startEcho();
const pool = new sql.ConnectionPool(mssqlConfig(echo.tds));
before(() => pool.connect());
after(async () => {
  await pool.close();
  await echo.tds.close();
});

function session(): EchoSession {
  return echo.backend.session('Tedious');
}

async function rejection(work: Promise<unknown>): Promise<
  sql.RequestError & {
    state: number;
    class: number;
    procName: string;
    lineNumber: number;
    serverName: string;
    number: number;
  }
> {
  try {
    await work;
  } catch (error) {
    return error as Awaited<ReturnType<typeof rejection>>;
  }
  return assert.fail('it was answered');
}

test('a batch counts its statements, and its error has number, state, class, procedure and line', async () => {
  const error = await rejection(pool.request().batch('counts 3'));
  const { number, state, class: severity, procName, lineNumber, serverName, message } = error;
  assert.deepEqual(
    { number, state, severity, procName, lineNumber, serverName, message },
    {
      number: 547,
      state: 3,
      severity: 16,
      procName: 'dbo.sp_x',
      lineNumber: 7,
      serverName: 'echo',
      message: 'conflict',
    },
  );
  const { rowsAffected } = await pool.request().batch('counts 1');
  assert.deepEqual(rowsAffected, [1]);
});

test('the bits of every DONE of a batch', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.send(type.batch, batchBody('counts 3'));
  const reply = await client.reply();
  const body = reply?.body ?? Buffer.alloc(0);
  // count, more
  assert.equal(body.subarray(0, 13).toString('hex'), 'fd110000000100000000000000');
  const afterError = 13 + 3 + body.readUInt16LE(14);
  // error, more
  assert.equal(
    body.subarray(afterError, afterError + 13).toString('hex'),
    'fd030000000000000000000000',
  );
  assert.deepEqual(lastDone(reply), { token: 0xfd, status: 0x10, rowCount: 3 });
  assert.equal(body.length, afterError + 26);
});

test('a batch without a statement has its DONE too', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.send(type.batch, batchBody(''));
  assert.equal((await client.reply())?.body.toString('hex'), 'fd000000000000000000000000');
});

test('a procedure in a batch: DONEINPROC, RETURNSTATUS, DONEPROC', async (t) => {
  const { recordset, rowsAffected } = await pool.request().batch('exec');
  assert.deepEqual(
    { recordset: [...recordset], rowsAffected },
    { recordset: [{ inner: 1 }], rowsAffected: [1, 5] },
  );
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.send(type.batch, batchBody('exec'));
  const { body } = (await client.reply()) ?? assert.fail('cut');
  // select, count, more; then count, more; return status 42; final DONEPROC
  assert.match(
    body.toString('hex'),
    /ff1100c1000100000000000000ff110000000500000000000000792a000000fe000000000000000000000000$/,
  );
});

test('a procedure call returns its status and its output parameters', async () => {
  const result = await pool
    .request()
    .input('a', sql.Int, 1)
    .output('b', sql.NVarChar(20), 'Ж')
    .output('c', sql.Decimal(12, 2))
    .execute('crude.sp_echo');
  assert.equal(result.returnValue, 7);
  assert.deepEqual(result.output, { b: 'Ж', c: null });
  const call = session().calls.at(-1);
  assert.equal(call?.procedure, 'crude.sp_echo');
  assert.deepEqual(
    call?.parameters.map(({ name, output }) => ({ name, output })),
    [
      { name: '@a', output: false },
      { name: '@b', output: true },
      { name: '@c', output: true },
    ],
  );
});

test('a query with parameters comes as sp_executesql', async () => {
  const { recordset } = await pool.request().input('a', sql.Int, 5).query('select @a');
  assert.deepEqual([...recordset], [{ a: 5 }]);
  const call = session().calls.at(-1);
  assert.equal(call?.procedure, 'sp_executesql');
  assert.deepEqual(
    call?.parameters.map(({ value }) => value),
    ['select @a', '@a int', 5],
  );
});

test('a prepared statement comes as sp_prepare and sp_execute', async () => {
  const statement = new sql.PreparedStatement(pool);
  statement.input('a', sql.Int);
  await statement.prepare('select @a');
  await statement.execute({ a: 6 });
  await statement.unprepare();
  assert.deepEqual(
    session()
      .calls.slice(-3)
      .map(({ procedure }) => procedure),
    ['sp_prepare', 'sp_execute', 'sp_unprepare'],
  );
});

test('an error thrown by the engine keeps its number', async () => {
  const {
    number,
    state,
    class: severity,
    lineNumber,
  } = await rejection(pool.request().batch('throw 2812'));
  assert.deepEqual(
    { number, state, severity, lineNumber },
    { number: 2812, state: 9, severity: 15, lineNumber: 3 },
  );
});

test('a value its column cannot hold is an error that names the column; rows before it stay', async () => {
  const request = pool.request();
  request.stream = true;
  const rows: unknown[] = [];
  request.on('row', (row) => rows.push(row));
  request.on('error', () => {});
  void request.batch('badrow');
  const [error] = await once(request, 'error');
  assert.equal(error.number, 8114);
  assert.match(
    error.message,
    /column 'small': 256 is no tinyint: it must be a whole number from 0 to 255/,
  );
  assert.deepEqual(rows, [{ small: 1 }]);
});

test('a fault of the engine ends its connection and no other', async (t) => {
  const other = new sql.ConnectionPool(mssqlConfig(echo.tds));
  t.after(() => other.close());
  await other.connect();
  other.on('error', () => {});
  const dying = session();
  const error = await rejection(other.request().batch('bug'));
  assert.equal(error.number, 596);
  assert.equal(error.class, 21);
  assert.equal(dying.closed, true);
  await pool.request().batch('counts 1');
  await other.request().batch('counts 1');
});

test('a message arrives while its procedure still runs', async () => {
  const request = pool.request();
  const info = once(request, 'info');
  const query = request.input('ms', sql.Int, 60_000).execute('wait');
  const outcome = rejection(query);
  const [{ message, procName, class: severity }] = await info;
  assert.deepEqual(
    { message, procName, severity },
    { message: 'waiting', procName: 'wait', severity: 0 },
  );
  request.cancel();
  assert.equal((await outcome).code, 'ECANCEL');
});

test('a change of database reaches the driver', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.send(type.batch, batchBody('use STEK'));
  const { body } = (await client.reply()) ?? assert.fail('cut');
  assert.equal(body.subarray(0, 3).toString('hex'), 'e31100');
  assert.equal(body.readUInt8(3), 1);
  assert.equal(body.toString('utf16le', 5, 13), 'STEK');
});

test('transactions begin, save, commit and roll back by their own requests', async () => {
  for (const isolation of [sql.ISOLATION_LEVEL.SERIALIZABLE, sql.ISOLATION_LEVEL.SNAPSHOT]) {
    const transaction = new sql.Transaction(pool);
    await transaction.begin(isolation);
    await new sql.Request(transaction).batch('counts 1');
    await transaction.commit();
  }
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  await transaction.rollback();
  const requests = session()
    .log.filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  assert.deepEqual(requests, [
    { kind: 'begin', name: '', isolationLevel: 'serializable' },
    { kind: 'commit', name: '' },
    { kind: 'begin', name: '', isolationLevel: 'snapshot' },
    { kind: 'commit', name: '' },
    { kind: 'begin', name: '', isolationLevel: 'read committed' },
    { kind: 'rollback', name: '' },
  ]);
});

test('the transaction the server names is the one the client names from then on', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  const begin = Buffer.concat([headers, Buffer.from('05000000', 'hex')]);
  client.send(type.transaction, begin);
  const body = (await client.reply())?.body ?? Buffer.alloc(0);
  assert.equal(body.subarray(0, 14).toString('hex'), 'e30b0008080807060504030201'.padEnd(28, '0'));
  const commitAndBegin = Buffer.concat([
    headers,
    Buffer.from('070004610062000102066e006d006500', 'hex'),
  ]);
  client.send(type.transaction, commitAndBegin);
  await client.reply();
  assert.equal(
    echo.backend.session('raw client').log.at(-1),
    '{"kind":"commit","name":"ab","begin":{"name":"nme","isolationLevel":"read committed"}}',
  );
});

test('a distributed transaction is refused and the connection stays', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.send(type.transaction, Buffer.concat([headers, Buffer.from('0000', 'hex')]));
  const reply = await client.reply();
  assert.equal(reply?.body.readInt32LE(3), 40510);
  client.send(type.batch, batchBody('counts 1'));
  assert.equal(lastDone(await client.reply()).rowCount, 1);
});

test('a pooled connection is reset before it is used again, and not in a transaction', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  for (const [status, expected] of [
    [0x09, 'reset false'],
    [0x11, 'reset true'],
  ] as const) {
    client.send(type.batch, batchBody('counts 1'), status);
    const reply = await client.reply();
    assert.equal(reply?.body.subarray(0, 6).toString('hex'), 'e30300120000');
    assert.deepEqual(echo.backend.session('raw client').log.slice(-2), [expected, 'counts 1']);
  }
});

test('bulk load: all types, NULL and names arrive as they are', async () => {
  const table = new sql.Table('crude.meter');
  table.create = false;
  table.columns.add('id', sql.Int, { nullable: false });
  table.columns.add('имя', sql.NVarChar(50), { nullable: true });
  table.columns.add('note', sql.NVarChar(sql.MAX), { nullable: true });
  table.columns.add('amount', sql.Decimal(12, 2), { nullable: true });
  table.columns.add('at', sql.DateTime2(3), { nullable: true });
  table.columns.add('raw', sql.VarBinary(10), { nullable: true });
  table.columns.add('text', sql.VarChar(20), { nullable: true });
  const moment = new Date('2019-07-01T12:34:56.789Z');
  table.rows.add(1, 'счётчик', 'Ž'.repeat(5000), 12.5, moment, Buffer.of(1, 2), 'žж');
  table.rows.add(2, null, null, null, null, null, null);
  for (let id = 3; id <= 5000; id++) {
    table.rows.add(id, `n${id}`, '', id, moment, Buffer.of(), '');
  }
  const result = await pool.request().bulk(table);
  assert.equal(result.rowsAffected, 5000);
  const { columns, rows } = session().bulk.at(-1) ?? assert.fail('no bulk load');
  assert.deepEqual(columns, [
    { name: 'id', type: 'int', nullable: false },
    { name: 'имя', type: 'nvarchar(50)', nullable: true },
    { name: 'note', type: 'nvarchar(max)', nullable: true },
    { name: 'amount', type: 'decimal(12, 2)', nullable: true },
    { name: 'at', type: 'datetime2(3)', nullable: true },
    { name: 'raw', type: 'varbinary(10)', nullable: true },
    { name: 'text', type: 'varchar(20)', nullable: true },
  ]);
  assert.deepEqual(rows[0], [
    1,
    'счётчик',
    'Ž'.repeat(5000),
    '12.50',
    '2019-07-01T12:34:56.789',
    new Uint8Array([1, 2]),
    'žж',
  ]);
  assert.deepEqual(rows[1], [2, null, null, null, null, null, null]);
  assert.equal(rows.length, 5000);
});

test('several procedure calls in one message are refused', async (t) => {
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  const call = Buffer.concat([
    Buffer.from('0100', 'hex'),
    Buffer.from('x', 'utf16le'),
    Buffer.from('0000', 'hex'),
  ]);
  client.send(type.rpc, Buffer.concat([headers, call, Buffer.of(0xff), call]));
  const reply = await client.reply();
  assert.equal(reply?.body.readInt32LE(3), 40510);
});
