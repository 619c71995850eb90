/** What a process keeps of companies, and that it lets go of it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { CompaniesMemory } from '../../shared/app/companies-memory.ts';
import { openCompany } from '../../shared/flexibee/client.ts';
import { soon } from '../support/storage.ts';

test('a company is opened once for all who ask alike, and its connections are kept until the end', async (t) => {
  const sockets: Socket[] = [];
  const page = { winstrom: { '@globalVersion': '8', changes: [], next: 'none' } };
  // It lets no connection go by itself.
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
  });
  server.on('connection', (socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const memory = new CompaniesMemory();
  const credentials = { user: 'jan', password: 'hush-hush' };
  const address = { origin, ...credentials, trustServerCertificate: false };
  const open = (name = 'demo') =>
    memory.company([name], () =>
      openCompany({ code: 'flexi-demo', name, address }, memory.servers),
    );
  assert.equal(open(), open());
  assert.notEqual(open(), open('other'));
  for (const company of [open(), open('other')]) {
    assert.equal(await company.newestVersion(soon()), 8);
  }
  const [socket, ...others] = sockets;
  assert.ok(socket);
  assert.deepEqual(others, []);
  memory.close();
  if (!socket.closed) await once(socket, 'close', { signal: soon() });
});
