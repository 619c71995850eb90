/** POST /runs: any calls as one run. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { TooManyStagesError } from '../../shared/sync/plan.ts';
import { call, post, runId, testApp } from './app.ts';

/** In the middle of July 2019, as the app's clock. */
const july = { month: 7, year: 2019 };
const june = { month: 6, year: 2019 };
const may = { month: 5, year: 2019 };

const good = { code: '0c10', name: 'payment', ...july };
const asked = (...calls: unknown[]) => ({ token: 'demo-token', user: 'оператор', calls });

const refused: [title: string, body: unknown, text: string, errors: [string, RegExp][]][] = [
  [
    'no calls',
    { token: 'demo-token', user: 'u' },
    'Invalid calls value: None.',
    [['calls', /need/]],
  ],
  ['none in the list', asked(), 'Invalid calls value: [].', [['calls', /1 to 500 calls/]]],
  [
    'an object',
    { ...asked(), calls: { 0: good } },
    'Invalid calls value: {"0":{"code":"0c10","name":"payment","month":7,"year":2019}}.',
    [['calls', /array/]],
  ],
  [
    'too many',
    asked(...Array(501).fill(good)),
    'Invalid calls value: 501.',
    [['calls', /501.*500 at most/]],
  ],
  [
    'no user',
    { token: 'demo-token', calls: [good] },
    'User is not specified.',
    [['user', /needed/]],
  ],
  [
    'a member that was meant otherwise',
    { ...asked(good), user: 'u', call: [] },
    'Unknown member: call (did you mean calls?).',
    [['call', /did you mean calls\?/]],
  ],
  ...(
    [
      ['a call that is none', null, [['calls[0]', /an object with code/]]],
      ['a list for a call', [good], [['calls[0]', /an object with code/]]],
      ['no code', { ...good, code: undefined }, [['calls[0].code', /needed/]]],
      ['an unknown code', { ...good, code: '0c1O' }, [['calls[0].code', /did you mean 0c10\?/]]],
      ['a code twice', { ...good, code: ['mo', '0c10', 'mo'] }, [['calls[0].code[2]', /twice/]]],
      ['no code at all', { ...good, code: [] }, [['calls[0].code', /one of 0c01/]]],
      [
        'an unknown name',
        { ...good, name: 'paymnt' },
        [['calls[0].name', /did you mean payment\?/]],
      ],
      ['a name that is no text', { ...good, name: 7 }, [['calls[0].name', /an entity of 0c10/]]],
      ['__proto__', { ...good, name: '__proto__' }, [['calls[0].name', /an entity of 0c10/]]],
      [
        'an entity that one lacks',
        { ...good, code: ['0c10', 'mo'], name: 'bank_code' },
        [['calls[0].name', /^mo has no bank_code$/]],
      ],
      [
        'a slip in a member',
        { code: '0c10', name: 'meter', moth: -1 },
        [['calls[0].moth', /did you mean month\?/]],
      ],
      ['no month', { code: '0c10', name: 'payment' }, [['calls[0].month', /payment is dated/]]],
      [
        'no month for a whole source',
        { code: '0c10' },
        [['calls[0].month', /and \d+ more are dated/]],
      ],
      ['a month without a year', { ...good, year: undefined }, [['calls[0].year', /needed/]]],
      ['a year without a month', { ...good, month: null }, [['calls[0].month', /needed/]]],
      ['0 beside a year', { ...good, month: 0 }, [['calls[0].year', /leave it out/]]],
      ['-1 beside a year', { ...good, month: -1 }, [['calls[0].year', /leave it out/]]],
      ['month 13', { ...good, month: 13 }, [['calls[0].month', /1 to 12/]]],
      ['half a month', { ...good, month: -0.5 }, [['calls[0].month', /whole number/]]],
      ['a month of letters', { ...good, month: 'july' }, [['calls[0].month', /whole number/]]],
      ['true for a month', { ...good, month: true }, [['calls[0].month', /whole number/]]],
      ['a year of two digits', { ...good, year: 19 }, [['calls[0].year', /2018 to 2019/]]],
      [
        'next month',
        { ...good, month: 8 },
        [['calls[0].month', /is 2019-08, not a month from 2018-01 to 2019-07/]],
      ],
      [
        'before the first',
        { code: '0c10', name: 'payment', month: -19 },
        [['calls[0].month', /is 2017-12, not a month from 2018-01/]],
      ],
      [
        'long before',
        { code: '0c10', name: 'payment', month: -(2 ** 52) },
        [['calls[0].month', /not a month from 2018-01/]],
      ],
      [
        'months beside a month',
        { ...good, months: [-1, 0] },
        [
          ['calls[0].month', /beside months/],
          ['calls[0].year', /beside months/],
        ],
      ],
      [
        'one end',
        { code: '0c10', name: 'payment', months: [-1] },
        [['calls[0].months', /array of two/]],
      ],
      [
        'three ends',
        { code: '0c10', name: 'payment', months: [-2, -1, 0] },
        [['calls[0].months', /array of two/]],
      ],
      [
        'a range of text',
        { code: '0c10', name: 'payment', months: '-2..0' },
        [['calls[0].months', /array of two/]],
      ],
      [
        'a range to next month',
        { code: '0c10', name: 'payment', months: [-1, 1] },
        [['calls[0].months[1]', /0 for the current/]],
      ],
      [
        'a range backwards',
        { code: '0c10', name: 'payment', months: [0, -2] },
        [['calls[0].months[1]', /2019-05, before the first month 2019-07/]],
      ],
      [
        'a range from before the first',
        { code: '0c10', name: 'payment', months: [-30, 0] },
        [['calls[0].months[0]', /2017-01, not a month from 2018-01/]],
      ],
      [
        'an end of half a month',
        { code: '0c10', name: 'payment', months: [{ month: 1.5, year: 2019 }, 0] },
        [['calls[0].months[0].month', /1 to 12/]],
      ],
      [
        'an end without a year',
        { code: '0c10', name: 'payment', months: [{ month: 1 }, 0] },
        [['calls[0].months[0].year', /needed/]],
      ],
      [
        'a month for what is not dated',
        { code: '0c10', name: 'meter', month: 77 },
        [['calls[0].month', /whole number/]],
      ],
    ] as [string, unknown, [string, RegExp][]][]
  ).map(([title, one, errors]) => {
    const own = errors.map(([field, message]): [string, RegExp] => [
      field.replace('[0]', '[1]'),
      message,
    ]);
    return [title, asked(good, one), '', own] as (typeof refused)[number];
  }),
];

for (const [title, body, text, errors] of refused) {
  test(`refused: ${title}`, async () => {
    const app = testApp();
    const reply = await post(app, 'runs', body);
    assert.equal(reply.status, 400, reply.text);
    const problem = JSON.parse(reply.text);
    assert.equal(problem.type, 'urn:syncboard:problem:invalid-value');
    assert.deepEqual(
      problem.errors.map(({ field }: { field: string }) => field),
      errors.map(([field]) => field),
    );
    for (const [index, [, message]] of errors.entries()) {
      assert.match(problem.errors[index].message, message);
      assert.ok(problem.errors[index].allowed.length > 0);
    }
    const [[field = ''] = []] = errors;
    if (text === '') assert.ok(problem.detail.startsWith(`Invalid ${field} value: `));
    else assert.equal(problem.detail, text);
    const plain = await post(app, 'runs', body, { accept: 'text/plain' });
    assert.equal(plain.text, problem.detail);
    assert.equal(plain.status, 400);
    assert.deepEqual(app.syncs.started, []);
    assert.equal(reply.queued, undefined);
  });
}

test('of many faults a hundred are told', async () => {
  const calls = Array.from({ length: 500 }, () => ({ code: 'x', name: 'y', month: 13 }));
  const reply = await post(testApp(), 'runs', asked(...calls));
  assert.equal(JSON.parse(reply.text).errors.length, 100);
});

test('accepted: each call with its months, as they were asked for and which they are', async () => {
  const app = testApp();
  const stek = app.catalog.entityOrder('stek');
  const calls: [asked: object, resolved: object][] = [
    [good, { codes: ['0c10'], names: ['payment'], whole: false, periods: [july], asked: july }],
    [
      { ...good, month: '07', year: '2019', code: ['0c10', 'mo'] },
      { codes: ['0c10', 'mo'], names: ['payment'], whole: false, periods: [july], asked: july },
    ],
    [
      { code: 'stek', month: 0 },
      { codes: ['stek'], names: stek, whole: true, periods: [july], asked: { month: 0 } },
    ],
    [
      { code: 'mo', name: 'payment', month: '-1', year: null },
      { codes: ['mo'], names: ['payment'], whole: false, periods: [june], asked: { month: -1 } },
    ],
    [
      { code: 'mo', name: 'payment', months: [-2, 0], month: null },
      {
        ...{ codes: ['mo'], names: ['payment'], whole: false },
        ...{ periods: [may, june, july], asked: { months: [-2, 0] } },
      },
    ],
    [
      { code: 'mo', name: 'payment', months: [may, -1] },
      {
        ...{ codes: ['mo'], names: ['payment'], whole: false },
        ...{ periods: [may, june], asked: { months: [may, -1] } },
      },
    ],
    [
      { code: 'mo', name: 'payment', months: [may, may] },
      {
        ...{ codes: ['mo'], names: ['payment'], whole: false },
        ...{ periods: [may], asked: { months: [may, may] } },
      },
    ],
    [
      { code: '0c10', name: 'meter' },
      { codes: ['0c10'], names: ['meter'], whole: false },
    ],
    [
      { code: '0c10', name: 'meter', month: 0 },
      { codes: ['0c10'], names: ['meter'], whole: false },
    ],
    [
      { code: 'all', name: null },
      { codes: ['all'], names: app.catalog.entityOrder('all'), whole: true },
    ],
  ];
  const reply = await post(app, 'runs', asked(...calls.map(([one]) => one)));
  assert.equal(reply.status, 202, reply.text);
  assert.deepEqual(JSON.parse(reply.text), {
    id: runId,
    state: 'queued',
    location: `/runs/${runId}`,
  });
  assert.equal(reply.headers.get('location'), `/runs/${runId}`);
  assert.equal(reply.queued, runId);
  assert.deepEqual(app.syncs.started, [
    { kind: 'calls', calls: calls.map(([, one]) => one), user: 'оператор', token: 'demo' },
  ]);
  assert.match(reply.log, /of 0c10, mo, stek, all was asked for by оператор \(token demo, /);
});

test('text for whoever asks for it, and when it is busy the same way', async () => {
  const app = testApp();
  const accept = 'text/plain';
  const started = await post(app, 'runs', asked(good), { accept });
  assert.equal(started.text, 'Synchronization was started.');
  app.syncs.outcome = { outcome: 'busy', servers: ['dcdb'], runs: [] };
  const busy = await post(app, 'runs', asked(good), { accept });
  assert.deepEqual([busy.status, busy.text], [409, 'Thread is busy, try again later.']);
  assert.equal(busy.headers.get('retry-after'), '60');
  const structured = await post(app, 'runs', asked(good));
  assert.deepEqual(JSON.parse(structured.text).servers, ['dcdb']);
  assert.equal(structured.queued, undefined);
});

test('the months are those of the catalogue’s time zone at the POST', async () => {
  const cases: [now: string, timeZone: string, month: number, year: number][] = [
    // 23:59:59 of the last day there, and a second later.
    ['2019-07-31T13:59:59.999Z', 'Asia/Vladivostok', 7, 2019],
    ['2019-07-31T14:00:00Z', 'Asia/Vladivostok', 8, 2019],
    ['2019-12-31T13:59:59.999Z', 'Asia/Vladivostok', 12, 2019],
    ['2019-12-31T14:00:00Z', 'Asia/Vladivostok', 1, 2020],
    // Summer time began on 31 March 2019 and ended on 27 October.
    ['2019-03-31T21:59:59Z', 'Europe/Prague', 3, 2019],
    ['2019-03-31T22:00:00Z', 'Europe/Prague', 4, 2019],
    ['2019-10-31T22:59:59Z', 'Europe/Prague', 10, 2019],
    ['2019-10-31T23:00:00Z', 'Europe/Prague', 11, 2019],
  ];
  for (const [now, timeZone, month, year] of cases) {
    const app = testApp();
    app.now = () => new Date(now);
    app.catalog = { ...app.catalog, periods: { from: '2018-01', timeZone } };
    const calls = [
      { code: '0c10', name: 'payment', month: 0 },
      { code: '0c10', name: 'payment', months: [-12, -11] },
    ];
    assert.equal((await post(app, 'runs', asked(...calls))).status, 202);
    const [current, range] = app.syncs.started[0]?.calls ?? [];
    assert.deepEqual(current?.periods, [{ month, year }], now);
    const next = month === 12 ? { month: 1, year } : { month: month + 1, year: year - 1 };
    assert.deepEqual(range?.periods, [{ month, year: year - 1 }, next], now);
  }
});

test('a token needs all codes of all calls', async () => {
  const sha256 = createHash('sha256').update('narrow').digest('hex');
  const API_TOKENS = JSON.stringify([{ name: 'narrow', sha256, codes: ['0c10', 'mo'] }]);
  const app = testApp({ API_TOKENS });
  const body = (...calls: unknown[]) => ({ ...asked(...calls), token: 'narrow' });
  const own = await post(app, 'runs', body(good, { ...good, code: ['mo', '0c10'] }));
  assert.equal(own.status, 202);
  for (const query of [{}, { dry: 'true' }]) {
    const others = body(good, { ...good, code: ['mo', 'stek'] }, { code: 'all' }, 7);
    const reply = await post(app, 'runs', others, {}, { query });
    assert.equal(reply.status, 403);
    assert.deepEqual(
      JSON.parse(reply.text).errors.map(({ field }: { field: string }) => field),
      ['calls[1].code[1]', 'calls[2].code'],
    );
  }
  assert.equal(app.syncs.started.length, 1);
  assert.deepEqual(app.syncs.planned, []);
});

test('a token without the role run starts and plans nothing; without a token nothing is told', async () => {
  const sha256 = createHash('sha256').update('reader').digest('hex');
  const API_TOKENS = JSON.stringify([{ name: 'reader', sha256, codes: ['*'], roles: ['read'] }]);
  const app = testApp({ API_TOKENS });
  for (const query of [{}, { dry: 'true' }]) {
    const reply = await post(app, 'runs', { ...asked(good), token: 'reader' }, {}, { query });
    assert.equal(reply.status, 403);
    assert.equal((await post(app, 'runs', { calls: [] }, {}, { query })).status, 401);
  }
  assert.equal((await call(app, 'runs', { method: 'GET' })).status, 401);
});

test('too many stages: their number and the limit are told', async () => {
  const app = testApp();
  app.syncs.failure = new TooManyStagesError(6_205, 5_000);
  for (const query of [{}, { dry: 'true' }]) {
    const reply = await post(app, 'runs', asked(good), {}, { query });
    assert.equal(reply.status, 400);
    const { detail, errors } = JSON.parse(reply.text);
    assert.equal(detail, 'Invalid calls value: they make 6205 stages, and a run has 5000 at most.');
    assert.equal(errors[0].field, 'calls');
  }
});

test('five hundred calls with all that a call may have fit in a body', async () => {
  const code = Object.keys(testApp().catalog.codes()).filter((one) => /^\d/.test(one));
  const one = {
    code,
    name: 'personal_account_parameter',
    months: [
      { month: 1, year: 2019 },
      { month: 7, year: 2019 },
    ],
  };
  const app = testApp();
  const reply = await post(app, 'runs', asked(...Array(500).fill(one)));
  assert.equal(reply.status, 202, reply.text);
  assert.equal(app.syncs.started[0]?.calls.length, 500);
});
