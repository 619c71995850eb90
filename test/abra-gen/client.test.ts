/** The client of ABRA Gen against scripted answers. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AbraGenClient } from '../../shared/abra-gen/client.ts';
import { AbraGenError } from '../../shared/abra-gen/errors.ts';
import { type AbraGenLimits, AbraGenServers } from '../../shared/abra-gen/servers.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { json, type Reply, reset, startScriptedHttp, status } from '../support/scripted-http.ts';
import { soon } from '../support/storage.ts';

const id = '01B4XCTHYNDL3C5P00CA141B44';
const never = new AbortController().signal;

const field = (fieldname: string) => ({
  expression: `A.${fieldname}`,
  fieldname,
  datatype: 'dtString',
  sqljoinbinding: { alias: '', fieldname: '' },
});
const definitionOf = (...fields: string[]) => ({
  id,
  name: 'Země',
  datasets: [{ name: 'MAIN', sql: 'SELECT {FIELDS} FROM C A', fields: fields.map(field) }],
  conditions: [
    {
      id: 'Code',
      dataset: 'MAIN',
      datatype: 'ctString',
      specialsubtype: 0,
      template: '2GH0OO0G2NEL3C5V00CA141B44',
    },
  ],
  keys: [],
  nationallocalization: '',
});
const countries = json(definitionOf('ID', 'Code'));
const query = { select: ['ID', 'code'], where: { id: 'code', value: 'CZ' } };
const rows = '{"name":"MAIN","items":[{"ID":"1","CODE":"Česko"}]}';

/** Heads of a body without an end; `then` goes on with it. */
const begun =
  (beginning: string, then: (response: ServerResponse) => void = () => {}): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.write(beginning, () => then(response));
  };

async function open(t: TestContext, replies: Reply[], options: Partial<AbraGenLimits> = {}) {
  const http = await startScriptedHttp(...replies);
  const servers = new AbraGenServers({ retry: { attempts: 3, baseMs: 1, capMs: 2 }, ...options });
  t.after(() => {
    servers.close();
    return http.close();
  });
  const address = {
    origin: http.origin,
    user: 'Supervisor',
    password: 'hush-hush',
    trustServerCertificate: false,
  };
  return { http, client: new AbraGenClient({ id: 'gen', name: 'demodata', address }, servers) };
}

/** The error of `work`, which holds no secret in any of its corners. */
async function failure(work: Promise<unknown>): Promise<AbraGenError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof AbraGenError, inspect(error));
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hush|aHVza/);
  assert.ok(error.cure.length > 20);
  assert.match(error.message, /^ABRA Gen gen: /);
  return error;
}

test('the list: one request, authenticated at once, however many ask; again when it is old', async (t) => {
  let now = 0;
  const list = [{ id, name: 'Země', extra: 1 }];
  const { http, client } = await open(t, [json(list)], { now: () => now });
  const several = await Promise.all([1, 2, 3].map(() => client.list(soon())));
  assert.deepEqual(several, [list, list, list]);
  now = 599_999;
  await client.list(soon());
  assert.equal(http.requests.length, 1);
  now = 600_000;
  await client.list(soon());
  assert.equal(http.requests.length, 2);
  const [request] = http.requests;
  assert.equal(request?.method, 'GET');
  assert.equal(request?.url, '/demodata/dynsql');
  const basic = Buffer.from('Supervisor:hush-hush').toString('base64');
  assert.equal(request?.headers.authorization, `Basic ${basic}`);
});

test('one who leaves does not spoil it for the others', async (t) => {
  const held = Promise.withResolvers<void>();
  const { client } = await open(t, [
    async (response, request) => {
      await held.promise;
      await json([])(response, request);
    },
  ]);
  const reason = new Error('gone');
  const leaving = new AbortController();
  const left = client.list(leaving.signal);
  const stayed = client.list(soon());
  leaving.abort(reason);
  await assert.rejects(left, reason);
  held.resolve();
  assert.deepEqual(await stayed, []);
});

test('a failure is not kept', async (t) => {
  const { client } = await open(t, [status(400), json([])]);
  assert.equal((await failure(client.list(soon()))).kind, 'refused');
  assert.deepEqual(await client.list(soon()), []);
});

test('a definition: its own words kept, its id in any case', async (t) => {
  const { http, client } = await open(t, [countries]);
  const { text: given, definition } = await client.definition(id.toLowerCase(), soon());
  assert.equal(given, JSON.stringify(definitionOf('ID', 'Code')));
  assert.equal(definition.root.fields.get('CODE')?.fieldname, 'Code');
  await client.definition(id, soon());
  assert.deepEqual(
    http.requests.map(({ url }) => url),
    [`/demodata/dynsql/${id}`],
  );
});

for (const bad of ['..', 'x', `${id}/exec`, '', `${id.slice(1)}Ž`]) {
  test(`no id, and nothing is asked: ${bad || 'empty'}`, async (t) => {
    const { http, client } = await open(t, [countries]);
    const error = await failure(client.definition(bad, soon()));
    assert.equal(error.kind, 'not found');
    assert.equal((await failure(client.exec(bad, query, soon()))).kind, 'not found');
    assert.deepEqual(http.requests, []);
  });
}

test('a query is sent in its one form, and its answer comes as it is, connection kept', async (t) => {
  const { http, client } = await open(t, [countries, begun(rows, (response) => response.end())]);
  for (let time = 0; time < 3; time += 1) {
    const { contentType, body } = await client.exec(id, query, soon());
    assert.equal(contentType, 'application/json; charset=utf-8');
    assert.equal(await text(body), rows);
  }
  const [, sent] = http.requests;
  assert.equal(sent?.method, 'POST');
  assert.equal(sent?.url, `/demodata/dynsql/${id}/exec`);
  assert.deepEqual(JSON.parse(sent?.body ?? ''), {
    select: ['ID', 'Code'],
    where: [{ id: 'Code', value: 'CZ' }],
  });
  assert.equal(sent?.headers['content-type'], 'application/json');
  assert.equal(http.requests.length, 4);
  assert.equal(http.connections, 1);
});

test('a packed answer comes unpacked', async (t) => {
  const packed: Reply = (response) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(200, headers).end(gzipSync(rows));
  };
  const { client } = await open(t, [countries, packed]);
  assert.equal(await text((await client.exec(id, query, soon())).body), rows);
});

test('a report: asked for as PDF, its bytes as they are', async (t) => {
  const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe]);
  const { http, client } = await open(t, [
    countries,
    (response) => void response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf),
  ]);
  const { contentType, body } = await client.report(id, query, 'w4&0 1', soon());
  assert.equal(contentType, 'application/pdf');
  assert.deepEqual(await buffer(body), pdf);
  assert.equal(http.requests[1]?.url, `/demodata/dynsql/${id}/exec?report=W4%260+1`);
  assert.equal(http.requests[1]?.headers.accept, 'application/pdf');
});

test('the first bytes are here before the last ones are sent', async (t) => {
  let response: ServerResponse | undefined;
  const { client } = await open(t, [countries, begun('{"name":', (given) => (response = given))]);
  const { body } = await client.exec(id, query, soon());
  const chunks = body[Symbol.asyncIterator]();
  assert.equal(String((await chunks.next()).value), '{"name":');
  response?.end('1}');
  assert.equal(String((await chunks.next()).value), '1}');
  assert.equal((await chunks.next()).done, true);
});

test('a slow reader slows the server down, and is not taken for a silent server', async (t) => {
  const chunk = Buffer.alloc(65_536, 0x20);
  let written = 0;
  const spaces = function* () {
    while (written < 2000) {
      written += 1;
      yield chunk;
    }
  };
  const endless: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    pipeline(Readable.from(spaces()), response, () => {});
  };
  const { http, client } = await open(t, [countries, endless], { idleMs: 50 });
  const { body } = await client.exec(id, query, soon());
  const chunks = body[Symbol.asyncIterator]();
  await chunks.next();
  // Longer than the silence allowed; then it goes on.
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(written < 1000, `${written} chunks are on their way`);
  assert.equal((await chunks.next()).done, false);
  await chunks.return?.();
  await until(() => http.open === 0);
});

/** Where there is no event to wait for. */
async function until(condition: () => boolean): Promise<void> {
  const limit = soon();
  while (!condition()) {
    limit.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('whoever leaves, before the answer or within it, ends the request', async (t) => {
  const gone: Promise<unknown>[] = [];
  const watched =
    (beginning?: string): Reply =>
    (response, request) => {
      gone.push(once(response, 'close'));
      if (beginning !== undefined) return begun(beginning)(response, request);
    };
  const { http, client } = await open(t, [countries, watched(), watched('{')]);
  const reason = new Error('gone');
  const first = new AbortController();
  const waiting = client.exec(id, query, first.signal);
  await until(() => http.requests.length === 2);
  first.abort(reason);
  await assert.rejects(waiting, reason);
  const second = new AbortController();
  const { body } = await client.exec(id, query, second.signal);
  second.abort(reason);
  await assert.rejects(text(body), reason);
  const { body: third } = await client.exec(id, query, soon());
  third.destroy();
  await Promise.all(gone);
  assert.equal(gone.length, 3);
});

test('a place is free again after every end', async (t) => {
  const end = begun(rows, (response) => response.end());
  const cut = begun('{', (response) => response.destroy());
  const replies = [countries, status(400), countries, cut, begun('{'), end];
  const { client } = await open(t, replies, { requestsPerServer: 1 });
  await failure(client.exec(id, query, soon()));
  await failure(client.exec(id, query, soon()).then(({ body }) => text(body)));
  (await client.exec(id, query, soon())).body.destroy();
  assert.equal(await text((await client.exec(id, query, soon())).body), rows);
});

test('queries wait in line for a server that has enough to do', async (t) => {
  const { http, client } = await open(
    t,
    [countries, begun('{', () => {}), begun(rows, (response) => response.end())],
    { requestsPerServer: 1 },
  );
  const { body } = await client.exec(id, query, soon());
  const leaving = new AbortController();
  const reason = new Error('gone');
  const left = client.exec(id, query, leaving.signal);
  const waits = client.exec(id, query, soon());
  leaving.abort(reason);
  await assert.rejects(left, reason);
  assert.equal(http.requests.length, 2);
  body.destroy();
  assert.equal(await text((await waits).body), rows);
});

const broken: [what: string, reply: Reply, kind: AbraGenError['kind'], message: RegExp][] = [
  ['cut off', begun('{"na', (response) => response.destroy()), 'unreachable', /no answer \(/],
  [
    'shorter than it said',
    (response) => {
      const headers = { 'content-type': 'application/json', 'content-length': '1000' };
      response.writeHead(200, headers);
      response.write('{', () => response.socket?.end());
    },
    'unreachable',
    /no answer \(/,
  ],
  ['silent', begun('{'), 'unreachable', /nothing more of the answer within 0\.2 s/],
];
for (const [what, reply, kind, message] of broken) {
  test(`an answer that is ${what} ends as a failure, and is not asked for again`, async (t) => {
    const { http, client } = await open(t, [countries, reply], { idleMs: 200 });
    const { body } = await client.exec(id, query, soon());
    const error = await failure(text(body));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    assert.match(error.message, /POST \/demodata\/dynsql\/01B4XCTHYNDL3C5P00CA141B44\/exec/);
    assert.equal(http.requests.length, 2);
  });
}

const html = (code: number): Reply => {
  return (response) => {
    response.writeHead(code, { 'content-type': 'text/html' }).end('<html>proxy</html>');
  };
};
const refusals: [
  what: string,
  reply: Reply,
  expected: { kind: AbraGenError['kind']; status?: number; said?: string | undefined },
  requests: number,
][] = [
  [
    'its own words',
    json({ title: 'Chybný dotaz', description: 'Pole X (heslo hush-hush) není' }, 400),
    { kind: 'refused', status: 400, said: 'Chybný dotaz: Pole X (heslo …) není' },
    1,
  ],
  ['plain text', json('no such\n report', 404), { kind: 'not found', said: 'no such report' }, 1],
  ['401', json({}, 401), { kind: 'wrong password', status: 401, said: undefined }, 1],
  ['403', html(403), { kind: 'not allowed', status: 403, said: undefined }, 1],
  ['500', json({ title: 'Chyba' }, 500), { kind: 'unreachable', status: 500, said: 'Chyba' }, 1],
  ['502', html(502), { kind: 'unreachable', status: 502 }, 3],
  ['504', html(504), { kind: 'unreachable', status: 504 }, 1],
  ['409', status(409), { kind: 'refused', status: 409 }, 3],
  ['503', status(503, { 'retry-after': '0' }), { kind: 'busy', status: 503 }, 3],
  ['503 for long', status(503, { 'retry-after': '60' }), { kind: 'busy', status: 503 }, 1],
  ['a redirect', status(302, { location: 'https://x.example/q' }), { kind: 'refused' }, 1],
  ['a page', html(200), { kind: 'answer not understood', status: 200 }, 1],
  ['no connection', reset, { kind: 'unreachable' }, 3],
];
for (const [what, reply, expected, requests] of refusals) {
  test(`a refusal: ${what}`, async (t) => {
    const { http, client } = await open(t, [countries, reply]);
    const error = await failure(client.exec(id, query, soon()));
    for (const [key, value] of Object.entries(expected)) {
      assert.equal(error[key as keyof typeof expected], value, key);
    }
    assert.equal(error.connection, 'gen');
    assert.equal(error.definition, id);
    assert.equal(http.requests.length, 1 + requests);
  });
}

test('a passing trouble before the answer is passed over', async (t) => {
  const replies = [reset, countries, status(503), reset, begun(rows, (response) => response.end())];
  const { client } = await open(t, replies);
  assert.equal(await text((await client.exec(id, query, soon())).body), rows);
});

test('nobody is waited for longer than the deadlines say', async (t) => {
  const silent: Reply = () => {};
  const { http, client } = await open(t, [countries, silent], { headMs: 100 });
  const error = await failure(client.exec(id, query, never));
  assert.match(error.message, /no answer within 0\.1 s/);
  assert.equal(http.requests.length, 2);
  const { client: other } = await open(t, [silent], { deadlineMs: 100 });
  assert.match((await failure(other.list(never))).message, /no whole answer within 0\.1 s/);
});

test('a misspelt query is refused with its places, and never sent', async (t) => {
  const { http, client } = await open(t, [countries]);
  const wrong = { select: ['ID', 'Cod'], where: [{ id: 'Kode', value: 1 }], top: 3 };
  await assert.rejects(client.exec(id, wrong, soon()), (error) => {
    assert.ok(error instanceof QueryFault);
    assert.equal(error.kind, 'unfit');
    const { errors } = error;
    assert.deepEqual(
      errors.map(({ field: place }) => place),
      ['select[1]', 'where[0].id'],
    );
    assert.match(errors[0]?.message ?? '', /did you mean Code/);
    return true;
  });
  assert.equal(http.requests.length, 1);
  await assert.rejects(
    client.exec(id, { select: 'ID', TOP: 3 }, soon()),
    /top cannot be used with ABRA Gen/,
  );
});

test('before a query is refused, a definition that is not quite new is looked at again', async (t) => {
  let now = 0;
  const replies = [
    countries,
    json(definitionOf('ID', 'Code', 'Added')),
    begun(rows, (response) => response.end()),
  ];
  const { http, client } = await open(t, replies, { now: () => now });
  const added = { select: 'Added' };
  await assert.rejects(client.exec(id, added, soon()), QueryFault);
  assert.equal(http.requests.length, 1);
  now = 10_000;
  assert.equal(await text((await client.exec(id, added, soon())).body), rows);
});

test('after ABRA Gen refused a query, its definition is fetched anew', async (t) => {
  const end = begun(rows, (response) => response.end());
  const { http, client } = await open(t, [countries, status(400), countries, end]);
  await failure(client.exec(id, query, soon()));
  assert.equal(await text((await client.exec(id, query, soon())).body), rows);
  assert.deepEqual(
    http.requests.map(({ method }) => method),
    ['GET', 'POST', 'GET', 'POST'],
  );
});

const misread: [what: string, reply: Reply, message: RegExp][] = [
  ['a page', html(200), /no JSON/],
  ['cut off JSON', json('{"id":'), /is cut off or damaged/],
  ['too deep', json('['.repeat(5_000)), /more than 64 lists and objects deep/],
  ['too much', json(`[${'{},'.repeat(300_000)}{}]`), /more than 200000 values/],
  ['another thing', json({ hello: 1 }), /no definition: .*datasets/s],
];
for (const [what, reply, message] of misread) {
  test(`a definition that is ${what} is not understood`, async (t) => {
    const { client } = await open(t, [reply]);
    const error = await failure(client.definition(id, soon()));
    assert.equal(error.kind, 'answer not understood');
    assert.match(error.message, message);
  });
}
