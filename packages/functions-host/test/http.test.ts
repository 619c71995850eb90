import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Azurite } from 'stand-in-kit/azurite';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import { type AppFolder, createAppFolder } from '../testing/app-folder.ts';
import { type HostProcess, startHostProcess } from '../testing/host-process.ts';

const hostJson = { extensions: { http: { routePrefix: '' } } };
const source = new URL('fixtures/app.ts', import.meta.url);

let azurite: Azurite;
let folder: AppFolder;
let streaming: HostProcess;
let whole: HostProcess;

before(async () => {
  azurite = await startAzurite();
  folder = await createAppFolder({
    source,
    hostJson,
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      SCHEDULE: '0 0 0 1 1 *',
      'AzureWebJobs.off.Disabled': 'true',
    },
  });
  [streaming, whole] = await Promise.all([
    startHostProcess(folder.directory),
    startHostProcess(folder.directory, { STREAM: 'false' }),
  ]);
});

after(async () => {
  await Promise.all([streaming.stop(), whole.stop()]);
  await azurite.close();
  await folder.remove();
});

for (const mode of ['streaming', 'whole'] as const) {
  describe(`${mode}: `, () => {
    const host = (): HostProcess => (mode === 'streaming' ? streaming : whole);

    test('request and response arrive unchanged', async () => {
      const response = await fetch(`${host().url}/ECHO/5?x=1&y=a%20b`, {
        method: 'POST',
        headers: { 'x-custom': 'c', 'content-type': 'text/plain' },
        body: 'привет',
      });
      assert.equal(response.status, 201);
      assert.equal(response.headers.get('x-answer'), 'yes');
      assert.equal(response.headers.get('content-type'), 'application/json');
      // Written by the app's library when it streams, by the host otherwise.
      const cookie = response.headers.get('set-cookie')?.toLowerCase().split('; ').sort();
      assert.deepEqual(cookie, ['a=b', 'httponly', 'path=/', 'samesite=lax']);
      const echo = (await response.json()) as Record<string, unknown>;
      assert.deepEqual(echo, {
        method: 'POST',
        url: `${host().url}/ECHO/5?x=1&y=a%20b`,
        params: mode === 'streaming' ? { x: '1', y: 'a b', id: '5' } : { id: '5' },
        query: { x: '1', y: 'a b' },
        custom: 'c',
        body: 'привет',
      });
    });

    test('404, also for another method, a function without a route, and one that is off', async () => {
      const status = async (path: string, method = 'GET'): Promise<number> =>
        (await fetch(host().url + path, { method })).status;
      assert.equal(await status('/nowhere'), 404);
      assert.equal(await status('/echo/word'), 404);
      assert.equal(await status('/off'), 404);
      assert.equal(await status('/without-route'), 200);
      const response = await fetch(`${host().url}/upload`);
      assert.equal(response.status, 404);
      assert.equal(response.headers.get('allow'), null);
      assert.equal(await response.text(), '');
    });

    test("the host's own page is where no function has the empty path", async () => {
      const response = await fetch(`${host().url}/?x=1`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/html');
      assert.match(await response.text(), /up and running/);
    });

    test('of two routes that fit, the function first by name answers', async () => {
      assert.equal(await (await fetch(`${host().url}/a/fixed`)).text(), 'a');
      assert.equal(await (await fetch(`${host().url}/b/fixed`)).text(), 'b');
    });

    test('log lines carry function, invocation and level', async () => {
      const id = await (await fetch(`${host().url}/logs`)).text();
      await host().line(new RegExp(`Executed 'logs' \\(Succeeded, Id=${id}`));
      const lines = host().lines.filter((line) => line.includes(`[logs ${id.slice(0, 8)}] at`));
      assert.deepEqual(
        lines.map((line) => line.replace(/^\S+Z /, '').replace(/ \[.*\]/, '')),
        ['INFO  at\\ninfo', 'WARN  at warning', 'ERROR at error'],
      );
    });

    test('more than 100 MiB is refused before it is read', async () => {
      const upload = request(`${host().url}/upload`, {
        method: 'POST',
        headers: { 'content-length': 104_857_601 },
      });
      upload.on('error', () => {});
      upload.flushHeaders();
      const [response] = await once(upload, 'response');
      assert.equal(response.statusCode, 413);
      upload.destroy();
    });
  });
}

test('whole: a handler that throws is a bare 500', async () => {
  const response = await fetch(`${whole.url}/throws`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), '');
  await whole.line(/ERROR \[throws .*Executed 'throws' \(Failed.*as told/);
});

test('whole: a chunked body does not reach the function, as at the real host', async () => {
  const chunked = request(`${whole.url}/echo`, { method: 'POST' });
  chunked.write('one');
  chunked.end('two');
  const [response] = await once(chunked, 'response');
  const echo = JSON.parse((await response.toArray()).join(''));
  assert.equal(echo.body, '');
});

test('streaming: a handler that throws leaves its caller waiting, as at the real host', async () => {
  const leave = new AbortController();
  const response = fetch(`${streaming.url}/throws`, { signal: leave.signal });
  await streaming.line(/ERROR \[throws .*Executed 'throws' \(Failed.*as told/);
  const first = await Promise.race([
    response,
    new Promise((resolve) => setTimeout(resolve, 200, 'waiting')),
  ]);
  assert.equal(first, 'waiting');
  leave.abort();
  await assert.rejects(response, { name: 'AbortError' });
});

test('streaming: chunks pass both ways one by one', async () => {
  const mirror = request(`${streaming.url}/mirror`, { method: 'POST' });
  mirror.write('one');
  const [response] = await once(mirror, 'response');
  response.setEncoding('utf8');
  assert.deepEqual(await once(response, 'data'), ['one']);
  mirror.write('two');
  assert.deepEqual(await once(response, 'data'), ['two']);
  mirror.end();
  response.resume();
  await once(response, 'end');
});

test('streaming: a large chunked upload arrives whole', async () => {
  const chunk = new Uint8Array(1 << 20);
  const body = new ReadableStream({
    start: (controller) => {
      for (let n = 0; n < 32; n += 1) controller.enqueue(chunk);
      controller.close();
    },
  });
  const response = await fetch(`${streaming.url}/upload`, { method: 'POST', body, duplex: 'half' });
  assert.deepEqual(await response.json(), { bytes: 32 << 20 });
});

test('a body that does not come: 408 as soon as it is too slow, streamed or not, and nothing waits', async () => {
  const stops = async (host: HostProcess, framing: string): Promise<string> => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    socket.write(`POST /upload?tag=stops HTTP/1.1\r\nHost: x\r\n${framing}`);
    return (await socket.toArray()).join('');
  };
  const declared = 'Content-Length: 100000\r\n\r\nabc';
  const chunked = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
  const kinds = [stops(streaming, declared), stops(streaming, chunked), stops(whole, declared)];
  for (const text of await Promise.all(kinds)) {
    assert.match(text, /^HTTP\/1.1 408 .*\r\nconnection: close\r\n/is);
  }
  // What waited in the function has ended with it.
  const [, id] = /\[upload (\w+)\]/.exec(await streaming.line(/upload began stops/)) ?? [];
  await streaming.line(new RegExp(`Executed 'upload' \\((Failed|Client gone), Id=${id}`));
});

test('streaming: a client that leaves ends the request in the handler', async () => {
  const upload = request(`${streaming.url}/upload?tag=gone`, { method: 'POST' });
  upload.on('error', () => {});
  upload.write('some');
  const [, id] = /\[upload (\w+)\]/.exec(await streaming.line(/upload began gone/)) ?? [];
  upload.destroy();
  await streaming.line(new RegExp(`Executed 'upload' \\((Failed|Client gone), Id=${id}`));
});

test('streaming: a client’s own x-ms-invocation-id is kept, as at the real host', async () => {
  const leave = new AbortController();
  const answer = fetch(`${streaming.url}/echo`, {
    headers: { 'x-ms-invocation-id': 'forged' },
    signal: leave.signal,
  });
  // The library waits for a request of the invocation's own id.
  await streaming.line(/Executing 'echo'/);
  const first = await Promise.race([
    answer,
    new Promise((resolve) => setTimeout(resolve, 200, 'waiting')),
  ]);
  assert.equal(first, 'waiting');
  leave.abort();
  await assert.rejects(answer, { name: 'AbortError' });
});

test('streaming: the client cannot name the origin', async () => {
  const response = await fetch(`${streaming.url}/echo`, {
    headers: {
      'x-forwarded-host': 'forged',
      'x-forwarded-proto': 'https',
    },
  });
  assert.equal(response.status, 201);
  assert.equal(((await response.json()) as { url: string }).url, `${streaming.url}/echo`);
});

test('an odd path or host is refused, and the host lives on', async () => {
  const cases = [
    ['/%', 'x', 404],
    ['/echo', 'a b', 400],
    ['//evil.example/echo', 'x', 404],
    ['/echo/../upload', 'x', 404],
  ] as const;
  for (const [path, host, status] of cases) {
    const odd = request({
      host: '127.0.0.1',
      port: new URL(whole.url).port,
      path,
      headers: { host },
    });
    odd.end();
    const [response] = await once(odd, 'response');
    response.resume();
    assert.equal(response.statusCode, status, path);
  }
});

for (const [what, head, status] of [
  ['no host, in HTTP/1.0', 'GET /slow/1 HTTP/1.0\r\n', 200],
  ['an empty one', 'GET /slow/1 HTTP/1.1\r\nHost:\r\n', 200],
  [
    'one that a header of the connection names',
    'GET /slow/1 HTTP/1.1\r\nHost: x\r\nConnection: host\r\n',
    200,
  ],
  ['one with a path', 'GET /nowhere HTTP/1.1\r\nHost: x/slow/1?\r\n', 400],
  ['one with another path', 'GET /nowhere HTTP/1.1\r\nHost: x\\slow\\1?\r\n', 400],
  ['one with a user', 'GET /slow/1 HTTP/1.1\r\nHost: a@b\r\n', 400],
  ['the whole server', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n', 404],
] as const) {
  test(`the host's name is no part of the path: ${what} is ${status}`, async () => {
    const socket = connect(Number(new URL(streaming.url).port), '127.0.0.1');
    socket.write(`${head}\r\n`);
    const [text] = await once(socket, 'data');
    socket.destroy();
    assert.match(String(text), new RegExp(`^HTTP/1.1 ${status} `));
  });
}

test('a client that leaves is no error, whatever is under way', async () => {
  const seen = streaming.lines.length;
  const leave = new AbortController();
  const answer = fetch(`${streaming.url}/slow/300`, { signal: leave.signal });
  await streaming.line(/slow began/);
  leave.abort();
  await assert.rejects(answer);
  await streaming.line(/INFO .*Executed 'slow' \(Client gone/);
  const errors = streaming.lines.slice(seen).filter((line) => line.includes(' ERROR '));
  assert.deepEqual(errors, []);
});

test('a chunked body of a GET is a body, not another request', async () => {
  const seen = streaming.lines.length;
  const get = request(`${streaming.url}/slow/1`, { headers: { 'transfer-encoding': 'chunked' } });
  get.end(`GET /slow/2 HTTP/1.1\r\nHost: x\r\n\r\n${'x'.repeat(100_000)}`);
  const [response] = await once(get, 'response');
  assert.equal(response.statusCode, 200);
  assert.equal((await response.toArray()).join(''), 'done');
  const errors = streaming.lines.slice(seen).filter((line) => line.includes(' ERROR '));
  assert.deepEqual(errors, []);
});

test('requests of one connection run one after another, and none once its client has gone', async () => {
  const { port } = new URL(streaming.url);
  const seen = streaming.lines.length;
  const executed = (word: string) =>
    streaming.lines.slice(seen).filter((line) => line.includes(`${word} 'slow'`)).length;
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /slow/50 HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    // Each has ended before the next begins.
    assert.ok(executed('Executing') - executed('Executed') <= 1);
    if (text.split('HTTP/1.1 200').length === 4 && text.endsWith('done\r\n0\r\n\r\n')) break;
  }
  const before = executed('Executing');
  assert.equal(before, 3);
  const leaver = connect(Number(port), '127.0.0.1');
  leaver.end('GET /slow/50 HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(6));
  await once(leaver.resume(), 'close');
  assert.equal((await fetch(`${streaming.url}/slow/1`)).status, 200);
  await streaming.line(/Executed 'slow' .*Succeeded/);
  assert.ok(executed('Executing') <= before + 2, 'those behind the first were begun');
  while (executed('Executed') < executed('Executing')) await setImmediate();
});

for (const { CORS, CORSCredentials, origin, allowed } of [
  { CORS: '*', CORSCredentials: true, origin: 'https://a.example', allowed: '*' },
  {
    CORS: 'https://a.example, https://b.example',
    CORSCredentials: true,
    origin: 'https://b.example',
    allowed: 'https://b.example',
  },
  { CORS: 'https://a.example', CORSCredentials: false, origin: 'https://c.example', allowed: null },
]) {
  test(`Host.CORS "${CORS}" and ${origin}: ${allowed}`, async (t) => {
    const open = await createAppFolder({ source: new URL('fixtures/hello.ts', import.meta.url) });
    t.after(open.remove);
    const json = JSON.stringify({ Values: {}, Host: { CORS, CORSCredentials } });
    await writeFile(`${open.directory}/local.settings.json`, json);
    const host = await startHostProcess(open.directory);
    t.after(() => host.stop());
    const preflight = await fetch(`${host.url}/api/hello`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    assert.equal(preflight.status, 204);
    const of = ({ headers }: Response, what: string) => headers.get(`access-control-allow-${what}`);
    assert.equal(of(preflight, 'origin'), allowed);
    assert.equal(of(preflight, 'methods'), allowed && 'POST');
    assert.equal(of(preflight, 'headers'), allowed && 'authorization');
    const answers = [fetch(`${host.url}/api/hello`, { headers: { origin } })];
    answers.push(fetch(`${host.url}/none`, { headers: { origin } }));
    for (const answer of await Promise.all(answers)) {
      assert.equal(of(answer, 'origin'), allowed);
      const credentials = allowed !== null && allowed !== '*' && CORSCredentials;
      assert.equal(of(answer, 'credentials'), credentials ? 'true' : null);
    }
    // A call that names no origin is not one of a browser's.
    assert.equal(of(await fetch(`${host.url}/api/hello`), 'origin'), null);
  });
}
