import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import sql from 'mssql';
import { startTdsServer } from '../../src/tds/server.ts';
import { EchoBackend, mssqlConfig, startEcho } from './echo-backend.ts';
import { batchBody, lastDone, RawClient, type } from './raw-client.ts';

test('a hundred connections at once are served side by side', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.tds.close());
  const pool = new sql.ConnectionPool({ ...mssqlConfig(echo.tds), pool: { max: 100 } });
  await pool.connect();
  // A transaction keeps its connection: none is used twice, however slow the machine is.
  const transactions = Array.from({ length: 100 }, () => new sql.Transaction(pool));
  await Promise.all(transactions.map((transaction) => transaction.begin()));
  assert.ok(echo.tds.connections() >= 100);
  const work = transactions.map(async (transaction, number) => {
    await transaction.request().batch('wait 500');
    const request = transaction.request().input('n', sql.Int, number);
    const { recordset } = await request.query('select @n');
    assert.equal(recordset[0].n, number);
    await transaction.rollback();
  });
  await Promise.all(work);
  await pool.close();
  while (echo.tds.connections() > 0) {
    await delay(5);
  }
});

test('a slow reader holds the rows back, and memory stays flat', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.tds.close());
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.socket.removeAllListeners('data');
  client.socket.pause();
  const session = echo.backend.session('raw client');
  const rows = 1_000_000;
  client.send(type.batch, batchBody(`stream ${rows}`));
  // The kernel's buffers fill first; then the session makes no more.
  let seen = -1;
  while (session.streamed !== seen || seen === 0) {
    seen = session.streamed;
    await delay(100);
  }
  assert.ok(seen < rows / 2, `${seen} rows were made for a client that reads none`);
  const before = process.memoryUsage();
  let [received, peak] = [0, 0];
  let tail = Buffer.alloc(0);
  client.socket.on('data', (chunk) => {
    received += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-13);
    const now = process.memoryUsage();
    peak = Math.max(peak, now.external + now.heapUsed);
  });
  client.socket.resume();
  while (session.streamed < rows || tail.readUInt8(0) !== 0xfd) {
    await once(client.socket, 'data');
  }
  assert.deepEqual(lastDone({ body: tail, packets: [] }), {
    token: 0xfd,
    status: 0x10,
    rowCount: rows,
  });
  assert.ok(received > rows * 40);
  const grown = (peak - before.external - before.heapUsed) / 1e6;
  assert.ok(grown < 64, `memory grew by ${grown} MB while ${received / 1e6} MB were streamed`);
});

test('a paused stream that is cancelled ends', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.tds.close());
  const client = await RawClient.login(t, echo.tds);
  await client.reply();
  client.socket.pause();
  client.send(type.batch, batchBody('stream 10000000'));
  const session = echo.backend.session('raw client');
  let seen = -1;
  while (session.streamed !== seen || seen === 0) {
    seen = session.streamed;
    await delay(100);
  }
  client.send(type.attention, Buffer.alloc(0));
  client.socket.resume();
  assert.equal(lastDone(await client.reply()).status, 0x02);
  assert.equal(lastDone(await client.reply()).status, 0x20);
  assert.ok(session.streamed < 10_000_000);
});

test('a client that never logs in is cut after 15 s', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const tds = await startTdsServer(new EchoBackend(), { port: 0 });
  t.after(() => tds.close());
  const socket = connect(tds.port, '127.0.0.1');
  await once(socket, 'connect');
  while (tds.connections() === 0) {
    await new Promise(setImmediate);
  }
  t.mock.timers.tick(14_999);
  assert.equal(tds.connections(), 1);
  t.mock.timers.tick(1);
  await once(socket, 'close');
});

test('close cuts every connection, in whatever state, and closes its session', async () => {
  const echo = await startEcho();
  const clients = [connect(echo.tds.port, '127.0.0.1')];
  await once(clients[0] ?? assert.fail(), 'connect');
  const pool = new sql.ConnectionPool(mssqlConfig(echo.tds));
  pool.on('error', () => {});
  await pool.connect();
  const request = pool.request();
  const running = assert.rejects(request.batch('wait 60000'));
  await once(request, 'info');
  await echo.tds.close();
  await running;
  assert.deepEqual(
    echo.backend.sessions.filter(({ closed }) => !closed),
    [],
  );
  assert.equal(echo.tds.connections(), 0);
  await assert.rejects(RawClient.connect({ after() {} } as never, echo.tds), {
    code: 'ECONNREFUSED',
  });
  await pool.close();
});

test('a port that is taken is a clear error', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.tds.close());
  await assert.rejects(startTdsServer(new EchoBackend(), { port: echo.tds.port }), {
    code: 'EADDRINUSE',
    message: new RegExp(String(echo.tds.port)),
  });
});
