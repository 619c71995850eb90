/** Encryption is on unless an address says otherwise: what a listener on the wire reads. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { soon } from '../support/storage.ts';

/** T-SQL and logins are UTF-16 on the wire. */
const written = (text: string) => Buffer.from(text, 'utf16le');
const statement = "SELECT N'in the clear' AS text";

let server: SqlServer;
let port: number;
let heard: Buffer[] = [];
const sockets = new Set<Socket>();
const listener = createServer((client) => {
  const upstream = connect(server.port, '127.0.0.1');
  for (const [from, into] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(from);
    from.on('error', () => into.destroy());
    from.on('data', (data) => heard.push(data));
    from.pipe(into);
  }
});

before(async () => {
  server = await startSqlServer({
    logins: { app: 'password' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  port = (listener.address() as AddressInfo).port;
});

after(async () => {
  for (const socket of sockets) socket.destroy();
  await once(listener.close(), 'close');
  await server.close();
});

async function ask(connectionString: string): Promise<Buffer> {
  heard = [];
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  try {
    assert.deepEqual(await databases.query('ab', statement, [], soon()), [
      { text: 'in the clear' },
    ]);
    return Buffer.concat(heard);
  } finally {
    await databases.close();
  }
}

const login = 'Database=AB;User Id=app;Password=password';
const structured = (members: object) =>
  JSON.stringify({
    server: 'localhost',
    port,
    database: 'AB',
    user: 'app',
    password: 'password',
    ...members,
  });

describe('encryption', () => {
  it('can be read by a listener when the address turns it off', async () => {
    const bytes = await ask(`Server=127.0.0.1,${port};${login};Encrypt=false`);
    assert.ok(bytes.includes(written(statement)));
  });

  const silent: [name: string, address: () => string][] = [
    ['a connection string', () => `Server=localhost,${port};${login};TrustServerCertificate=true`],
    ['the structured form', () => structured({ trustServerCertificate: true })],
  ];
  for (const [name, address] of silent) {
    it(`is on where ${name} says nothing of it`, async () => {
      const bytes = await ask(address());
      for (const text of [statement, 'in the clear', 'app']) {
        assert.ok(!bytes.includes(written(text)), text);
      }
    });
  }

  it('with a certificate that nobody has signed is refused, unless the address trusts it', async () => {
    for (const address of [`Server=localhost,${port};${login}`, structured({})]) {
      await assert.rejects(ask(address), { name: 'DatabaseError', message: /certificate/ });
    }
  });
});
