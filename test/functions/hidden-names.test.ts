/**
 * Nothing that a client names hides what the host says: over real HTTP, in the hosted app, where
 * body members, query and route are one dictionary without case.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type Describes, describedAt } from '../support/described.ts';
import { type PackagedApp, startPackagedApp } from '../support/packaged-app.ts';

const authorization = 'Bearer demo-token';

let app: PackagedApp;
let describes: Describes;
before(async () => {
  app = await startPackagedApp();
  describes = await describedAt(app.url);
});
after(() => app.close());

interface Answer {
  status: number;
  text: string;
}

async function call(
  method: string,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const asked = new Headers({
    authorization,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  const response = await fetch(app.url + path, {
    method,
    headers: asked,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(60_000),
  });
  const { status, headers: answered } = response;
  const text = await response.text();
  describes({ method, path, status, headers: answered, text, asked: { headers: asked, body } });
  return { status, text };
}

describe('the query', () => {
  const refused: [path: string, parameter: string][] = [
    ['/payment/is_dated?NAME=bank_code', 'NAME'],
    ['/payment/is_dated?name=bank_code&Headers=x', 'name'],
    ['/0c10/valid_names?Code=mo', 'Code'],
    ['/0c10/valid_names?CODE=mo&Query=x&query=y', 'CODE'],
    ['/runs/zd38m9z2l-b5hscz?ID=y&id=z', 'ID'],
    ['/flexibee/flexi-demo/changes/status?company=x', 'company'],
    ['/valid_codes?headers=x&__proto__=x', 'headers'],
  ];
  for (const [path, parameter] of refused) {
    test(`${path} has a parameter that is none, and hides nothing`, async () => {
      const { status, text } = await call('GET', path);
      assert.equal(status, 400, text);
      assert.match(text, new RegExp(`Unknown query parameter: ${parameter}\\.`));
    });
  }

  for (const name of ['headers', 'Headers', 'HEADERS']) {
    test(`?${name}=x leaves the token where it is`, async () => {
      assert.notEqual((await call('GET', `/runs?${name}=x`)).status, 401);
    });
  }
});

describe('the body', () => {
  const members: object[] = [
    { headers: 1 },
    { Headers: { 'a b': 'x' } },
    { Headers: { 'content-type': 'text/plain' } },
    { HEADERS: { 'x-ms-invocation-id': 'another' } },
    { Query: 'x', query: {} },
    { Headers: { __proto__x: 'Ā' } },
  ];
  for (const member of members) {
    test(`${JSON.stringify(member)} beside a wrong token: 401`, async () => {
      const body = JSON.stringify({ ...member, token: 'wrong', user: 'me' });
      const answer = await call('POST', '/entity_sync', { body });
      assert.equal(answer.status, 401, answer.text);
    });
  }

  test('members named as parameters of the route', async () => {
    const body = JSON.stringify({ Company: 'x', company: 'y', headers: {} });
    const path = '/flexibee/none/poll';
    const answer = await call('POST', path, { body });
    assert.deepEqual(answer, await call('POST', path));
    assert.match(answer.text, /no company none/i);
  });

  test('a member 10,000 deep is answered', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const body = `{"token":"wrong","user":{"a":${deep}},"x":{"y":${deep}}}`;
    const answer = await call('POST', '/entity_sync', { body });
    assert.ok([400, 401].includes(answer.status), `${answer.status} ${answer.text}`);
  });
});

describe('the head', () => {
  const headers: Record<string, string>[] = [
    { 'x-ms-invocation-id': 'mine' },
    { 'x-ms-invocation-id': '' },
    { 'x-ms-invocation-id': 'one, two' },
    { 'x-forwarded-host': 'a:b@c/d?' },
    { 'x-forwarded-proto': 'ftp' },
    { headers: 'x', query: 'y', name: 'z' },
  ];
  for (const more of headers) {
    test(`${JSON.stringify(more)} changes nothing`, async () => {
      const plain = await call('GET', '/payment/is_dated');
      assert.deepEqual(await call('GET', '/payment/is_dated', { headers: more }), plain);
    });
  }

  test('of calls that a client has named alike each gets its own answer', async () => {
    const names = { headers: { 'x-ms-invocation-id': 'same' } };
    const paths = Array.from({ length: 40 }, (_, n) => [
      `/none-${n}/is_dated`,
      `/none-${n}/valid_names`,
    ]).flat();
    const answers = await Promise.all(paths.map((path) => call('GET', path, names)));
    for (const [index, { status, text }] of answers.entries()) {
      assert.equal(status, 404);
      assert.match(text, new RegExp(`Invalid (name|code) value: none-${index >> 1}\\.`));
    }
  });

  test('a name that is hidden as well gets an answer', async () => {
    const body = '{"Headers":1}';
    const answer = await call('POST', '/entity_sync', {
      body,
      headers: { 'x-ms-invocation-id': 'mine' },
    });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /x-ms-invocation-id/);
  });
});

test('methods that are not registered are the host’s bare 404', async () => {
  for (const method of ['PROPFIND', 'TRACE', 'MKCOL', 'M-SEARCH']) {
    const odd = request(`${app.url}/valid_codes`, { method });
    odd.end();
    const [response] = await once(odd, 'response');
    assert.equal(response.statusCode, 404, method);
    assert.equal(response.headers.allow, undefined);
    assert.equal((await response.toArray()).join(''), '');
  }
});

test('pipelined calls with a half-close end, and so do their invocations', async () => {
  const { port } = new URL(app.url);
  const one = `GET /valid_codes HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (let round = 0; round < 9; round += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(one.repeat(6));
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
  }
  // Whatever has begun has ended once the host leaves: it waits for what runs.
  const began = performance.now();
  const worker = await app.worker();
  const other = connect(Number(new URL(worker.url).port), '127.0.0.1');
  other.end(one.repeat(6));
  other.on('error', () => {});
  await once(other.resume(), 'close');
  assert.equal(await worker.stop(), 0);
  assert.ok(!worker.lines.some((line) => /left while running/.test(line)), worker.lines.join('\n'));
  assert.ok(performance.now() - began < 60_000);
});

test('a client that leaves is no error', async () => {
  const leave = new AbortController();
  const answer = fetch(`${app.url}/valid_codes`, { signal: leave.signal }).catch(() => {});
  leave.abort();
  await answer;
  const slow = request(`${app.url}/entity_sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  });
  slow.on('error', () => {});
  slow.write('{');
  await app.line(/Executing 'entity_sync'/);
  slow.destroy();
  await app.line(/Executed 'entity_sync'/);
  assert.equal((await call('GET', '/valid_codes')).status, 200);
  assert.deepEqual(
    app.lines.filter((line) => /ERROR/.test(line) && /PREMATURE|did not answer/.test(line)),
    [],
  );
});

test('a head as long as the host lets pass is as any other, whatever comes behind it', async () => {
  const { port } = new URL(app.url);
  const begun = app.lines.length;
  const body = 'x'.repeat(400_000);
  for (const [line, length, status] of [
    ['GET /sync_status', 17_000, 200],
    ['GET /sync_status', 30_000, 200],
    ['PUT /sync_status', 20_000, 405],
    ['POST /entity_sync', 30_000, 415],
  ] as const) {
    const head = `X-Long: ${'y'.repeat(length)}\r\nHost: x\r\nTransfer-Encoding: chunked`;
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`${line} HTTP/1.1\r\n${head}\r\n\r\n`);
    socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    assert.match(String(answer), new RegExp(`^HTTP/1\\.1 ${status} `), `${line} ${length}`);
  }
  assert.ok(!app.lines.slice(begun).some((line) => /has not come/.test(line)));
});
