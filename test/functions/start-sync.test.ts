import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import { planStages } from '../../shared/sync/plan.ts';
import { call, post, type Reply, runId, testApp } from './app.ts';

const good = {
  token: 'demo-token',
  user: 'оператор',
  code: '0c10',
  name: 'payment',
  month: 7,
  year: 2019,
};
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));

interface Case {
  title: string;
  body: unknown;
  headers?: Record<string, string>;
  status: number;
  text: string;
  /** Fields the problem document names, in order. */
  fields: string[];
}

const refused: Case[] = [
  {
    title: 'no month for a dated entity',
    body: without('month'),
    status: 400,
    text: 'Invalid date value: 2019-None.',
    fields: ['month'],
  },
  {
    title: 'neither month nor year for a dated entity',
    body: without('month', 'year'),
    status: 400,
    text: 'Invalid date value: a month and a year are needed.',
    fields: ['month', 'year'],
  },
  ...(
    [
      [77, '2019-77'],
      ['77', '2019-77'],
      [7.5, '2019-7.5'],
      ['7.5', '2019-7.5'],
      [0, '2019-00'],
      [-1, '2019--1'],
      [13, '2019-13'],
      ['', '2019-'],
      ['007', '2019-007'],
      [' 7', '2019- 7'],
      ['٧', '2019-٧'],
      [true, '2019-True'],
      [null, '2019-None'],
      [[7], '2019-[7]'],
      [{ $gt: 0 }, '2019-{"$gt":0}'],
      ['7; DROP TABLE heap.payment', '2019-7; DROP TABLE heap.payment'],
    ] as const
  ).map(([month, shown]) => ({
    title: `month ${JSON.stringify(month)}`,
    body: { ...good, month },
    status: 400,
    text: `Invalid date value: ${shown}.`,
    fields: ['month'],
  })),
  ...(
    [
      [1999, '1999-07'],
      [2017, '2017-07'],
      [2020, '2020-07'],
      [19, '19-07'],
      [2019.5, '2019.5-07'],
      ['2019 ', '2019 -07'],
      [false, 'False-07'],
      [null, 'None-07'],
    ] as const
  ).map(([year, shown]) => ({
    title: `year ${JSON.stringify(year)}`,
    body: { ...good, year },
    status: 400,
    text: `Invalid date value: ${shown}.`,
    fields: ['year'],
  })),
  {
    title: 'next month',
    body: { ...good, month: 8 },
    status: 400,
    text: 'Invalid date value: 2019-08.',
    fields: ['month'],
  },
  {
    title: 'a month that does not exist, of an entity that is not dated',
    body: { ...good, name: 'meter', month: 77 },
    status: 400,
    text: 'Invalid date value: 2019-77.',
    fields: ['month'],
  },
  {
    title: 'an entity the source lacks',
    body: { ...good, code: 'mo', name: 'bank_code' },
    status: 400,
    text: 'Invalid name value: bank_code.',
    fields: ['name'],
  },
  {
    title: 'an entity nobody has',
    body: { ...good, name: 'paymnt' },
    status: 400,
    text: 'Invalid name value: paymnt.',
    fields: ['name'],
  },
  ...['__proto__', 'constructor', 'toString'].flatMap((word) => [
    {
      title: `name ${word}`,
      body: { ...good, name: word },
      status: 400,
      text: `Invalid name value: ${word}.`,
      fields: ['name'],
    },
    {
      title: `code ${word}`,
      body: { ...good, code: word },
      status: 400,
      text: `Invalid code value: ${word}.`,
      fields: ['code'],
    },
  ]),
  {
    title: 'no name',
    body: without('name'),
    status: 400,
    text: 'Invalid name value: None.',
    fields: ['name'],
  },
  {
    title: 'unknown code',
    body: { ...good, code: '0c99' },
    status: 400,
    text: 'Invalid code value: 0c99.',
    fields: ['code'],
  },
  {
    title: 'no code',
    body: without('code'),
    status: 400,
    text: 'Invalid code value: None.',
    fields: ['code'],
  },
  {
    title: 'a code with a line break, very long',
    body: { ...good, code: `a\r\nb${'c'.repeat(1000)}` },
    status: 400,
    text: `Invalid code value: a  b${'c'.repeat(96)}….`,
    fields: ['code'],
  },
  {
    title: 'no code in the array of codes',
    body: { ...good, code: [] },
    status: 400,
    text: 'Invalid code value: [].',
    fields: ['code'],
  },
  {
    title: 'codes that are unknown, named twice or no text',
    body: { ...good, code: ['0c10', '0c99', '0c10', null, ['mo'], '__proto__'] },
    status: 400,
    text: 'Invalid code value: 0c99.',
    fields: ['code[1]', 'code[2]', 'code[3]', 'code[4]', 'code[5]'],
  },
  {
    title: 'a code named twice',
    body: { ...good, code: ['0c10', '0c01', '0c10'] },
    status: 400,
    text: 'Invalid code value: 0c10.',
    fields: ['code[2]'],
  },
  {
    title: 'more codes than there are',
    body: { ...good, code: Array.from({ length: 10_000 }, () => 'mo') },
    status: 400,
    text: 'Invalid code value: mo.',
    fields: ['code'],
  },
  {
    title: 'an object for a code',
    body: { ...good, code: { 0: '0c10', length: 1 } },
    status: 400,
    text: 'Invalid code value: {"0":"0c10","length":1}.',
    fields: ['code'],
  },
  {
    title: 'an entity that one of several sources lacks',
    body: { ...good, code: ['0c10', 'mo'], name: 'bank_code' },
    status: 400,
    text: 'Invalid name value: bank_code.',
    fields: ['name'],
  },
  {
    title: 'no token',
    body: without('token'),
    status: 401,
    text: 'Authorization token is needed.',
    fields: ['token'],
  },
  ...['wrong', '', 'токен', null, 7, ['demo-token'], 'x'.repeat(60_000), '\ud800'].map((token) => ({
    title: `token ${String(token).slice(0, 10)}`,
    body: { ...good, token },
    status: 401,
    text: 'Invalid token value.',
    fields: ['token'],
  })),
  {
    title: 'a wrong token in the header',
    body: without('token'),
    headers: { authorization: 'Bearer wrong' },
    status: 401,
    text: 'Invalid token value.',
    fields: ['token'],
  },
  {
    title: 'another scheme in the header',
    body: without('token'),
    headers: { authorization: 'Basic ZGVtbzpkZW1v' },
    status: 401,
    text: 'Authorization token is needed.',
    fields: ['token'],
  },
  {
    title: 'a wrong token in the body beside a good one in the header',
    body: { ...good, token: 'wrong' },
    headers: { authorization: 'Bearer demo-token' },
    status: 401,
    text: 'Invalid token value.',
    fields: ['token'],
  },
  {
    title: 'no user',
    body: without('user'),
    status: 400,
    text: 'User is not specified.',
    fields: ['user'],
  },
  ...['', '   ', 'a\nb', 'u'.repeat(129), 'a\ud800', 5, null].map((user) => ({
    title: `user ${JSON.stringify(user).slice(0, 10)}`,
    body: { ...good, user },
    status: 400,
    text: 'Invalid user value.',
    fields: ['user'],
  })),
  {
    title: 'everything at once, in the order of the original',
    body: { token: 'demo-token', user: '', code: 'x', name: 'y', month: 77, year: 1999 },
    status: 400,
    text: 'Invalid user value.',
    fields: ['user', 'code', 'name', 'month', 'year'],
  },
  {
    title: 'code, name and date',
    body: { ...good, code: 'x', name: 'y', month: 77 },
    status: 400,
    text: 'Invalid code value: x.',
    fields: ['code', 'name', 'month'],
  },
  {
    title: 'name and date',
    body: { ...good, name: 'y', month: 77 },
    status: 400,
    text: 'Invalid name value: y.',
    fields: ['name', 'month'],
  },
  {
    title: 'body that is not JSON',
    body: '{"token": "demo-token",\n "user": demo}',
    status: 400,
    text: 'Request body is not valid JSON: see line 2, column 10.',
    fields: ['body'],
  },
  {
    title: 'empty body',
    body: '',
    status: 400,
    text: 'Request body is not valid JSON: see line 1, column 1.',
    fields: ['body'],
  },
  ...['[]', 'null', '"demo-token"', '7'].map((body) => ({
    title: `body ${body}`,
    body,
    status: 400,
    text: 'Request body is not a JSON object.',
    fields: ['body'],
  })),
  {
    title: 'body of 2 MB',
    body: { ...good, user: 'u'.repeat(2_000_000) },
    status: 413,
    text: 'Request body is larger than 65536 bytes.',
    fields: ['body'],
  },
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=windows-1251',
    'application/jsonp',
    ';',
  ].map((contentType) => ({
    title: `content type ${contentType}`,
    body: good,
    headers: { 'content-type': contentType },
    status: 415,
    text: 'Content type must be application/json.',
    fields: ['Content-Type'],
  })),
];

interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: Array<{ field: string; message: string; value?: unknown; allowed: string }>;
}

function problem(reply: Reply): ProblemDocument {
  assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
  return JSON.parse(reply.text);
}

for (const { title, body, headers = {}, status, text, fields } of refused) {
  test(`refused: ${title}`, async () => {
    const app = testApp();
    const plain = await post(app, 'entity_sync', body, headers);
    assert.equal(plain.text, text);
    assert.equal(plain.status, status);
    assert.equal(plain.headers.get('content-type'), 'text/plain; charset=utf-8');

    const accept = { ...headers, accept: 'application/json' };
    const structured = await post(app, 'entity_sync', body, accept);
    const document = problem(structured);
    assert.equal(structured.status, status);
    assert.equal(document.status, status);
    assert.equal(document.detail, text);
    assert.deepEqual(
      document.errors?.map(({ field }) => field),
      fields,
    );
    for (const error of document.errors ?? []) {
      assert.ok(error.message.length > 0 && error.allowed.length > 0);
    }
    for (const reply of [plain, structured]) {
      assert.doesNotMatch(reply.text + reply.log, /demo-token/);
      assert.equal(reply.queued, undefined);
      assert.equal(reply.headers.get('www-authenticate') !== null, status === 401);
    }
    assert.deepEqual(app.syncs.started, []);
  });
}

test('a problem document tells value and allowed range of each field', async () => {
  const body = { ...good, month: 77, year: 1999 };
  const reply = await post(testApp(), 'entity_sync', body, { accept: 'application/problem+json' });
  assert.deepEqual(problem(reply), {
    type: 'urn:syncboard:problem:invalid-value',
    title: 'A value is missing or not allowed',
    status: 400,
    detail: 'Invalid date value: 1999-77.',
    errors: [
      {
        field: 'month',
        message: 'month must be a whole number from 1 to 12',
        value: 77,
        allowed: 'a whole number from 1 to 12',
      },
      {
        field: 'year',
        message: 'year must be a whole number from 2018 to 2019',
        value: 1999,
        allowed: 'a whole number from 2018 to 2019',
      },
    ],
  });
});

test('an entity the source lacks: the names it has are told', async () => {
  const app = testApp();
  const body = { ...good, code: 'mo', name: 'bank_code' };
  const reply = await post(app, 'entity_sync', body, { accept: 'application/json' });
  const [error] = problem(reply).errors ?? [];
  assert.equal(error?.message, 'data source mo has no bank_code');
  for (const name of app.catalog.entityOrder('mo')) assert.ok(error?.allowed.includes(name));
});

test('an entity that some of the sources lack: they are named, and what all of them have', async () => {
  const app = testApp();
  const body = { ...good, code: ['0c10', 'mo', 'stek'], name: 'bank_code' };
  const reply = await post(app, 'entity_sync', body, { accept: 'application/json' });
  const [error] = problem(reply).errors ?? [];
  assert.equal(error?.message, 'data sources mo, stek have no bank_code');
  assert.equal(
    error?.allowed,
    `one of ${app.catalog.entityOrder('mo').join(', ')} for code 0c10, mo, stek`,
  );
});

test('a code named twice is told from one that is unknown', async () => {
  const body = { ...good, code: ['mo', 'mo', 'om'] };
  const reply = await post(testApp(), 'entity_sync', body, { accept: 'application/json' });
  const [twice, unknown] = problem(reply).errors ?? [];
  assert.equal(twice?.message, 'mo is named twice');
  assert.equal(twice?.value, 'mo');
  assert.match(unknown?.message ?? '', /^code\[2\] must be one of 0c01, /);
});

const period = { month: 7, year: 2019 };
const accepted: Array<{ title: string; body: Record<string, unknown>; period?: typeof period }> = [
  { title: 'as clients send it', body: good, period },
  { title: 'month and year as text', body: { ...good, month: '7', year: '2019' }, period },
  { title: 'month as two digits', body: { ...good, month: '07' }, period },
  {
    title: 'the first month of all',
    body: { ...good, month: 1, year: 2018 },
    period: { month: 1, year: 2018 },
  },
  { title: 'undated without a month', body: { ...without('month', 'year'), name: 'meter' } },
  { title: 'undated with a month, which says nothing', body: { ...good, name: 'meter' } },
  {
    title: 'undated with blanks for month and year',
    body: { ...good, name: 'meter', month: null, year: null },
  },
  { title: 'members that nobody knows', body: { ...good, comment: 'urgent' }, period },
];

for (const { title, body, period } of accepted) {
  test(`accepted: ${title}`, async () => {
    const app = testApp();
    const reply = await post(app, 'entity_sync', body);
    assert.equal(reply.text, 'Synchronization was started.');
    assert.equal(reply.status, 202);
    assert.equal(reply.headers.get('location'), `/runs/${runId}`);
    assert.equal(reply.queued, runId);
    assert.deepEqual(app.syncs.started, [
      {
        kind: 'entity',
        calls: [
          {
            codes: ['0c10'],
            names: [body['name']],
            whole: false,
            ...(period && { periods: [period], asked: period }),
          },
        ],
        user: 'оператор',
        token: 'demo',
      },
    ]);
    assert.match(reply.log, /оператор/);
    assert.doesNotMatch(reply.log, /demo-token/);
  });
}

test('a wrong token in the header is refused before the body is read, whatever it holds', async () => {
  const body = new ReadableStream({
    pull() {
      throw new Error('nobody may read this');
    },
  });
  const nativeRequest = new Request('http://localhost/entity_sync', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer wrong' },
    body,
    duplex: 'half',
  });
  const init = { url: nativeRequest.url, nativeRequest } as HttpRequestInit;
  const reply = await call(testApp(), 'entity_sync', init);
  assert.equal(reply.status, 401);
  const beside = await post(testApp(), 'entity_sync', good, { authorization: 'Bearer wrong' });
  assert.equal(beside.status, 401);
});

test('values as deep as they may be are refused, in brief', async () => {
  const deep = `${'['.repeat(63)}${']'.repeat(63)}`;
  const body = `{"token":"demo-token","code":"0c10","name":"payment","month":7,"year":2019,"user":${deep}}`;
  const reply = await post(testApp(), 'entity_sync', body);
  assert.equal(reply.status, 400);
  assert.equal(reply.text, 'Invalid user value.');
  const much = { ...good, name: Array(5_000).fill({ a: [1] }) };
  const long = await post(testApp(), 'entity_sync', much);
  assert.ok(long.text.length < 200);
});

test('accepted: as JSON, with the token in the header', async () => {
  const reply = await post(testApp(), 'entity_sync', without('token'), {
    authorization: 'bearer demo-token',
    accept: 'application/json',
    'content-type': 'Application/JSON; charset="UTF-8"',
  });
  assert.equal(reply.status, 202);
  assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual(JSON.parse(reply.text), {
    id: runId,
    state: 'queued',
    location: `/runs/${runId}`,
  });
});

test('a whole data source: every entity of it, in catalogue order', async () => {
  const app = testApp();
  const reply = await post(app, 'data_source_sync', { ...without('name'), code: 'stek' });
  assert.equal(reply.status, 202);
  const [request] = app.syncs.started;
  assert.equal(request?.kind, 'data_source');
  const names = app.catalog.entityOrder('stek');
  assert.ok(names.includes('payment'));
  assert.deepEqual(request?.calls, [
    { codes: ['stek'], names, whole: true, periods: [period], asked: period },
  ]);
});

test('several data sources: one run, every entity that any of them has, in catalogue order', async () => {
  const app = testApp();
  const code = ['mo', '0c10', 'all'];
  const reply = await post(app, 'data_source_sync', { ...without('name'), code });
  assert.equal(reply.text, 'Synchronization was started.');
  const [request] = app.syncs.started;
  assert.deepEqual(request?.calls[0]?.codes, code);
  // 0c10 has every entity of the catalogue.
  assert.deepEqual(request?.calls[0]?.names, app.catalog.entityOrder('0c10'));
  assert.match(reply.log, /of mo, 0c10, all was asked for by оператор/);
  const exports = planStages(app.catalog, request?.calls ?? [])
    .stages.filter(({ stage, entity }) => stage === 'export' && entity === 'bank_code')
    .map(({ id }) => id);
  assert.deepEqual(exports, ['export:bank_code:all']);
});

test('one entity of several data sources, down to an array of one', async () => {
  const app = testApp();
  const billed = Object.keys(app.catalog.codes()).filter(
    (code) => !['flexi-demo', 'gen-demodata'].includes(code),
  );
  const cases: [code: string[], name: string][] = [
    [['0c01', '0c05', 'zagser'], 'payment'],
    [['0c10'], 'payment'],
    [billed, 'equipment'],
    [['flexi-demo'], 'faktura-vydana'],
    [['gen-demodata'], 'issued_invoices'],
  ];
  for (const [code, name] of cases) {
    const reply = await post(app, 'entity_sync', { ...good, code, name });
    assert.equal(reply.status, 202, reply.text);
    const [asked] = app.syncs.started.at(-1)?.calls ?? [];
    assert.deepEqual(asked?.codes, code);
    assert.deepEqual(asked?.names, [name]);
  }
});

test('a whole data source needs a month as soon as one of its entities is dated', async () => {
  const app = testApp();
  const reply = await post(app, 'data_source_sync', without('name', 'month', 'year'));
  assert.equal(reply.status, 400);
  assert.equal(reply.text, 'Invalid date value: a month and a year are needed.');
  assert.deepEqual(app.syncs.started, []);
});

test('the data source `all` has nothing dated and needs no month', async () => {
  const app = testApp();
  const body = { ...without('name', 'month', 'year'), code: 'all' };
  assert.equal((await post(app, 'data_source_sync', body)).status, 202);
  assert.equal((await post(app, 'data_source_sync', { ...body, ...period })).status, 202);
  assert.deepEqual(
    app.syncs.started.map(({ calls }) => calls[0]?.periods),
    [undefined, undefined],
  );
});

test('a whole data source: a name is not needed, but must exist when sent', async () => {
  const app = testApp();
  const named = await post(app, 'data_source_sync', good);
  assert.equal(named.status, 202);
  assert.ok((app.syncs.started[0]?.calls[0]?.names.length ?? 0) > 1);
  const misnamed = await post(app, 'data_source_sync', { ...good, name: 'paymnt' });
  assert.equal(misnamed.status, 400);
  assert.equal(misnamed.text, 'Invalid name value: paymnt.');
});

test('the current month is that of the catalogue’s time zone', async () => {
  const app = testApp();
  // Midnight has passed in every zone of Russia, and not in UTC.
  app.now = () => new Date('2019-07-31T22:30:00Z');
  const august = await post(app, 'entity_sync', { ...good, month: 8 });
  assert.equal(august.status, 202);
  app.now = () => new Date('2019-07-31T11:00:00Z');
  const tooEarly = await post(app, 'entity_sync', { ...good, month: 8 });
  assert.equal(tooEarly.status, 400);
});

test('the first month is the catalogue’s, also within its year', async () => {
  const app = testApp();
  app.catalog = { ...app.catalog, periods: { ...app.catalog.periods, from: '2018-03' } };
  const february = await post(app, 'entity_sync', { ...good, month: 2, year: 2018 });
  assert.equal(february.text, 'Invalid date value: 2018-02.');
  const march = await post(app, 'entity_sync', { ...good, month: 3, year: 2018 });
  assert.equal(march.status, 202);
});

test('busy: 409 with Retry-After and the servers that are held', async () => {
  const app = testApp();
  app.syncs.outcome = { outcome: 'busy', servers: ['dcdb'], runs: [] };
  const plain = await post(app, 'entity_sync', good);
  assert.equal(plain.status, 409);
  assert.equal(plain.text, 'Thread is busy, try again later.');
  assert.equal(plain.headers.get('retry-after'), '60');
  assert.equal(plain.queued, undefined);
  const structured = await post(app, 'entity_sync', good, { accept: 'application/json' });
  assert.deepEqual(JSON.parse(structured.text), {
    type: 'urn:syncboard:problem:busy',
    title: 'Somebody else is at work there',
    status: 409,
    detail: 'Thread is busy, try again later.',
    servers: ['dcdb'],
    runs: [],
    retryAfter: 60,
  });
});

test('a token may touch its own codes only', async () => {
  const sha256 = createHash('sha256').update('narrow').digest('hex');
  const app = testApp({
    API_TOKENS: JSON.stringify([{ name: 'narrow', sha256, codes: ['0c10', 'mo'] }]),
  });
  const own = await post(app, 'entity_sync', { ...good, token: 'narrow' });
  assert.equal(own.status, 202);
  assert.equal(app.syncs.started[0]?.token, 'narrow');
  for (const code of ['stek', 'all']) {
    const other = await post(app, 'entity_sync', { ...good, token: 'narrow', code, user: '' });
    assert.equal(other.status, 403);
    assert.equal(other.text, `Token is not allowed for code: ${code}.`);
  }
  const both = await post(app, 'entity_sync', { ...good, token: 'narrow', code: ['0c10', 'mo'] });
  assert.equal(both.status, 202);
  const body = { ...good, token: 'narrow', code: ['mo', 'stek', 'x'], user: '' };
  const partly = await post(app, 'entity_sync', body, { accept: 'application/json' });
  assert.equal(partly.status, 403);
  assert.deepEqual(
    problem(partly).errors?.map(({ field, value }) => [field, value]),
    [['code[1]', 'stek']],
  );
  assert.equal(app.syncs.started.length, 2);
});

for (const name of ['entity_sync', 'data_source_sync']) {
  test(`GET ${name} is refused and says what to use`, async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await call(testApp(), name, { method });
      assert.equal(reply.status, 405);
      assert.equal(reply.headers.get('allow'), 'POST');
      assert.equal(reply.text, `Method ${method} is not allowed here, use POST.`);
    }
    const options = await call(testApp(), name, { method: 'OPTIONS' });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), 'POST');
  });
}

test('a failure below is a bare 500, and the log has no secret', async () => {
  const app = testApp();
  app.syncs.failure = new Error('cannot reach https://a.blob.core.windows.net/x?sv=1&sig=abc%2F', {
    cause: new Error('Login failed: Server=s;User Id=u;Password=hush hush;Encrypt=true'),
  });
  for (const accept of ['*/*', 'application/json']) {
    const reply = await post(app, 'entity_sync', good, { accept });
    assert.equal(reply.status, 500);
    assert.match(reply.text, /00000000-0000-4000-8000-000000000001/);
    assert.doesNotMatch(reply.text, /blob|Login|Error:/);
    assert.match(reply.log, /cannot reach/);
    assert.match(reply.log, /caused by: Error: Login failed/);
    assert.doesNotMatch(reply.log, /abc|hush|demo-token/);
    assert.equal(reply.queued, undefined);
  }
});
