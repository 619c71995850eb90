import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { Limits } from '../../shared/outbound/servers.ts';
import { json, type Reply, reset, startScriptedHttp, status } from '../support/scripted-http.ts';

const never = new AbortController().signal;
const quick = { retry: { attempts: 4, baseMs: 1, capMs: 2 } };

const empty = { winstrom: { '@globalVersion': '5', changes: [], next: 'none' } };
const refusal = (message: string) => ({ winstrom: { success: 'false', message } });
const on = json({ winstrom: { success: 'true' } });
const off = json({ winstrom: { success: 'false' } });

async function open(t: TestContext, replies: Reply[], options: Partial<Limits> = {}) {
  const http = await startScriptedHttp(...replies);
  const servers = new FlexibeeServers({ ...quick, ...options });
  t.after(() => {
    servers.close();
    return http.close();
  });
  const address = {
    origin: http.origin,
    user: 'jan',
    password: 'hush-hush',
    trustServerCertificate: false,
  };
  const company = openCompany({ code: 'flexi-demo', name: 'demo', address }, servers);
  const changes = (signal = never) => company.changes({ start: 1, limit: 1000 }, signal);
  return { http, servers, company, changes, address };
}

/** The error of `work`, which holds no secret in any of its corners. */
async function failure(work: Promise<unknown>): Promise<FlexibeeError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof FlexibeeError, inspect(error));
  const shown = inspect(error, { depth: 9, showHidden: true });
  assert.doesNotMatch(shown, /hush|amFuOm/);
  assert.ok(error.cure.length > 20);
  assert.match(error.message, /^FlexiBee flexi-demo/);
  return error;
}

test('changes: one request, authenticated at once', async (t) => {
  const { http, changes } = await open(t, [json({ winstrom: { ...empty.winstrom, next: '6' } })]);
  assert.deepEqual(await changes(), { globalVersion: 5, changes: [], next: 6 });
  const [request, ...more] = http.requests;
  assert.deepEqual(more, []);
  assert.equal(request?.method, 'GET');
  assert.equal(request?.url, '/c/demo/changes.json?start=1&limit=1000');
  const basic = Buffer.from('jan:hush-hush').toString('base64');
  assert.equal(request?.headers.authorization, `Basic ${basic}`);
});

test('the first page of a listing has no lowest number: ids may be negative', async (t) => {
  const records = [{ id: '-7' }, { id: '-1' }, { id: '9007199254740993' }];
  const { http, company } = await open(t, [
    json({ winstrom: { '@globalVersion': '5', adresar: records } }),
    json({ winstrom: { '@globalVersion': '5', adresar: [] } }),
  ]);
  const page = await company.list('adresar', { limit: 3 }, never);
  assert.deepEqual(
    page.records.map(({ id }) => id),
    records.map(({ id }) => id),
  );
  await company.list('adresar', { afterId: '-7', limit: 3 }, never);
  const paths = http.requests.map(({ url }) => decodeURIComponent(url.split('?')[0] ?? ''));
  assert.deepEqual(paths, ['/c/demo/adresar.json', '/c/demo/adresar/(id > -7).json']);
});

test('a listing asks for whole records above a number, by number', async (t) => {
  const record = { id: '8', kod: 'A' };
  const { http, company } = await open(t, [
    json({ winstrom: { '@globalVersion': '5', adresar: [record] } }),
  ]);
  const page = await company.list('adresar', { afterId: '7', limit: 2 }, never);
  assert.deepEqual(page, {
    globalVersion: 5,
    records: [{ id: '8', code: 'A', externalIds: [], payload: record }],
  });
  const url = new URL(http.requests[0]?.url ?? '', http.origin);
  assert.equal(decodeURIComponent(url.pathname), '/c/demo/adresar/(id > 7).json');
  assert.doesNotMatch(http.requests[0]?.url ?? '', /[ <>]/);
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    detail: 'full',
    'filtrovat-platnost': 'false',
    'no-ext-ids': 'false',
    order: 'id',
    limit: '2',
    'add-global-version': 'true',
    'add-row-count': 'true',
  });
});

test('records: each once, numbers of any size as they are, and what is not there left out', async (t) => {
  const { http, company } = await open(t, [
    (response, request) => {
      const ids = /"id":\[(.*)\]/.exec(request.body)?.[1]?.split(',') ?? [];
      const there = ids.filter((one) => one !== '7').map((id) => ({ id }));
      return json({ winstrom: { cenik: there } })(response, request);
    },
  ]);
  const ids = ['1', '7', '9007199254740993', '1', '-5'];
  const records = await company.records('cenik', ids, never);
  assert.deepEqual(
    records.map(({ id }) => id),
    ['1', '9007199254740993', '-5'],
  );
  const [request, ...more] = http.requests;
  assert.deepEqual(more, []);
  assert.equal(request?.body, '{"winstrom":{"id":[1,7,9007199254740993,-5]}}');
  assert.ok(request?.url.startsWith('/c/demo/cenik/get.json?detail=full'));
  assert.deepEqual(await company.records('cenik', [], never), []);
  assert.equal(http.requests.length, 1);
});

/** Too much for one answer, and how each says so. */
const tooMuch: [what: string, reply: Reply, message: RegExp, options?: Partial<Limits>][] = [
  ['504', status(504), /no answer in time \(HTTP 504\)/],
  ['413', status(413), /too large \(HTTP 413\)/],
  ['a deadline', () => {}, /no whole answer within 0.3 s/, { deadlineMs: 300 }],
  ['a size', json('x'.repeat(2_000)), /more than 1000 bytes/, { maxBytes: 1_000 }],
  ['values', json(`[${'{},'.repeat(2_100_000)}{}]`), /has more than 2000000 values/],
];
for (const [what, reply, message, options] of tooMuch) {
  test(`too much, and not sent again unchanged: ${what}`, async (t) => {
    const { http, company, changes } = await open(t, [reply, on], options);
    for (const ask of [
      () => company.list('cenik', { afterId: '0', limit: 1000 }, never),
      () => company.records('cenik', ['1', '2'], never),
    ]) {
      http.script(reply, on);
      http.requests.length = 0;
      const error = await failure(ask());
      assert.match(error.message, message);
      assert.equal(error.isTooMuch, true);
      const path = http.requests[0]?.url;
      assert.equal(http.requests.filter(({ url }) => url === path).length, 1);
    }
    http.script(reply, json(empty));
    http.requests.length = 0;
    assert.equal((await changes()).globalVersion, 5);
    const limits = http.requests.flatMap(({ url }) => /limit=(\d+)/.exec(url)?.[1] ?? []);
    assert.deepEqual(limits, ['1000', '500']);
  });
}

test('an evidence that is refused: both readings are named, and the company is not to blame', async (t) => {
  const { company, http } = await open(t, [json(refusal('Ne'), 403), on]);
  const refused = await failure(company.records('cenik', ['1'], never));
  assert.equal(refused.kind, 'request refused');
  assert.match(refused.cure, /right.*licence/);
  http.script(status(404), on);
  const missing = await failure(company.list('cenik', { afterId: '0', limit: 9 }, never));
  assert.match(missing.cure, /name.*licence/);
  http.script(status(403), status(403));
  assert.match(
    (await failure(company.changes({ start: 1, limit: 1 }, never))).cure,
    /right.*licence/,
  );
});

test('control and hooks go where FlexiBee has them', async (t) => {
  const { http, company } = await open(t, [on]);
  assert.equal(await company.status(never), true);
  await company.enable(never);
  await company.disable(never);
  await company.hooks.register({ url: 'https://a.example/h?x=1', secret: 'quiet' }, never);
  await company.hooks.remove('3', never);
  http.script(json({ winstrom: { hooks: [{ id: '3', url: 'https://a.example/h' }] } }));
  assert.deepEqual(await company.hooks.list(never), [{ id: '3', url: 'https://a.example/h' }]);
  assert.deepEqual(
    http.requests.map(({ method, url }) => `${method} ${url}`),
    [
      'GET /c/demo/changes/status.json',
      'PUT /c/demo/changes/enable.json',
      'PUT /c/demo/changes/disable.json',
      'PUT /c/demo/hooks.json?url=https%3A%2F%2Fa.example%2Fh%3Fx%3D1&format=JSON&secKey=quiet',
      'DELETE /c/demo/hooks/3.json',
      'GET /c/demo/hooks.json',
    ],
  );
  http.script(json(refusal('URL neodpovídá'), 400));
  const error = await failure(company.hooks.register({ url: 'x', secret: 'quiet' }, never));
  assert.match(error.message, /PUT \/c\/demo\/hooks\.json: refused \(HTTP 400: URL neodpovídá\)/);
  assert.doesNotMatch(inspect(error), /quiet/);
});

const failing: [what: string, reply: Reply, kind: string, message: RegExp, requests: number][] = [
  ['401', json(refusal('Špatné heslo hush-hush'), 401), 'wrong password', /Špatné heslo …/, 1],
  ['403', json(refusal('Licence'), 403), 'licence missing', /HTTP 403: Licence/, 1],
  ['402', status(402), 'licence missing', /HTTP 402\)/, 1],
  ['400', json(refusal('Ne'), 400), 'request refused', /HTTP 400: Ne\)/, 2],
  ['500 to the end', status(500), 'unreachable', /HTTP 500/, 8],
  ['503 to the end', status(503), 'unreachable', /HTTP 503/, 4],
  ['429 to the end', status(429), 'unreachable', /HTTP 429/, 4],
  ['resets to the end', reset, 'unreachable', /no answer \(ECONNRESET\)/, 4],
  ['a page of a proxy', json('<html>hush-hush'), 'answer not understood', /is no JSON/, 2],
  [
    'too deep',
    json(`{"winstrom":${'['.repeat(5_000)}`),
    'answer not understood',
    /has more than 64 lists and objects deep/,
    2,
  ],
  [
    'too much',
    json(`[${'{},'.repeat(2_100_000)}{}]`),
    'answer not understood',
    /has more than 2000000 values/,
    2,
  ],
  ['something else', json({ a: 1 }), 'answer not understood', /: winstrom: /, 2],
  ['200 that refuses', json(refusal('Ne')), 'changelog disabled', /changelog is off/, 2],
  ['truncated to the end', json('{"winstrom": {"@g'), 'answer not understood', /cut off/, 8],
];
for (const [what, reply, kind, message, requests] of failing) {
  test(`changes fail: ${what}`, async (t) => {
    const { http, changes } = await open(t, [reply]);
    const error = await failure(changes());
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    assert.match(error.request, /^GET \/c\/demo\/changes\.json$/);
    assert.equal(http.requests.length, requests);
  });
}

const passing: [what: string, replies: Reply[]][] = [
  ['5xx', [status(500), status(502), status(503), json(empty)]],
  ['429', [status(429), json(empty)]],
  ['409', [status(409), json(empty)]],
  ['resets', [reset, reset, reset, json(empty)]],
  ['truncated JSON', [json('{"winstrom": {'), json(empty)]],
  ['a body that ends too soon', [cutOff, json(empty)]],
  ['half a character', [json('{"x": "\\ud83d'), json(empty)]],
];
function cutOff(response: ServerResponse) {
  response.writeHead(200, { 'content-length': 1000 }).write('{');
  response.socket?.end();
}
for (const [what, replies] of passing) {
  test(`changes go on after ${what}`, async (t) => {
    const { http, changes } = await open(t, replies);
    assert.equal((await changes()).globalVersion, 5);
    assert.equal(http.requests.length, replies.length);
  });
}

test('an order is not repeated', async (t) => {
  for (const reply of [status(503), reset]) {
    const { http, company } = await open(t, [reply]);
    assert.equal((await failure(company.enable(never))).kind, 'unreachable');
    assert.equal(http.requests.length, 1);
  }
});

const lock = 'ERROR: could not obtain lock on relation "drady"\n  Kde: SQL statement "LOCK TABLE"';
for (const [code, body] of [
  [500, lock],
  [400, refusal(lock)],
  [200, refusal(lock)],
] as const) {
  test(`the lock error as ${code} ${typeof body} says who has to go`, async (t) => {
    const { company } = await open(t, [json(body, code)]);
    const error = await failure(company.enable(never));
    assert.equal(error.kind, 'company in use');
    assert.match(error.cure, /log everybody out .*web.*desktop.*again/);
  });
}

test('a changelog that is off, however the server says so', async (t) => {
  const nothing = { winstrom: { '@globalVersion': '0', changes: [], next: 'none' } };
  const list = { winstrom: { adresar: [] } };
  for (const reply of [json(refusal('x'), 400), status(404), json(refusal('x')), json(nothing)]) {
    const { changes } = await open(t, [reply, off]);
    assert.equal((await failure(changes())).kind, 'changelog disabled');
  }
  const { company } = await open(t, [json(list), off]);
  const error = await failure(company.list('adresar', { afterId: '0', limit: 9 }, never));
  assert.equal(error.kind, 'changelog disabled');
  assert.match(error.message, /^FlexiBee flexi-demo, adresar: GET /);
});

test('a company without a change yet is no trouble', async (t) => {
  const nothing = { winstrom: { '@globalVersion': '0', changes: [], next: 'none' } };
  const { company, http } = await open(t, [json(nothing), on]);
  assert.equal(await company.newestVersion(never), 0);
  assert.equal(http.requests.length, 2);
});

test('404: no such company, or no such evidence', async (t) => {
  const { company, http } = await open(t, [status(404)]);
  assert.equal((await failure(company.records('a', ['1'], never))).kind, 'unknown company');
  http.script(status(404), on);
  const error = await failure(company.records('a', ['1'], never));
  assert.equal(error.kind, 'request refused');
  assert.equal(error.evidence, 'a');
});

test('Retry-After is honoured: seconds, a date, and neither in vain', async (t) => {
  const inTwo = () => new Date(Date.now() + 2000).toUTCString();
  for (const after of [() => '1', inTwo]) {
    const { changes } = await open(t, [status(503, { 'retry-after': after() }), json(empty)]);
    const began = performance.now();
    await changes();
    assert.ok(performance.now() - began > 500, 'it waited');
  }
  const { changes, http } = await open(t, [status(429, { 'retry-after': '3600' })]);
  assert.match((await failure(changes())).message, /left alone for 3600 s/);
  assert.equal(http.requests.length, 1);
  http.script(status(503, { 'retry-after': 'soon' }), json(empty));
  await changes();
});

test('connections are kept alive, shared by companies, and no more than allowed', async (t) => {
  let running = 0;
  let most = 0;
  const slow: Reply = async (response, request) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    await json(empty)(response, request);
  };
  const { http, servers, address } = await open(t, [slow], { requestsPerServer: 3 });
  const companies = Array.from({ length: 30 }, (_, index) =>
    openCompany({ code: `c${index}`, name: `c${index}`, address }, servers),
  );
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(companies.map((one) => one.changes({ start: 1, limit: 1 }, never)));
  }
  assert.equal(http.requests.length, 60);
  assert.equal(most, 3);
  assert.equal(http.connections, 3);
});

test('an abort rejects with its reason, frees the connection, the place and the line', async (t) => {
  const asked = Promise.withResolvers<void>();
  const silent: Reply = () => asked.resolve();
  const { http, changes } = await open(t, [silent], { requestsPerServer: 1 });
  const [first, second] = [new AbortController(), new AbortController()];
  const [one, two] = [changes(first.signal), changes(second.signal)];
  const three = changes();
  await asked.promise;
  second.abort(new Error('not waiting'));
  await assert.rejects(two, { message: 'not waiting' });
  http.script(json(empty));
  first.abort(new Error('enough'));
  await assert.rejects(one, { message: 'enough' });
  assert.equal((await three).globalVersion, 5);
  assert.equal(http.requests.length, 2);
  assert.equal(http.open, 1);
  await assert.rejects(changes(first.signal), { message: 'enough' });
});

test('an abort in the middle of the answer and during a pause', async (t) => {
  const controller = new AbortController();
  const half: Reply = (response) => {
    response.writeHead(200).write('{');
    setImmediate(() => controller.abort(new Error('enough')));
  };
  const { http, changes } = await open(t, [half]);
  await assert.rejects(changes(controller.signal), { message: 'enough' });
  const another = new AbortController();
  http.script((response, request) => {
    status(503, { 'retry-after': '20' })(response, request);
    response.once('close', () => another.abort(new Error('gone')));
  });
  await assert.rejects(changes(another.signal), { message: 'gone' });
});

test('a slow body hits the deadline, twice at the most', async (t) => {
  const slow: Reply = (response) => {
    response.writeHead(200).write('{');
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  };
  const { http, changes } = await open(t, [slow], { deadlineMs: 100 });
  const error = await failure(changes());
  assert.equal(error.kind, 'unreachable');
  assert.match(error.message, /no whole answer within 0.1 s/);
  assert.equal(http.requests.length, 2);
});

test('the deadline counts from the connection, not from the queue', async (t) => {
  const slow: Reply = async (response, request) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await json(empty)(response, request);
  };
  const { changes } = await open(t, [slow], { requestsPerServer: 1, deadlineMs: 1000 });
  // Together they take longer than one may.
  await Promise.all(Array.from({ length: 40 }, () => changes()));
});

test('an oversized body is refused early, announced or not, packed or not', async (t) => {
  const endless: Reply = async (response) => {
    response.writeHead(200);
    const more = function* () {
      for (;;) yield 'x'.repeat(10_000);
    };
    // It ends when the client leaves.
    await pipeline(more, response).catch(() => {});
  };
  const announced: Reply = (response) => {
    response.writeHead(200, { 'content-length': 10_000_000 }).write('{');
  };
  const bomb: Reply = (response) => {
    const headers = { 'content-encoding': 'gzip' };
    response.writeHead(200, headers).end(gzipSync(Buffer.alloc(10_000_000)));
  };
  for (const reply of [endless, announced, bomb]) {
    const { http, changes } = await open(t, [reply], { maxBytes: 50_000 });
    const error = await failure(changes());
    assert.equal(error.kind, 'answer not understood');
    assert.match(error.message, /more than 50000 bytes/);
    assert.equal(http.requests.length, 2, 'the half, too');
  }
});

test('a packed answer is unpacked; one cut off comes again', async (t) => {
  const packed = gzipSync(JSON.stringify(empty));
  const send =
    (body: Buffer): Reply =>
    (response, { headers }) => {
      assert.match(headers['accept-encoding'] ?? '', /gzip/);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    };
  const { changes, http } = await open(t, [send(packed.subarray(0, 20)), send(packed)]);
  assert.equal((await changes()).globalVersion, 5);
  assert.equal(http.requests.length, 2);
});

test('a redirect is not followed, least of all with the password', async (t) => {
  const other = await startScriptedHttp(json(empty));
  t.after(() => other.close());
  const { changes } = await open(t, [status(302, { location: `${other.origin}/login?back=hush` })]);
  const error = await failure(changes());
  assert.match(error.message, new RegExp(`redirected to ${other.origin}, not followed`));
  assert.match(error.cure, /Url/);
  assert.deepEqual(other.requests, []);
});

test('nobody listens', async (t) => {
  const { http, changes } = await open(t, [json(empty)]);
  await http.close();
  const error = await failure(changes());
  assert.equal(error.kind, 'unreachable');
  assert.match(error.message, /ECONNREFUSED/);
});
