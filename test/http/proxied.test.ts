import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, mock, type TestContext, test } from 'node:test';
import { admit, openDoor } from '../../shared/http/proxied/door.ts';
import { fitsRoute, routeValues } from '../../shared/http/proxied/head.ts';

describe('the parameters of a route', () => {
  const cases: [route: string, target: string, values: Record<string, string>][] = [
    ['runs/{id}', '/runs/a', { id: 'a' }],
    ['runs/{id}', '/RUNS/a/?id=b&ID=c', { id: 'a' }],
    ['runs/{id}/log', '/runs/a%20b/log', { id: 'a b' }],
    ['{connection}/dynsql/{id}', '/ab/dynsql/x', { connection: 'ab', id: 'x' }],
    ['{code}/valid_names', '/%D0%B0/valid_names', { code: 'а' }],
    // An escaped slash stays one segment, as in the host; what is no escape stays as it is.
    ['{code}/valid_names', '/a%2Fb%2f/valid_names', { code: 'a%2Fb%2f' }],
    ['{code}/valid_names', '/%zz/valid_names', { code: '%zz' }],
    ['{code}/valid_names', '/__proto__/valid_names', { code: '__proto__' }],
    // Behind the prefix of host.json.
    ['runs/{id:guid?}', '/api/runs/a', { id: 'a' }],
    ['valid_codes', '/valid_codes?code=x', {}],
  ];
  for (const [route, target, values] of cases) {
    test(`${route} in ${target}`, () => {
      assert.deepEqual(routeValues(route, target), values);
      assert.ok(fitsRoute(route, target));
    });
  }

  test('paths of other routes do not fit', () => {
    for (const target of ['/', '/runs', '/runs/a', '/flexibee/a/log', '/runs//log']) {
      assert.equal(fitsRoute('runs/{id}/log', target), false, target);
    }
  });
});

/** Resolves when the door has it. */
function nextRequest(t: TestContext): Promise<unknown> {
  return new Promise((resolve) => {
    subscribe('http.server.request.start', resolve);
    t.after(() => unsubscribe('http.server.request.start', resolve));
  });
}

test('an invocation whose request never comes ends', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const waiting = admit({ invocationId: 'id', clientsName: undefined, fits: () => true });
  mock.timers.tick(15_000);
  await assert.rejects(waiting, /its client has gone/);
});

test('a request whose client has gone before its invocation comes can be read', async (t) => {
  const handed: IncomingMessage[] = [];
  const server = createServer((incoming) => handed.push(incoming)).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const uri = `http://127.0.0.1:${port}`;
  openDoor(uri);
  const client = request(`${uri}/entity_sync?a=b`, {
    method: 'POST',
    headers: { 'x-ms-invocation-id': 'gone', 'transfer-encoding': 'chunked' },
  });
  client.on('error', () => {});
  const announced = nextRequest(t);
  const connected = once(server, 'connection');
  client.write('{"user"');
  const [socket] = await connected;
  const closed = once(socket, 'close');
  await announced;
  client.destroy();
  await closed;
  await admit({ invocationId: 'gone', clientsName: undefined, fits: () => true });
  const [incoming] = handed;
  assert.ok(incoming);
  assert.deepEqual([incoming.method, incoming.url], ['POST', '/entity_sync?a=b']);
  const { method, headers, url = '' } = incoming;
  const body = incoming as unknown as ReadableStream;
  const read = new Request(uri + url, {
    method: method ?? '',
    body,
    duplex: 'half',
  } as RequestInit);
  assert.equal(headers['x-ms-invocation-id'], 'gone');
  assert.equal(await read.text(), '');
});

/** The door is at a server from its first request on. */
async function passed(port: number): Promise<void> {
  const headers = { 'x-ms-invocation-id': 'first' };
  const first = request({ port, host: '127.0.0.1', headers, agent: false }).end();
  const [[answer]] = await Promise.all([
    once(first, 'response') as Promise<[IncomingMessage]>,
    admit({ invocationId: 'first', clientsName: undefined, fits: () => true }),
  ]);
  answer.resume();
}

test('a head that cannot be read is answered, as too large or as none', async (t) => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  openDoor(`http://127.0.0.1:${port}`);
  await passed(port);
  for (const [head, status] of [
    [
      `GET / HTTP/1.1\r\nX-Long: ${'y'.repeat(70_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
    ['no request at all\r\n\r\n', '400 Bad Request'],
  ] as const) {
    const socket = connect(port, '127.0.0.1').end(head);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    assert.equal(String(bytes).split('\r\n')[0], `HTTP/1.1 ${status}`);
  }
});

test('a call whose head is refused ends at once, also under a name of its client’s', async (t) => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  openDoor(`http://127.0.0.1:${port}`);
  await passed(port);
  const fits = ({ url }: { url?: string | undefined }) => url === '/runs';
  for (const [id, name, isFirst] of [
    [randomUUID(), undefined, true],
    [randomUUID(), undefined, false],
    [randomUUID(), 'mine', true],
  ] as const) {
    const call = () => admit({ invocationId: id, clientsName: name, fits });
    const waiting = isFirst ? assert.rejects(call(), /head of this request cannot be read/) : null;
    const socket = connect(port, '127.0.0.1');
    socket.end(`GET /runs HTTP/1.1\r\nX: \u0001\r\nX-Ms-Invocation-Id: ${name ?? id}\r\n\r\n`);
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 400 /);
    socket.destroy();
    await (waiting ?? assert.rejects(call(), /head of this request cannot be read/));
  }
});

const unpaired: [named: string, status: number, type: string][] = [
  ['0f8fad5b-d9cb-469f-a165-70867728950e', 503, 'unavailable'],
  ['mine', 400, 'invalid-value'],
];
for (const [named, status, type] of unpaired) {
  test(`a request named ${named} whose call never comes is a ${status}`, async (t) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    openDoor(`http://127.0.0.1:${port}`);
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    const headers = { 'x-ms-invocation-id': named };
    const announced = nextRequest(t);
    const asked = request({ port, host: '127.0.0.1', headers, agent: false }).end();
    await announced;
    mock.timers.tick(15_000);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const problem = JSON.parse(await text(answer));
    assert.deepEqual([answer.statusCode, problem.status], [status, status]);
    assert.equal(problem.type, `urn:syncboard:problem:${type}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(answer.headers['retry-after'], status === 503 ? '10' : undefined);
    assert.equal(/x-ms-invocation-id/.test(problem.detail), status === 400);
  });
}
