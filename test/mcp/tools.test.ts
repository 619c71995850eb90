/** `/mcp` by the SDK's own client over real HTTP: every tool, whom it is offered, what it refuses. */

import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { scaled } from 'stand-in-kit/testing/patience';
import { tools } from '../../functions/mcp/tools/index.ts';
import { partOf } from '../support/some-of.ts';
import { randomArguments } from './random-arguments.ts';
import { failedRun, jsonOf, startWorld, told, type World } from './world.ts';

let world: World;
let reader: Client;
let runner: Client;
let failed: string;
before(async () => {
  world = await startWorld();
  failed = (await failedRun(world.container)).id;
  [reader, runner] = await Promise.all([
    world.client('reader-secret'),
    world.client('runner-secret'),
  ]);
});
after(() => world.close());

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const payment = { code: '0c10', name: 'payment', month: 7, year: 2019 };
const runs = async () =>
  (await jsonOf(reader, 'find_runs')).runs.map(({ id }: { id: string }) => id);

test('each role is offered what it may use, with schemas that need no others', async () => {
  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);
  const reading = tools.filter(({ role }) => role === 'read').map(({ name }) => name);
  assert.deepEqual(await names(reader), reading);
  assert.deepEqual(
    await names(runner),
    tools.map(({ name }) => name),
  );
  const blind = await world.client('blind-secret');
  assert.deepEqual(await names(blind), ['plan_sync', 'start_sync', 'retry_run', 'cancel_run']);
  assert.match((await told(blind, 'overview')).text, /does not have the role read/);
  const changing = ['start_sync', 'retry_run', 'cancel_run'];
  for (const { name, description = '', inputSchema, annotations } of (await runner.listTools())
    .tools) {
    assert.equal(annotations?.readOnlyHint, !changing.includes(name), name);
    assert.equal(annotations?.destructiveHint, changing.includes(name), name);
    assert.equal(inputSchema.type, 'object');
    assert.doesNotMatch(JSON.stringify(inputSchema), /\$ref|"token"/);
    assert.ok(description.length > 100 && description.length < 1_500, name);
  }
  assert.match(reader.getInstructions() ?? '', /list_sources/);
});

test('what can be synced', async () => {
  const { codes, months } = await jsonOf(reader, 'list_sources');
  assert.ok(codes.some(({ code }: { code: string }) => code === '0c10'));
  assert.equal(months.from, '2018-01');
  const { names } = await jsonOf(reader, 'list_entities', { code: '0c10' });
  const found = names.find(({ name }: { name: string }) => name === 'payment');
  assert.equal(found.dated, true);
});

test('a run is planned, started, followed and stopped', async () => {
  const before = await runs();
  const plan = await jsonOf(runner, 'plan_sync', { calls: [payment] });
  assert.ok(plan.stages.length > 0);
  assert.deepEqual(await runs(), before);

  const started = await jsonOf(runner, 'start_sync', { calls: [payment], key: 'first "one"' });
  assert.equal(started.state, 'queued');
  assert.deepEqual(world.served.queued, [started.id]);
  const again = await jsonOf(runner, 'start_sync', { calls: [payment], key: 'first "one"' });
  assert.equal(again.id, started.id);
  assert.equal((await runs()).length, before.length + 1);

  const since = performance.now();
  const progress = await jsonOf(runner, 'watch_run', { id: started.id, waitSeconds: 1 });
  assert.equal(progress.state, 'queued');
  assert.ok(performance.now() - since > 900);
  const refused = await told(runner, 'start_sync', { calls: [payment] });
  assert.deepEqual(
    [refused.isError, refused.text.split('\n')[0]],
    [true, 'Thread is busy, try again later.'],
  );
  assert.match(refused.text, new RegExp(`runs: \\["${started.id}"\\]`));

  const watching = jsonOf(runner, 'watch_run', { id: started.id, waitSeconds: 25 });
  await jsonOf(runner, 'cancel_run', { id: started.id });
  const found = await jsonOf(runner, 'find_runs', { user: 'runner', limit: 1 });
  assert.equal(found.runs[0].id, started.id);
  // No worker is here who would end it: a second wish says that the first was taken.
  const twice = await told(runner, 'cancel_run', { id: started.id });
  assert.match(twice.text, /is being cancelled already/);
  assert.equal((await watching).id, started.id);
});

test('a run that has failed is explained, and made again', async () => {
  const why = await jsonOf(reader, 'explain_run', { id: failed });
  assert.equal(why.errors[0].message, "Could not find stored procedure 'dbo.x'");
  assert.deepEqual(why.stagesByState, { failed: 1, skipped: 1 });
  assert.equal(why.failedStages[0].id, 'export:payment:0c10');
  const progress = await jsonOf(reader, 'watch_run', { id: failed });
  assert.equal(progress.state, 'failed');
  const plan = await jsonOf(runner, 'retry_run', { id: failed, dry: true });
  assert.ok(plan.stages.length > 0);
  const started = await jsonOf(runner, 'retry_run', { id: failed, from: 'all', whenBusy: 'wait' });
  assert.ok((await runs()).includes(started.id));
});

test('more calls at once than their caller has places, some of them held: none waits for another', async () => {
  const [id] = await runs();
  let isHeld = true;
  const held = Promise.all(
    Array.from({ length: 12 }, () => jsonOf(runner, 'watch_run', { id, waitSeconds: 25 })),
  ).finally(() => {
    isHeld = false;
  });
  const names = Array.from({ length: 24 }, () => jsonOf(runner, 'list_entities', { code: '0c10' }));
  for (const answer of await Promise.all(names)) assert.ok(answer.names.length > 0);
  assert.ok(isHeld);
  // It waits for the run above, so it ends at once.
  assert.equal((await jsonOf(runner, 'cancel_run', { id })).state, 'cancelled');
  for (const progress of await held) assert.equal(progress.state, 'cancelled');
});

test('overview and companies', async () => {
  const { wrong, servers } = await jsonOf(reader, 'overview');
  assert.ok(servers.length > 0);
  assert.ok(wrong.some(({ run }: { run?: string }) => run === failed));
  assert.equal((await jsonOf(reader, 'explain_run', { id: failed })).overview[0].run, failed);
  const { companies } = await jsonOf(reader, 'list_companies');
  assert.equal(companies[0].code, 'flexi-demo');
  const company = await jsonOf(reader, 'read_company', { company: 'flexi-demo' });
  assert.ok('error' in company.live, 'no FlexiBee server is here');
});

test('rows, a few of them', async () => {
  const known = await jsonOf(reader, 'list_definitions', { connection: 'ab' });
  assert.ok(known.some(({ id }: { id: string }) => id === countries));
  const help = await jsonOf(reader, 'describe_definition', {
    connection: 'ab',
    definition: countries,
  });
  assert.equal(help.name, 'Země');
  const all = { connection: 'ab', definition: countries };
  const query = { select: ['Code'], orderby: { id: 'Code' } };
  const few = await jsonOf(reader, 'query', { ...all, query, limit: 2 });
  assert.deepEqual([few.items.length, few.more], [2, true]);
  const one = await jsonOf(reader, 'query', { ...all, query: { ...query, top: 1 }, limit: 2 });
  assert.deepEqual([one.items.length, one.more], [1, false]);
  const { text } = await told(reader, 'query', { ...all, query: { select: ['Cod'] } });
  assert.match(text, /did you mean Code/);
});

test('rows of ABRA Gen, which has no limit of its own', async () => {
  const all = { connection: 'demodata', definition: countries };
  const query = { select: ['Code'], orderby: { id: 'Code' } };
  const some = await jsonOf(reader, 'query', { ...all, query });
  assert.ok(some.items.length > 2 && some.items.length < 50);
  assert.equal(some.more, false);
  const few = await jsonOf(reader, 'query', { ...all, query, limit: 2 });
  assert.deepEqual([few.items, few.more], [some.items.slice(0, 2), true]);
  const whole = await jsonOf(reader, 'query', { ...all, query, limit: some.items.length });
  assert.equal(whole.more, false);
  const { text } = await told(reader, 'query', { ...all, query: { ...query, top: 1 } });
  assert.match(text, /top cannot be used with ABRA Gen/);
  const wrong = { select: ['Cod', 'Nam', 'NumCod', 'LangCod'] };
  const refused = await told(reader, 'query', { ...all, query: wrong, limit: 1 });
  assert.match(refused.text, /did you mean LangCode/);
});

for (const [what, name, args, expected] of [
  [
    'a name that there is not',
    'list_entities',
    { code: '0c1' },
    /^Invalid code value: 0c1\.\n.*0c10/,
  ],
  [
    'an argument that there is not',
    'list_entities',
    { cod: '0c10' },
    /cod: there is no such member \(did you mean code\?\)/,
  ],
  [
    'an argument that is missing',
    'list_entities',
    {},
    /^code: code is needed; allowed: a text of 1 to 64 characters$/,
  ],
  [
    'a number out of range',
    'watch_run',
    { id: 'x', waitSeconds: 26 },
    /^waitSeconds: waitSeconds must be a whole number from 0 to 25$/,
  ],
  ['a number for a text', 'list_entities', { code: 5 }, /^code: code must be a text of 1 to 64/],
  [
    'a number for words',
    'find_runs',
    { code: 5 },
    /^code: code must be a text or a list of texts$/,
  ],
  [
    'what is no id',
    'watch_run',
    { id: 'X Y' },
    /^id: id must be the id of a run, as find_runs lists them$/,
  ],
  [
    'a month of a dated entity',
    'plan_sync',
    { calls: [{ code: '0c10', name: 'payment' }] },
    /calls\[0\]\.month/,
  ],
  ['no calls', 'start_sync', {}, /calls/],
  ['a run that there is not', 'explain_run', { id: 'x' }, /^There is no run x\./],
  ['a connection that there is not', 'list_definitions', { connection: 'abc' }, /one of ab, /],
  ['no query', 'query', { connection: 'ab', definition: countries }, /^query: /],
] as const) {
  test(`${what} is told: ${name}`, async () => {
    const before = await runs();
    const refused = await told(runner, name, args);
    assert.ok(refused.isError);
    assert.match(refused.text, expected);
    assert.deepEqual(await runs(), before);
  });
}

test('nothing is started, stopped or planned without the role, nor for other data sources', async () => {
  const before = await runs();
  for (const { name, role } of tools) {
    if (role !== 'run') continue;
    const refused = await told(reader, name, { id: failed, calls: [payment] });
    assert.match(refused.text, /^(Token|.*) does not have the role run|no such member/);
    const proper = name.endsWith('sync') ? { calls: [payment] } : { id: failed };
    const { text } = await told(reader, name, proper);
    assert.match(text, /does not have the role run/);
  }
  const narrow = await world.client('narrow-secret');
  for (const [name, args] of [
    ['start_sync', { calls: [payment] }],
    ['retry_run', { id: failed }],
    ['cancel_run', { id: failed }],
    ['explain_run', { id: failed }],
    ['query', { connection: 'ab', definition: countries, query: {} }],
  ] as const) {
    assert.match((await told(narrow, name, args)).text, /is not allowed for/, name);
  }
  assert.deepEqual(await runs(), before);
});

interface Sent {
  method?: string;
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

function sent({ method = 'POST', body, token = 'reader-secret', headers = {}, signal }: Sent) {
  return fetch(`${world.served.url}/mcp`, {
    ...{ method, signal: signal ?? null },
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

test('pages of other origins are refused, programs and our own are not', async () => {
  const own = world.served.url;
  for (const [origin, status] of [
    [undefined, 200],
    [own.replace('http:', 'https:'), 403],
    ['https://inspector.example', 200],
    ['http://127.0.0.1:7071', 200],
    ['https://inspector.example.evil.example', 403],
    ['http://inspector.example', 403],
    ['null', 403],
    ['', 403],
  ] as const) {
    const headers = origin === undefined ? {} : { origin };
    const answer = await sent({ body: ping, headers });
    assert.equal(answer.status, status, `${origin}: ${await answer.text()}`);
  }
});

test('what is no message, and who may not look', async () => {
  for (const [asked, status] of [
    [{ method: 'GET' }, 405],
    [{ method: 'DELETE' }, 405],
    [{ body: [ping] }, 400],
    [{ body: { hello: 'world' } }, 400],
    [{ body: ping, headers: { accept: 'application/json' } }, 406],
    [{ body: ping, headers: { 'mcp-protocol-version': '1' } }, 400],
    [{ body: ping, headers: { 'content-type': 'text/plain' } }, 415],
    [{ body: { ...ping, more: 'x'.repeat(2 ** 20) } }, 413],
    [{ body: { jsonrpc: '2.0', method: 'notifications/initialized' } }, 202],
    [{ body: ping, token: 'other' }, 401],
  ] as [Sent, number][]) {
    const answer = await sent(asked);
    assert.equal(answer.status, status, await answer.text());
  }
  const answer = await sent({
    body: { ...ping, method: 'tools/call', params: { name: 'start_sink' } },
  });
  assert.match(await answer.text(), /There is no tool start_sink: use one of overview, /);
});

/** What the SDK's own client would not send: the error, or the text of the tool's. */
async function answered(method: string, params: unknown): Promise<object> {
  const answer = await sent({ body: { ...ping, method, params } });
  const { error, result } = (await answer.json()) as {
    error?: { code: number; message: string };
    result?: { isError?: boolean; content: { text: string }[] };
  };
  return error ?? { isError: result?.isError, text: result?.content[0]?.text };
}

test('arguments of the wrong kind are an error of the tool', async () => {
  for (const args of [null, [], 'x', 5]) {
    const text = 'arguments: arguments must be an object of arguments: code';
    const params = { name: 'list_entities', arguments: args };
    assert.deepEqual(await answered('tools/call', params), { isError: true, text });
  }
  const params = { name: 'list_entities', arguments: { code: '0c1' }, task: 5 };
  assert.match(JSON.stringify(await answered('tools/call', params)), /Invalid code value/);
});

for (const [method, params, fault] of [
  [
    'initialize',
    { protocolVersion: 5 },
    'params.protocolVersion: expected string, received number',
  ],
  ['tools/list', { cursor: 5 }, 'params.cursor: expected string, received number'],
  ['tools/call', { name: 5 }, 'params.name: expected string, received number'],
  ['tools/call', undefined, 'params: expected object, received undefined'],
] as const) {
  test(`a message that is wrong is told in a line: ${fault}`, async () => {
    const { code, message } = (await answered(method, params)) as { code: number; message: string };
    assert.equal(code, -32_602);
    assert.ok(message.startsWith('The message is not as the protocol has it: '), message);
    assert.ok(message.includes(fault) && !message.includes('\n'), message);
  });
}

/** A message of a call that is held, as long as nobody ends it. */
async function watching(t: TestContext) {
  const { id } = await jsonOf(runner, 'start_sync', { calls: [payment], whenBusy: 'wait' });
  t.after(() => jsonOf(runner, 'cancel_run', { id }));
  const params = { name: 'watch_run', arguments: { id, waitSeconds: 25 } };
  return { ...ping, id: 7, method: 'tools/call', params };
}

test('a call that is held ends when its client goes', async (t) => {
  const body = await watching(t);
  const deadline = AbortSignal.timeout(scaled(10_000));
  for (const heldMs of [20, 400]) {
    const before = world.served.statuses.length;
    const client = new AbortController();
    const answer = sent({ body, signal: client.signal });
    await sleep(heldMs);
    client.abort();
    await assert.rejects(answer, /aborted/);
    while (world.served.statuses.length === before)
      await sleep(20, undefined, { signal: deadline });
  }
});

const deadlines: [what: string, ms: number][] = [
  ['is told so after 55 s', 55_000],
  ['is told so even if the SDK never answers', 58_000],
];
for (const [what, limit] of deadlines) {
  test(`whoever asks for too much ${what}`, async (t) => {
    const body = await watching(t);
    const over = new AbortController();
    const { timeout } = AbortSignal;
    const isLimited = Promise.withResolvers<void>();
    t.mock.method(AbortSignal, 'timeout', (ms: number) => {
      if (ms !== limit) return timeout.call(AbortSignal, ms);
      isLimited.resolve();
      return over.signal;
    });
    if (limit === 58_000) {
      const { prototype } = WebStandardStreamableHTTPServerTransport;
      t.mock.method(prototype, 'handleRequest', () => new Promise(() => {}));
    }
    const answer = sent({ body });
    await isLimited.promise;
    over.abort();
    const { id, result } = (await (await answer).json()) as { id: number; result: object };
    t.mock.restoreAll();
    const text = 'No answer in time: ask for less at once, or later.';
    assert.deepEqual([id, result], [7, { content: [{ type: 'text', text }], isError: true }]);
  });
}

/** What it may have read in answers before. */
const seen = () => ({
  code: ['0c10', 'mo', ['0c10', 'stek'], '0C10', 'everything'],
  name: ['payment', 'bank_code', 'payments'],
  month: [0, -1, 7],
  year: [2019],
  id: [failed, failed.toUpperCase()],
  // The server of the one that there is is not here, and would be waited for.
  company: ['demo', 'flexi'],
  connection: ['ab', 'demodata', 'AB'],
  definition: ['01B4XCTHYNDL3C5P00CA141B44', 'AB01SYNCBOARDACCOUNTS00001'],
  query: [{ select: ['Code'] }, { where: { id: 'Code', value: 'C*' } }, { select: '*' }, {}],
  waitSeconds: [0],
  limit: [1, 5],
});

for (const name of ['reader', 'narrow', 'runner']) {
  test(`${name}, who makes arguments up as models do, starts nothing that it may not; no 500`, async () => {
    const client = await world.client(`${name}-secret`);
    const before = new Set(world.served.queued);
    const calls = tools.map((tool) =>
      fc.record({
        name: fc.constant(tool.name),
        args: randomArguments(tool.inputSchema(), seen()).map((args) =>
          // Nobody waits for a run that no worker has.
          typeof args['waitSeconds'] === 'number' ? { ...args, waitSeconds: 0 } : args,
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(...calls), async (call) => {
        const args = call.name === 'watch_run' ? { waitSeconds: 0, ...call.args } : call.args;
        const { text, notes } = await told(client, call.name, args);
        assert.doesNotMatch(text, /Internal error|No answer in time/, JSON.stringify(call));
        assert.ok(text.length <= 40_000 && notes.join().length < 2_000);
        assert.doesNotMatch(text, /-secret/);
      }),
      { numRuns: partOf(300, 0.08) },
    );
    assert.ok(world.served.statuses.every((status) => status < 500));
    const started = world.served.queued.filter((id) => !before.has(id));
    if (name === 'reader') assert.deepEqual(started, []);
    for (const id of started) {
      const { codes } = await jsonOf(runner, 'explain_run', { id });
      if (name === 'narrow') assert.deepEqual(codes, ['mo']);
    }
  });
}
