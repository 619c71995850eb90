import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { selfSignedCertificate } from 'tds-sqlite';
import { openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import { json, startScriptedHttps } from '../support/scripted-http.ts';

const never = new AbortController().signal;

async function startHttps(t: TestContext) {
  const { key, cert } = selfSignedCertificate();
  const tls = { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
  const http = await startScriptedHttps(tls, json({ winstrom: { success: 'true' } }));
  t.after(() => http.close());
  return http;
}

function open(t: TestContext, origin: string, trustServerCertificate: boolean, connectMs = 10_000) {
  const retry = { attempts: 2, baseMs: 1, capMs: 1 };
  const servers = new FlexibeeServers({ connectMs, retry });
  t.after(() => servers.close());
  const address = { origin, user: 'u', password: 'hush', trustServerCertificate };
  return openCompany({ code: 'flexi-demo', name: 'demo', address }, servers);
}

test('a self-signed certificate is refused, with the two ways out', async (t) => {
  const http = await startHttps(t);
  const company = open(t, http.origin, false);
  for (const work of [company.status(never), company.enable(never)]) {
    await assert.rejects(work, {
      name: 'FlexibeeError',
      kind: 'unreachable',
      message: /certificate of the server is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      cure: /TrustServerCertificate=true/,
    });
  }
  assert.deepEqual(http.requests, []);
});

test('with TrustServerCertificate it is taken, and the connection is kept', async (t) => {
  const http = await startHttps(t);
  const company = open(t, http.origin, true);
  assert.equal(await company.status(never), true);
  assert.equal(await company.status(never), true);
  assert.equal(http.connections, 1);
  await company.enable(never);
  assert.equal(http.requests.length, 3);
});

test('a server that accepts and then says nothing is given up before the deadline', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    t.after(() => socket.destroy());
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const company = open(t, `https://127.0.0.1:${port}`, true, 100);
  await assert.rejects(company.status(never), {
    kind: 'unreachable',
    message: /no connection within 0.1 s/,
    // Nothing of what was asked has got there: pages need not shrink.
    isTooMuch: false,
  });
});
