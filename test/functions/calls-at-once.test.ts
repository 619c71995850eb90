/** How many calls of one caller work at once: who waits in line, and what holds no place. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, test } from 'node:test';
import functions, { type HttpResponse } from '@azure/functions';
import { httpFunction } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import { goesWith } from '../../shared/http/outgoing.ts';
import { pipelines, run } from '../support/runs.ts';
import { call, post, type Reply, runId, type TestApp, testApp } from './app.ts';

const tokens = ['greedy', 'other'].map((name) => ({
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  ...{ codes: ['*'], connections: ['*'], roles: ['read', 'run'] },
}));
const as = (token: string) => ({ accept: 'application/json', authorization: `Bearer ${token}` });
const month = { month: 7, year: 2019 };
const body = { user: 'u', calls: [{ code: '0c10', name: 'payment', ...month }] };

const settled = () => new Promise((resolve) => setImmediate(resolve));

let app: TestApp;
/** Who has begun to be served, in order, by the user that is named. */
let begun: string[];
/** Lets those go on that have begun. */
let open: () => void;
beforeEach(async () => {
  app = testApp({ API_TOKENS: JSON.stringify(tokens) });
  begun = [];
  const gate = Promise.withResolvers<void>();
  open = gate.resolve;
  const start = app.syncs.start.bind(app.syncs);
  app.syncs.start = async (request) => {
    begun.push(request.user);
    await gate.promise;
    return await start(request);
  };
  // Beside somebody who has just called: who is alone has more calls at work.
  await call(app, 'valid_codes', { headers: as('other') });
});

const starting = (user: string) => post(app, 'runs', { ...body, user }, as(user));

/** Once so many have begun, and as many more as would. */
async function begunAre(count: number): Promise<void> {
  while (begun.length < count) await settled();
  for (let turn = 0; turn < 5; turn += 1) await settled();
  assert.equal(begun.length, count);
}

const working = () => app.calls.use.working;

async function allAre(status: number, replies: Promise<Reply>[]): Promise<void> {
  const statuses = (await Promise.all(replies)).map((reply) => reply.status);
  assert.deepEqual(new Set(statuses), new Set([status]));
}

test('of two hundred POSTs of one caller three are at work, another’s is next, and all are answered', async () => {
  const greedy = Array.from({ length: 200 }, () => starting('greedy'));
  await begunAre(3);
  const other = starting('other');
  await begunAre(4);
  assert.equal(begun.at(-1), 'other');
  assert.equal(app.calls.use.waiting, 197);
  open();
  await allAre(202, [...greedy, other]);
  assert.equal(begun.length, 201);
  assert.deepEqual(app.calls.use, { working: 0, waiting: 0 });
});

test('whose token is in the body has places of his own, and strangers nothing to do with them', async () => {
  const byBody = (user: string) => post(app, 'runs', { ...body, user, token: user });
  const greedy = Array.from({ length: 50 }, () => byBody('greedy'));
  await begunAre(3);
  const other = byBody('other');
  await begunAre(4);
  // The header's account and the body's are one.
  const more = starting('greedy');
  await begunAre(4);
  assert.equal((await call(app, 'valid_codes')).status, 200);
  assert.equal((await post(app, 'runs', { ...body, token: 'guessed' })).status, 401);
  open();
  await allAre(202, [...greedy, other, more]);
  assert.equal(working(), 0);
});

test('what is refused, and whoever watches, waits in no line', async () => {
  const greedy = Array.from({ length: 20 }, () => starting('greedy'));
  await begunAre(3);
  for (const name of ['health', 'health_live']) {
    assert.equal((await call(app, name, { headers: as('greedy') })).status, 200);
  }
  assert.equal((await call(app, 'runs', { headers: as('guessed') })).status, 401);
  const query = { unknown: 'x' };
  assert.equal((await call(app, 'runs', { headers: as('greedy'), query })).status, 400);
  assert.equal((await call(app, 'runs', { headers: as('greedy'), method: 'DELETE' })).status, 405);
  open();
  await allAre(202, greedy);
});

test('a held answer holds no place, and gives up with its client', async () => {
  app.syncs.runs.set(runId, run(runId, pipelines(['payment'])));
  const asked = { headers: as('greedy'), params: { id: runId } };
  const etag = (await call(app, 'run', asked)).headers.get('etag') ?? '';
  const headers = { ...asked.headers, 'if-none-match': etag };
  const leaving = new AbortController();
  const held = Array.from({ length: 30 }, (_, index) => {
    const id = `held-${index}`;
    const forget = goesWith(id, leaving.signal);
    return call(app, 'run', { ...asked, headers, query: { wait: '25' } }, id).finally(forget);
  });
  for (let turn = 0; turn < 5; turn += 1) await settled();
  assert.deepEqual(app.calls.use, { working: 0, waiting: 0 });
  const greedy = Array.from({ length: 3 }, () => starting('greedy'));
  await begunAre(3);
  open();
  await allAre(202, greedy);
  leaving.abort();
  // Nobody is there who would be told whether it is the same, or that there was no place in time.
  await Promise.all(held);
  assert.deepEqual(app.calls.use, { working: 0, waiting: 0 });
});

test('a body that is on its way for long holds no place', async () => {
  const route = routes.find(({ name }) => name === 'runs') ?? assert.fail();
  const slow = Array.from({ length: 3 }, () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const nativeRequest = new Request('http://localhost/', {
      method: 'POST',
      headers: { ...as('greedy'), 'content-type': 'application/json' },
      body: readable,
      duplex: 'half',
    });
    const init = { url: nativeRequest.url, nativeRequest };
    const request = new functions.HttpRequest(init);
    const context = new functions.InvocationContext({ logHandler: () => {} });
    const answer = httpFunction(route, () => app).handler(request, context);
    const send = async () => {
      const writer = writable.getWriter();
      await writer.write(Buffer.from(JSON.stringify(body)));
      await writer.close();
    };
    return { answer: answer as Promise<HttpResponse>, send };
  });
  while (working() < 3) await settled();
  const quick = starting('greedy');
  await begunAre(1);
  open();
  assert.equal((await quick).status, 202);
  while (working() > 0) await settled();
  await Promise.all(slow.map(({ send }) => send()));
  const answers = await Promise.all(slow.map(({ answer }) => answer));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
  assert.equal(working(), 0);
});

test('whoever waits for a server that is slow holds no place', async (t) => {
  const refuse = (response: ServerResponse) => response.writeHead(401).end();
  const arrived = new Set<ServerResponse>();
  let isSlow = true;
  const slow = createServer((_request, response) => {
    if (isSlow) arrived.add(response);
    else refuse(response);
  }).listen(0, '127.0.0.1');
  t.after(() => {
    slow.close();
    slow.closeAllConnections();
  });
  await once(slow, 'listening');
  const { port } = slow.address() as AddressInfo;
  const address = `Url=http://127.0.0.1:${port};User Id=u;Password=p`;
  const admin = { ...tokens[0], roles: ['read', 'run', 'admin'] };
  app = testApp({
    API_TOKENS: JSON.stringify([admin]),
    ...{ FLEXIBEE_DEMO: address, ABRA_GEN_DEMODATA: address, PUBLIC_URL: 'https://a.example' },
  });
  const company = { company: 'flexi-demo' };
  const connection = { connection: 'demodata' };
  const definition = { ...connection, id: '01B4XCTHYNDL3C5P00CA141B44' };
  const asked: [string, Parameters<typeof call>[2]][] = [
    ['changelog_status', { params: company }],
    ['changelog_enable', { method: 'PUT', params: company }],
    ['hook', { params: company }],
    ['dynsql_definitions', { params: connection }],
    ['dynsql_definition', { params: definition }],
    ['dynsql_help', { params: definition }],
  ];
  const held = asked.map(([name, init]) => call(app, name, { ...init, headers: as('greedy') }));
  while (arrived.size === 0 || working() > 0) await settled();
  assert.equal((await call(app, 'me', { headers: as('greedy') })).status, 200);
  isSlow = false;
  for (const response of arrived) refuse(response);
  for (const { status } of await Promise.all(held)) assert.ok(status >= 500, String(status));
  assert.deepEqual(app.calls.use, { working: 0, waiting: 0 });
});

test('a client who goes while he waits is nobody any more', async () => {
  const greedy = Array.from({ length: 3 }, () => starting('greedy'));
  await begunAre(3);
  const leaving = new AbortController();
  const forget = goesWith('left', leaving.signal);
  const left = call(app, 'runs', { headers: as('greedy') }, 'left').finally(forget);
  while (app.calls.use.waiting < 1) await settled();
  leaving.abort();
  assert.equal((await left).status, 503);
  assert.equal(app.calls.use.waiting, 0);
  open();
  await allAre(202, greedy);
});
