import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import functions, { type HttpResponse, type HttpResponseInit } from '@azure/functions';
import { CallPlace } from '../../shared/http/call-place.ts';
import { CallPlaces } from '../../shared/http/call-places.ts';
import { type HandlerOptions, httpHandler, type RouteHandler } from '../../shared/http/handler.ts';

async function answer(
  handler: RouteHandler,
  options: Partial<HandlerOptions> = {},
): Promise<{ status: number; headers: Headers; text: string; log: string }> {
  const lines: string[] = [];
  const calls = new CallPlaces();
  const context = new functions.InvocationContext({
    invocationId: 'an-invocation',
    functionName: 'f',
    logHandler: (_level, ...parts) => lines.push(parts.join(' ')),
  });
  const wrapped = httpHandler({
    methods: { GET: handler },
    identify: () => undefined,
    queryOf: () => ['from'],
    refusals: 'json',
    isStorageAway: () => false,
    takePlace: (_request, { place }) => calls.stranger(undefined, place),
    ...options,
  });
  const request = new functions.HttpRequest({ method: 'GET', url: 'http://localhost/' });
  const response = (await wrapped(request, context)) as HttpResponse;
  assert.equal(calls.use.working, 0, 'the place is back, however it ended');
  const { status, headers } = response;
  return { status, headers, text: await response.text(), log: lines.join('\n') };
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const broken: Array<[title: string, handler: RouteHandler]> = [
  [
    'throws at once',
    () => {
      throw new TypeError('broken');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('broken'))],
  ['throws no error', async () => Promise.reject('broken')],
  ['throws undefined', async () => Promise.reject(undefined)],
  ['returns undefined', () => undefined as unknown as HttpResponseInit],
  ['returns null', async () => null as unknown as HttpResponseInit],
  ['has a header that cannot be sent', () => ({ headers: { location: '/a\r\nset-cookie: b' } })],
  ['has a status that is none', () => ({ status: 99 })],
  ['has JSON that is none', () => ({ jsonBody: circular })],
  ['has a big integer in its JSON', () => ({ jsonBody: { rows: 1n } })],
];

for (const [title, handler] of broken) {
  test(`a handler that ${title}: a bare 500 with the invocation`, async () => {
    const { status, headers, text, log } = await answer(handler);
    assert.equal(status, 500);
    assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.deepEqual(JSON.parse(text), {
      type: 'urn:syncboard:problem:internal',
      title: 'Something went wrong on the server',
      status: 500,
      detail:
        'Internal error. Search the log for an-invocation: in the terminal of npm start, or in Application Insights.',
      invocation: 'an-invocation',
    });
    assert.match(log, /^f failed, an-invocation: /);
  });
}

test('what is cut off by the deadline is a 503 that says when to come back', async (t) => {
  // The deadline's timer alone keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  const handler: RouteHandler = async (_request, _context, { signal }) => {
    await once(signal, 'abort');
    throw signal.reason;
  };
  const { status, headers, text } = await answer(handler, { deadlineMilliseconds: 5 });
  assert.equal(status, 503);
  assert.equal(headers.get('retry-after'), '30');
  assert.equal(JSON.parse(text).invocation, 'an-invocation');
});

test('what a call waits in line is no part of its deadline', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls = new CallPlaces();
  const others = Array.from({ length: 9 }, () => new CallPlace(''));
  for (const other of others) assert.equal(calls.stranger(undefined, other), undefined);
  const begun = Promise.withResolvers<AbortSignal>();
  const handler: RouteHandler = async (_request, _context, { signal }) => {
    begun.resolve(signal);
    await once(signal, 'abort');
    throw signal.reason;
  };
  const answered = answer(handler, {
    deadlineMilliseconds: 20_000,
    takePlace: (_request, { place }) => calls.stranger(undefined, place),
  });
  while (calls.use.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(24_999);
  for (const other of others) other.end();
  const signal = await begun.promise;
  t.mock.timers.tick(19_000);
  assert.equal(signal.aborted, false);
  t.mock.timers.tick(1_001);
  assert.equal((await answered).status, 503);
});

test('a handler’s own header is kept', async () => {
  const { headers } = await answer(() => ({ headers: { 'Cache-Control': 'max-age=60' } }));
  assert.equal(headers.get('cache-control'), 'max-age=60');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('the handler is told who calls', async () => {
  const token = { name: 'demo', sha256: '0'.repeat(64), codes: ['*'], connections: [], roles: [] };
  const handler: RouteHandler = (_request, _context, { caller }) => ({ body: `${caller?.name}` });
  const { text } = await answer(handler, { identify: () => token });
  assert.equal(text, 'demo\n');
});
