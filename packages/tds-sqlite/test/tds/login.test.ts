import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import sql from 'mssql';
import { mssqlConfig, startEcho } from './echo-backend.ts';
import { loginBody, packet, preloginBody, RawClient, type } from './raw-client.ts';

const echo = await startEcho();
after(() => echo.tds.close());

async function refusal(
  config: sql.config,
): Promise<{ code: string; number?: number; message: string }> {
  const pool = new sql.ConnectionPool(config);
  try {
    await pool.connect();
  } catch (error) {
    const { code, message, originalError } = error as sql.ConnectionError & {
      originalError: Error;
    };
    const inner = [originalError, ...((originalError as AggregateError).errors ?? [])];
    const number = inner.map((each) => (each as { number?: number }).number).find(Boolean);
    return { code, message, ...(number && { number }) };
  } finally {
    await pool.close();
  }
  return assert.fail('the login was accepted');
}

test('a login tells the backend who comes, a password in Russian included', async () => {
  const pool = await new sql.ConnectionPool({
    ...mssqlConfig(echo.tds, { appName: 'syncboard ž' }),
  }).connect();
  const { login, spid } = echo.backend.sessions.at(-1) ?? assert.fail('no session');
  assert.equal(login.user, 'sa');
  assert.equal(login.database, 'HCS');
  assert.equal(login.applicationName, 'syncboard ž');
  assert.equal(login.libraryName, 'Tedious');
  assert.equal(login.serverName, '127.0.0.1');
  assert.ok(login.hostName);
  assert.ok(spid >= 51);
  await pool.close();
});

test('a wrong password is 18456', async () => {
  const error = await refusal({ ...mssqlConfig(echo.tds), password: 'wrong' });
  assert.equal(error.code, 'ELOGIN');
  assert.equal(error.message, "Login failed for user 'sa'.");
});

test('an unknown database is 4060, then 18456', async (t) => {
  const error = await refusal({ ...mssqlConfig(echo.tds), database: 'нет' });
  assert.equal(error.code, 'ELOGIN');
  const client = await RawClient.login(t, echo.tds, { database: 'нет' });
  const body = (await client.reply())?.body ?? Buffer.alloc(0);
  const numbers = [];
  for (let at = 0; body[at] === 0xaa; at += body.readUInt16LE(at + 1) + 3) {
    numbers.push(body.readInt32LE(at + 3));
  }
  assert.deepEqual(numbers, [4060, 18456]);
  await client.closed;
});

test('integrated authentication is refused by 18452', async (t) => {
  const body = loginBody();
  body[25] = 0x80;
  const client = await RawClient.connect(t, echo.tds);
  client.send(type.prelogin, preloginBody);
  await client.reply();
  client.send(type.login, body);
  const reply = (await client.reply())?.body ?? Buffer.alloc(0);
  assert.equal(reply.readInt32LE(3), 18452);
  await client.closed;
});

test('a client that speaks TDS 7.2 or less is told so', async (t) => {
  const client = await RawClient.login(t, echo.tds, { version: 0x72090002 });
  const reply = (await client.reply())?.body ?? Buffer.alloc(0);
  assert.equal(reply.readInt32LE(3), 18456);
  assert.match(reply.toString('utf16le', 11), /speaks TDS 0x72090002; this server speaks 7\.3/);
  await client.closed;
});

for (const { asked, given } of [
  { asked: 512, given: 512 },
  { asked: 16_000, given: 16_000 },
  { asked: 0, given: 4096 },
  { asked: 1, given: 512 },
  { asked: 0xffffffff, given: 32_767 },
]) {
  test(`packets of ${asked} bytes are made ${given}`, async (t) => {
    const client = await RawClient.login(t, echo.tds, { size: asked });
    await client.reply();
    const statement = `select [["a","varchar(max)","${'x'.repeat(70_000)}"]]`;
    const body = Buffer.concat([
      Buffer.from('16000000120000000200000000000000000001000000', 'hex'),
      Buffer.from(statement, 'utf16le'),
    ]);
    for (let at = 0; at < body.length; at += 4088) {
      client.socket.write(
        packet(type.batch, body.subarray(at, at + 4088), at + 4088 < body.length ? 0 : 1),
      );
    }
    const reply = await client.reply();
    assert.equal(Math.max(...(reply?.packets ?? [])), given);
    assert.ok(reply?.body.includes('x'.repeat(70_000)));
  });
}

test('a client with encryption gets it once it trusts the certificate', async () => {
  const untrusting = mssqlConfig(echo.tds, { encrypt: true, trustServerCertificate: false });
  assert.match((await refusal(untrusting)).message, /self-signed certificate/);

  const pool = await new sql.ConnectionPool(mssqlConfig(echo.tds, { encrypt: true })).connect();
  const text = 'Žluťoučký жук '.repeat(100_000);
  const { recordset } = await pool
    .request()
    .input('text', sql.NVarChar(sql.MAX), text)
    .execute('echo');
  assert.equal(recordset[0].text, text);
  const request = pool.request();
  request.once('info', () => request.cancel());
  await assert.rejects(request.batch('wait 60000'), { code: 'ECANCEL' });
  await pool.close();
});
