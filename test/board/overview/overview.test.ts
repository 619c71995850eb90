import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, noFacts } from '../../../shared/board/overview/facts.ts';
import cs from '../../../shared/board/overview/messages/cs.json' with { type: 'json' };
import en from '../../../shared/board/overview/messages/en.json' with { type: 'json' };
import ru from '../../../shared/board/overview/messages/ru.json' with { type: 'json' };
import { overviewOf, overviewSchema } from '../../../shared/board/overview/overview.ts';
import { languages, overviewText } from '../../../shared/board/overview/text.ts';
import { visibleTo } from '../../../shared/board/overview/visible.ts';
import { troublesIn } from '../../../shared/board/overview/wrong.ts';

const night = '2026-11-30T01:30:00.000Z';
const later = '2026-11-30T02:30:00.000Z';
const nine = new Date('2026-11-30T08:00:00.000Z');

const calm: Facts = { ...noFacts(nine), unread: [] };

const schedule: Facts['schedules'][number] = {
  name: 'night',
  content: {
    ...{ board: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Prague', enabled: true },
    ...{ missed: 'last', window: '1d', whenBusy: 'wait' },
  },
  codes: ['0c10', 'mo'],
  upTo: night,
  next: '2026-12-01T01:30:00.000Z',
  last: { at: night, state: 'started', run: 'r1' },
  run: { id: 'r1', state: 'succeeded', startedAt: night, endedAt: later },
  open: [],
};
const failed = (code: string, entity: string, run = 'r1'): Facts['failures'][number] => ({
  ...{ code, entity, since: later, run, message: `Invalid object name 'dbo.${entity}'.` },
});
const skipped = { at: night, state: 'skipped' as const, why: 'Busy: dcdb.' };
const fallen = { phase: 'following' as const, trouble: { what: 'unreachable', since: later } };
const closure = {
  ...{ id: 'c1', server: 'dcdb', until: '2026-11-30T10:00:00.000Z', reason: 'index maintenance' },
  ...{ user: 'Jana', token: 'demo', at: night },
};

const ill: Facts = {
  ...calm,
  failures: [failed('0c10', 'payment'), failed('0c10', 'meter'), failed('mo', 'payment', 'r4')],
  schedules: [{ ...schedule, last: skipped, unmet: { since: night, due: skipped } }],
  companies: { one: fallen, two: { phase: 'following' } },
  givenUp: [{ queue: 'syncboard-companies', id: 'm', about: 'one', at: night }],
  closures: [closure],
  servers: [
    {
      server: 'dcdb',
      run: {
        id: 'r2',
        codes: ['0c10'],
        user: 'me',
        startedAt: night,
        endsAt: later,
        slowFrom: later,
      },
      waiting: [{ id: 'r3', codes: ['mo'] }],
    },
    { server: 'ab', waiting: [] },
  ],
};

test('where nothing is wrong all is well', () => {
  const overview = overviewOf({ ...calm, schedules: [schedule] });
  assert.equal(overview.well, true);
  assert.deepEqual(overview.wrong, []);
  assert.equal(overview.schedules[0]?.last?.state, 'succeeded');
});

test('what is wrong comes by its weight, one line for what has one cure', () => {
  const { well, wrong } = overviewOf(ill);
  assert.equal(well, false);
  assert.deepEqual(
    wrong.map(({ kind, subject, names, mend }) => [kind, subject, names?.join(), mend]),
    [
      [
        'failed',
        '0c10',
        'payment,meter',
        'POST /runs/r1/retry {"user": "operator", "whenBusy": "wait"}',
      ],
      ['failed', 'mo', 'payment', 'POST /runs/r4/retry {"user": "operator", "whenBusy": "wait"}'],
      [
        'late',
        'schedule night',
        undefined,
        'POST /boards/nightly/run {"user": "operator", "whenBusy": "wait", "asOf": "2026-11-30T01:30:00.000Z"}',
      ],
      ['late', '0c10', undefined, 'POST /runs/r2/cancel'],
      ['company', 'one', undefined, 'POST /flexibee/one/poll'],
      ['poison', 'syncboard-companies', 'one', undefined],
      ['closed', 'dcdb', undefined, 'DELETE /closures/c1'],
    ],
  );
});

test('what was tried again and has failed again says how often, and when at last', () => {
  const once = { ...failed('mo', 'payment'), at: later, times: 1 };
  const more = { ...failed('mo', 'meter'), since: night, at: later, times: 3 };
  const overview = overviewOf({ ...calm, failures: [once, more] });
  assert.partialDeepStrictEqual(overview.wrong, [{ since: night, again: { times: 2, at: later } }]);
  assert.equal(overviewOf({ ...calm, failures: [once] }).wrong[0]?.again, undefined);
  assert.equal(overviewOf({ ...calm, failures: [failed('mo', 'a')] }).wrong[0]?.again, undefined);
  const reader = { language: 'en', timeZone: 'Europe/Prague', tool: 'cli' } as const;
  assert.match(
    overviewText(overview, reader).replace(/\s+/g, ' '),
    /since 2026-11-30 02:30, failed again \(2\), last 2026-11-30 03:30/,
  );
});

test('a company whose changelog is off is cured by turning it on, any other by asking it again', () => {
  const cures = ['changelog disabled', 'unreachable'].map((what) => {
    const trouble = { ...fallen.trouble, what };
    const { wrong } = overviewOf({ ...calm, companies: { one: { ...fallen, trouble } } });
    return wrong.map(({ mend, cli }) => [mend, cli]);
  });
  assert.deepEqual(cures, [
    [['PUT /flexibee/one/changes/enable', 'syncboard company enable one']],
    [['POST /flexibee/one/poll', 'syncboard company poll one']],
  ]);
});

test('a time within a text is by the clock of whoever reads it; as JSON it stays as it is', () => {
  const why = 'Server dcdb is closed until 2026-11-30T08:41:00.000Z: index';
  const late = { ...skipped, why };
  const facts = { ...calm, schedules: [{ ...schedule, unmet: { since: night, due: late } }] };
  const overview = overviewOf(facts);
  assert.equal(overview.wrong[0]?.what, why);
  const reader = { language: 'en', timeZone: 'Asia/Vladivostok', tool: 'cli' } as const;
  assert.match(
    overviewText(overview, reader),
    /^ {2}Server dcdb is closed until 2026-11-30 18:41: index$/m,
  );
});

test('data are old from their time on, without anybody reading them again', () => {
  const age = { code: 'mo', place: 'heap', maxAgeMs: 3_600_000, oldAt: later };
  const ages = ['payment', 'meter'].map((entity) => ({ ...age, entity }));
  const { wrong } = overviewOf({ ...calm, ages });
  assert.deepEqual(
    wrong.map(({ kind, subject, names, since }) => [kind, subject, names, since]),
    [['old', 'mo', ['payment', 'meter'], later]],
  );
  const calls = '[{"code": "mo", "name": "payment"}, {"code": "mo", "name": "meter"}]';
  assert.equal(
    wrong[0]?.mend,
    `POST /runs {"user": "operator", "whenBusy": "wait", "calls": ${calls}}`,
  );
  assert.equal(wrong[0]?.cli, 'syncboard run --code mo --name payment,meter --in-line');
  const dated = ages.map((one) => ({ ...one, isDated: true as const }));
  const [ofMonth] = overviewOf({ ...calm, ages: dated }).wrong;
  assert.match(ofMonth?.mend ?? '', /"name": "payment", "month": 0}/);
  assert.match(ofMonth?.cli ?? '', /--name payment,meter --month 0 --in-line$/);
  assert.equal(overviewOf({ ...calm, ages, lookedAt: night }).well, true);
});

for (const [newest, now, months] of [
  ['2026-11-10T00:00:00.000Z', '2026-11-29T08:00:00.000Z', '--month 0'],
  ['2026-10-20T00:00:00.000Z', '2026-11-02T08:00:00.000Z', '--months -1..0'],
  ['2025-12-20T00:00:00.000Z', '2026-02-02T08:00:00.000Z', '--months -2..0'],
  // The first morning of a month in Vladivostok: the current one has hardly a row yet.
  ['2026-11-20T00:00:00.000Z', '2026-11-30T20:00:00.000Z', '--months -1..0'],
  // The last evening of October in Los Angeles.
  ['2026-11-01T04:00:00.000Z', '2026-11-20T08:00:00.000Z', '--months -1..0'],
  ['2019-07-31T00:00:00.000Z', '2026-11-29T08:00:00.000Z', '--months -11..0'],
] as const) {
  test(`data that are old since ${newest} are mended on ${now} by ${months}`, () => {
    const maxAgeMs = 86_400_000;
    const oldAt = new Date(Date.parse(newest) + maxAgeMs).toISOString();
    const age = { code: 'mo', entity: 'payment', place: 'heap', maxAgeMs, oldAt } as const;
    const { wrong } = overviewOf({ ...calm, lookedAt: now, ages: [{ ...age, isDated: true }] });
    assert.equal(wrong[0]?.cli, `syncboard run --code mo --name payment ${months} --in-line`);
    const [, from] = /-(\d+)\.\./.exec(months) ?? [];
    const sent = from === undefined ? '"month": 0' : `"months": [-${from}, 0]`;
    assert.ok(wrong[0]?.mend?.includes(`"name": "payment", ${sent}}`), wrong[0]?.mend);
  });
}

test('of data that are old in two places, since the first of them', () => {
  const age = { code: 'mo', entity: 'payment', maxAgeMs: 3_600_000 };
  const ages = [
    { ...age, place: 'heap', oldAt: later },
    { ...age, place: 'crude', oldAt: night },
  ];
  const { wrong } = overviewOf({ ...calm, ages });
  assert.deepEqual(
    wrong.map(({ kind, since }) => [kind, since]),
    [['old', night]],
  );
});

test('what somebody knows of is told last, marked, until its time', () => {
  const known = {
    ...{ id: 'a', kind: 'sync' as const, subject: 'mo/payment', what: 'failed', since: later },
    ...{ until: '2026-11-30T12:00:00.000Z', note: 'they know', token: 'demo', at: later },
  };
  const facts = { ...calm, failures: [failed('mo', 'payment')], acknowledgements: [known] };
  const now = overviewOf(facts);
  assert.equal(now.well, true);
  assert.equal(now.wrong[0]?.acknowledged?.note, 'they know');
  const beside = overviewOf({
    ...facts,
    failures: [failed('mo', 'payment'), failed('mo', 'meter')],
  });
  assert.deepEqual(
    beside.wrong.map(({ names }) => names),
    [['meter'], ['payment']],
  );
  const over = overviewOf({ ...facts, lookedAt: '2026-11-30T12:00:01.000Z' });
  assert.equal(over.well, false);
  assert.equal(over.wrong[0]?.acknowledged, undefined);
});

test('of several due times the one that is late for the longest is told, however many came after', () => {
  const due = (day: number) => ({
    ...{ at: `2026-11-${day}T01:30:00.000Z`, state: 'started' as const, run: `r${day}` },
  });
  const open = [27, 28, 29].map((day) => ({
    due: due(day),
    run: { id: `r${day}`, state: 'waiting' as const },
  }));
  const [line, ...others] = overviewOf({ ...calm, schedules: [{ ...schedule, open }] }).wrong;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [line?.kind, line?.what, line?.count, line?.run, line?.since],
    ['late', 'in line', 3, 'r27', '2026-11-27T01:45:00.000Z'],
  );
  const unseen = { ...schedule, next: night };
  const [unlooked] = overviewOf({ ...calm, schedules: [unseen] }).wrong;
  assert.deepEqual(
    [unlooked?.what, unlooked?.cli],
    ['unseen', `syncboard board run nightly --as-of ${night} --in-line`],
  );
  const met = overviewOf({ ...calm, schedules: [{ ...unseen, met: later }] });
  assert.equal(met.well, true, 'the board was run by hand since');
});

test('what cannot be run is not said to be mended by a run of its board', () => {
  const owed = (more: object, content: object = {}) => {
    const due = { at: night, state: 'failed' as const, why: 'There was none.', ...more };
    const schedules = [
      { ...schedule, content: { ...schedule.content, ...content }, unmet: { since: night, due } },
    ];
    return overviewOf({ ...calm, schedules }).wrong.map(({ see, mend, cli }) => [see, mend, cli]);
  };
  assert.deepEqual(owed({ lacks: 'board' }), [
    ['/boards', 'DELETE /schedules/night', 'syncboard schedule remove night'],
  ]);
  assert.deepEqual(owed({ state: 'skipped', lacks: 'calls' }), [
    ['/boards/nightly', undefined, undefined],
  ]);
  assert.match(String(owed({})), /syncboard board run nightly --as-of/);
  assert.deepEqual(owed({ lacks: 'board' }, { enabled: false }), [], 'it is not to run any more');
});

const differs = {
  ...{ run: 'r1', at: later, state: 'differs' as const, what: 'rows are 7 and 6' },
  ...{ agreedAt: '2026-11-28T02:30:00.000Z', firstAt: '2026-11-01T02:30:00.000Z' },
};
const cell = { code: 'mo', entity: 'payment', state: 'succeeded' as const, run: 'r1', at: later };
const lasting: [string, Facts][] = [
  ['schedule night', { ...calm, schedules: ill.schedules }],
  ['late night', { ...calm, schedules: [{ ...schedule, next: night }] }],
  ['slow r2', { ...calm, servers: ill.servers }],
  ['check mo/payment', { ...calm, cells: [{ ...cell, check: differs }] }],
  ['queue syncboard-companies', { ...calm, givenUp: ill.givenUp }],
];
for (const [name, facts] of lasting) {
  test(`what lasts may be known: ${name}`, () => {
    const [trouble, ...others] = troublesIn(facts);
    assert.ok(trouble);
    assert.deepEqual([`${trouble.kind} ${trouble.subject}`, others], [name, []]);
    const until = '2026-11-30T12:00:00.000Z';
    const known = { ...trouble, id: 'a', until, note: 'we know', token: 'demo', at: later };
    const now = overviewOf({ ...facts, acknowledgements: [known] });
    assert.deepEqual([now.well, now.wrong[0]?.acknowledged?.note], [true, 'we know']);
    const other = { ...known, since: '2026-11-01T00:00:00.000Z' };
    assert.equal(overviewOf({ ...facts, acknowledgements: [other] }).well, false);
    const over = { ...facts, acknowledgements: [known], lookedAt: '2026-11-30T12:00:01.000Z' };
    assert.equal(overviewOf(over).well, false);
  });
}

test('a check that differs again is the same trouble, a message more that is given up is another', () => {
  const again = { ...differs, run: 'r9', at: '2026-11-30T06:00:00.000Z' };
  const of = (check: typeof differs) => troublesIn({ ...calm, cells: [{ ...cell, check }] });
  assert.deepEqual(of(again), of(differs));
  const one = { queue: 'syncboard-companies', id: 'm', about: 'one', at: night };
  const more = { ...calm, givenUp: [one, { ...one, id: 'n', at: later }] };
  assert.notDeepEqual(troublesIn(more), troublesIn({ ...calm, givenUp: [one] }));
});

test('that something could not be read, or nobody has looked, is not well', () => {
  assert.equal(overviewOf({ ...calm, unread: ['companies'] }).well, false);
  assert.equal(overviewOf(calm, night).staleSince, night);
  assert.equal(overviewOf(calm, night).well, false);
});

test('closed alone worries nobody, and what was closed until now is open', () => {
  const { well, wrong } = overviewOf({ ...calm, closures: [closure] });
  assert.deepEqual([well, wrong.length], [true, 1]);
  const over = { ...closure, until: calm.lookedAt };
  assert.deepEqual(overviewOf({ ...calm, closures: [over] }).wrong, []);
});

test('whoever may touch some data sources sees those, and that servers are taken', () => {
  const own = visibleTo(ill, (codes) => codes.every((code) => code === 'mo'));
  const { wrong, schedules, servers, companies } = overviewOf(own);
  assert.deepEqual(
    wrong.map(({ kind, subject }) => [kind, subject]),
    [
      ['failed', 'mo'],
      ['closed', 'dcdb'],
    ],
  );
  assert.deepEqual([schedules, companies.total], [[], 0]);
  const [taken] = servers;
  assert.deepEqual([taken?.isFree, taken?.run, taken?.waits], [false, undefined, ['r3']]);
  assert.doesNotMatch(JSON.stringify(overviewOf(own)), /0c10|one|r1|r2/);
});

test('a thousand companies that fall at once, all sources failing: one line, the worst twenty, under 60 KB', () => {
  const codes = Array.from({ length: 1_000 }, (_, index) => `company-${index}`);
  const sources = Array.from({ length: 15 }, (_, index) => `source-${index}`);
  const entities = Array.from({ length: 30 }, (_, index) => `entity-number-${index}`);
  const message = 'Ошибка при выполнении процедуры '.repeat(6);
  const facts: Facts = {
    ...ill,
    companies: Object.fromEntries(codes.map((code) => [code, fallen])),
    failures: sources.flatMap((code) =>
      entities.map((entity, index) => ({ ...failed(code, entity, `run-${index % 7}`), message })),
    ),
    schedules: Array.from({ length: 100 }, (_, index) => ({ ...schedule, name: `night-${index}` })),
    closures: Array.from({ length: 100 }, (_, index) => ({ ...closure, id: `c${index}` })),
  };
  const overview = overviewOf(facts);
  const { companies, wrong, more = 0 } = overview;
  assert.deepEqual(
    [companies.total, companies.inTrouble, companies.worst.length],
    [1_000, 1_000, 20],
  );
  assert.equal(wrong.length + more, 15 * 7 + 1 + 1 + 1 + 100);
  const text = JSON.stringify(overviewSchema.parse(overview));
  assert.ok(Buffer.byteLength(text) < 60_000, `${Buffer.byteLength(text)} bytes`);
  const one = overviewOf({ ...facts, failures: [] }).wrong.filter(({ kind }) => kind === 'company');
  assert.deepEqual(
    one.map(({ what, count }) => [what, count]),
    [['unreachable', 1_000]],
  );
});

function shape(value: unknown, path = ''): string[] {
  if (typeof value === 'string') {
    return [`${path} ${[...value.matchAll(/\{\w+\}/g)].map(String).sort().join()}`];
  }
  return Object.entries(value as object).flatMap(([key, one]) => shape(one, `${path}.${key}`));
}

test('every language has every text, with the same places', () => {
  for (const texts of [cs, ru]) assert.deepEqual(shape(texts), shape(en));
});

for (const language of languages) {
  test(`as text in ${language}: lines for a terminal of 80 columns, no text of another language`, () => {
    const text = overviewText(overviewOf(ill), {
      ...{ language, timeZone: 'Europe/Prague', tool: 'curl' },
    });
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(text, /curl -X POST "\$SYNCBOARD_URL\/runs\/r1\/retry" \\\n/);
    assert.match(text, /2026-11-30 03:30/);
    assert.doesNotMatch(text.replace(/-d '[^']+'/g, ''), /[{}]|undefined/);
    assert.match(
      text,
      { en: /^Wrong now: 6\n/, cs: /^Teď není/, ru: /^Сейчас не в порядке/ }[language],
    );
  });
}
