/** What both ABRA systems have in common as servers, with a system that has nothing of its own. */

import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { unlessAborted } from '../../shared/async/abort.ts';
import { type Ask, OutboundClient, type StreamAsk } from '../../shared/outbound/client.ts';
import { type CommonTrouble, type Failure, ServerError } from '../../shared/outbound/failure.ts';
import { refusalOf, wordsOf } from '../../shared/outbound/refusal.ts';
import { type Limits, Servers } from '../../shared/outbound/servers.ts';
import { json, type Reply, reset, startScriptedHttp, status } from '../support/scripted-http.ts';
import { soon } from '../support/storage.ts';

class PlainError extends ServerError<CommonTrouble | 'refused'> {}

const cures = {
  unreachable: 'Look at it.',
  'wrong password': 'Check it.',
  'answer not understood': 'Report it.',
  refused: 'See why.',
};

const limits: Limits = {
  requestsPerServer: 2,
  connectMs: 10_000,
  deadlineMs: 60_000,
  maxBytes: 10_000,
  maxValues: 100,
  retry: { attempts: 3, baseMs: 1, capMs: 2 },
  retryAfterCapMs: 1000,
};

async function open(t: TestContext, replies: Reply[], some: Partial<Limits> = {}) {
  const http = await startScriptedHttp(...replies);
  const servers = new Servers({ ...limits, ...some });
  t.after(() => {
    servers.close();
    return http.close();
  });
  const counted: string[] = [];
  const client = new OutboundClient<Ask, PlainError>(
    {
      address: {
        origin: http.origin,
        user: 'jan',
        password: 'hush-hush',
        trustServerCertificate: false,
      },
      base: '/base/',
      onRequest: () => counted.push('asked'),
      refusal: (answer) => {
        const refusal = refusalOf(
          answer,
          wordsOf(answer.body, (value) => String(value)),
        );
        return refusal && { ...refusal, kind: 'refused' };
      },
      error: (failure: Failure<CommonTrouble | 'refused'>, request, _ask, options) =>
        new PlainError('Plain', { ...failure, request }, cures, options),
    },
    servers,
  );
  return { http, client, counted };
}

async function failure(work: Promise<unknown>): Promise<PlainError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof PlainError);
  return error;
}

const get: Ask = { method: 'GET', path: 'thing' };
const order: Ask = { method: 'PUT', path: 'thing' };
const query: Ask = { method: 'POST', path: 'thing', body: '{"a":1}', isRepeatable: true };
const streamed = { ...query, accept: 'application/json', headMs: 60_000, idleMs: 60_000 };
const silent: Reply = () => {};
const cut = (beginning: string): Reply => json(beginning);

/** What is sent again by itself: by how many requests each trouble is told. */
const again: [what: string, reply: Reply, requests: number, some?: Partial<Limits>][] = [
  ['400', status(400), 1],
  ['401', status(401), 1],
  ['404', status(404), 1],
  ['409, another operation is under way', status(409), 3],
  ['413', status(413), 1],
  ['429', status(429), 3],
  ['500', status(500), 3],
  ['503', status(503), 3],
  ['504, it is still at it', status(504), 1],
  ['a redirect', status(302, { location: 'https://x.example/q?secret' }), 1],
  ['503 for a while', status(503, { 'retry-after': '0' }), 3],
  ['503 for longer than anybody waits', status(503, { 'retry-after': '2' }), 1],
  ['a reset', reset, 3],
  ['an object that is cut off', cut(' {"a": ['), 3],
  ['a list that is cut off', cut('[{"a"'), 3],
  ['a page', cut('<html>'), 1],
  ['no JSON', cut('hello'), 1],
  ['too deep', cut('['.repeat(100)), 1],
  ['too many values', cut(`[${'1,'.repeat(200)}1]`), 1],
  ['too many bytes', cut(`"${'x'.repeat(20_000)}"`), 1],
  ['silence for a whole deadline', silent, 1, { deadlineMs: 300 }],
];
for (const [what, reply, requests, some] of again) {
  test(`asked ${requests} times: ${what}`, async (t) => {
    const { http, client, counted } = await open(t, [reply], some);
    await failure(client.json(get, soon()));
    assert.equal(http.requests.length, requests);
    assert.equal(counted.length, requests);
  });
}

test('what changes something is sent once, and on a connection of its own', async (t) => {
  const { http, client } = await open(t, [status(503)]);
  await failure(client.json(order, soon()));
  assert.equal(http.requests.length, 1);
  assert.equal(http.requests[0]?.headers['content-length'], '0');
  assert.equal(http.requests[0]?.headers.connection, 'close');
  http.script(json({}));
  for (const ask of [get, query, get]) await client.json(ask, soon());
  assert.equal(http.connections, 2);
  assert.equal(http.requests[2]?.body, '{"a":1}');
  assert.equal(http.requests[2]?.headers['content-type'], 'application/json');
});

test('whoever asks for less where it was too much does not send the same again', async (t) => {
  const tooLarge = json(`[${'1,'.repeat(200)}1]`);
  const { http, client } = await open(t, [status(503), tooLarge]);
  const error = await failure(client.json({ ...get, shrinks: true }, soon()));
  assert.equal(error.isTooMuch, true);
  assert.equal(http.requests.length, 2);
});

test('a rest that is asked for: short ones are kept, long ones told, at most a day', async (t) => {
  const { http, client } = await open(t, [status(503, { 'retry-after': '1' }), json({ a: 1 })]);
  const began = performance.now();
  assert.deepEqual((await client.json(get, soon())).value, { a: 1 });
  assert.ok(performance.now() - began > 990, 'it waited');
  http.script(status(429, { 'retry-after': '3600' }));
  const long = await failure(client.json(get, soon()));
  assert.equal(long.retryAfterMs, 3_600_000);
  assert.equal(long.isTransient, true);
  assert.match(long.message, /\(HTTP 429\), and asks to be left alone for 3600 s$/);
  http.script(status(429, { 'retry-after': '999999' }));
  assert.equal((await failure(client.json(get, soon()))).retryAfterMs, 86_400_000);
});

test('an answer: its text, its value and its status; an empty one has no value', async (t) => {
  const { http, client } = await open(t, [json('{"a": 12345678901234567890}', 201)]);
  assert.deepEqual(await client.json(get, soon()), {
    status: 201,
    text: '{"a": 12345678901234567890}',
    value: { a: '12345678901234567890' },
  });
  http.script(status(204));
  const empty = { status: 204, text: '', value: undefined };
  assert.deepEqual(await client.json(order, soon()), empty);
});

test('an error names the request, and never the password', async (t) => {
  const said = 'no hush-hush here';
  const { client } = await open(t, [json(JSON.stringify(said), 400)]);
  const error = await failure(client.json({ ...get, query: { token: 'quiet' } }, soon()));
  assert.equal(error.message, 'Plain: GET /base/thing: refused (HTTP 400: no … here)');
  assert.equal(error.said, 'no … here');
  assert.equal(error.cure, cures.refused);
  assert.equal(error.status, 400);
});

const begun =
  (then: (response: ServerResponse) => void): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('[1', () => then(response));
  };

test('answers that are read slowly hold up each other, and no request', async (t) => {
  const ends: ServerResponse[] = [];
  const slow = begun((response) => ends.push(response));
  const { http, client } = await open(t, [slow, slow, json([7])]);
  const ask = { ...streamed } satisfies StreamAsk;
  const first = await client.stream(ask, soon());
  const second = await client.stream(ask, soon());
  const third = client.stream(ask, soon());
  assert.deepEqual((await client.json(get, soon())).value, [7]);
  assert.equal(http.requests.length, 3);
  first.body.destroy();
  assert.equal(await text((await third).body), '[7]');
  second.body.destroy();
});

const refusedStreams: [what: string, reply: Reply, requests: number, message: RegExp][] = [
  ['a refusal', json('"why"', 400), 1, /refused \(HTTP 400: why\)/],
  ['a passing one', json('"later"', 503), 3, /HTTP 503: later/],
  ['another type', (response) => void response.end('x'), 1, /no application\/json \(no content/],
  ['a reset', reset, 3, /no answer \(ECONNRESET\)/],
  ['silence', silent, 1, /no answer within 0\.3 s/],
];
for (const [what, reply, requests, message] of refusedStreams) {
  test(`no stream, its place free again: ${what}`, async (t) => {
    const { http, client } = await open(t, [reply], { requestsPerServer: 1 });
    const ask = { ...streamed, headMs: what === 'silence' ? 300 : 60_000 };
    assert.match((await failure(client.stream(ask, soon()))).message, message);
    assert.equal(http.requests.length, requests);
    http.script(json([7]));
    assert.equal(await text((await client.stream(ask, soon())).body), '[7]');
  });
}

test('a stream that is left leaves nothing behind, at the server or with who stopped it', async (t) => {
  const left = Promise.withResolvers<void>();
  const { client } = await open(t, [begun((response) => response.once('close', left.resolve))]);
  const stopping = new AbortController();
  const { body } = await client.stream(streamed, stopping.signal);
  await once(body.destroy(), 'close');
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
  await unlessAborted(left.promise, soon());
});

test('once there is a connection, the time for one is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const late: Reply = (response, request) => {
    t.mock.timers.tick(limits.connectMs);
    json([7])(response, request);
  };
  const { client } = await open(t, [late]);
  assert.deepEqual((await client.json(get, soon())).value, [7]);
  assert.equal(await text((await client.stream(streamed, soon())).body), '[7]');
});

test('a stream that breaks ends with the error, and is not asked for again', async (t) => {
  const { http, client } = await open(t, [begun((response) => response.destroy())]);
  const { body } = await client.stream(streamed, soon());
  assert.match((await failure(text(body))).message, /^Plain: POST \/base\/thing: no answer \(/);
  assert.equal(http.requests.length, 1);
});
