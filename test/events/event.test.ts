import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attempted, planned } from '../../shared/events/delivery/progress.ts';
import { noted, type TargetState } from '../../shared/events/delivery/target-states.ts';
import { eventIdPattern, eventOf } from '../../shared/events/event.ts';
import { hushed } from '../../shared/events/targets/sent.ts';
import { afterQuiet, isWanted } from '../../shared/events/targets/wanted.ts';
import { wallClock } from '../../shared/time/zone.ts';
import { causedAt, failure, webHook } from '../support/targets.ts';

const at = (ms: number) => new Date(causedAt.getTime() + ms);
const hourMs = 3_600_000;

test('an id follows from kind, cause and its time, whoever tells it and when; ids sort newest first', () => {
  const told = eventOf(failure('r1'), causedAt);
  assert.match(told.id, eventIdPattern);
  assert.equal(eventOf(failure('r1', { error: 'other words' }), at(hourMs)).id, told.id);
  for (const other of [failure('r2'), failure('r1', { kind: 'run.slow' })]) {
    assert.notEqual(eventOf(other, causedAt).id, told.id);
  }
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: at(0), max: new Date('4000-01-01') }),
      fc.date({ noInvalidDate: true, min: at(0), max: new Date('4000-01-01') }),
      (one, other) => {
        const ids = [one, other].map(
          (moment) => eventOf(failure('r', { causedAt: moment }), one).id,
        );
        const [first = '', second = ''] = ids;
        if (one < other) assert.ok(first > second);
      },
    ),
  );
});

test('texts and lists are cut', () => {
  const codes = Array.from({ length: 80 }, (_, index) => `c${index}`);
  const { error = '', codes: kept } = eventOf(
    failure('r', { error: '\u{1f600}'.repeat(900), codes }),
    causedAt,
  );
  assert.ok(error.length <= 1_001 && error.isWellFormed());
  assert.equal(kept?.length, 50);
});

test('what a target wants: kinds, severity, codes, boards', () => {
  const target = webHook('ops', 'http://127.0.0.1');
  const event = eventOf(failure('r1', { board: 'nightly' }), causedAt);
  const everything = eventOf({ kind: 'queue.poison', cause: 'm', causedAt }, causedAt);
  const cases: [Partial<typeof target>, typeof event, boolean][] = [
    [{}, event, true],
    [{ kinds: ['run.slow'] }, event, false],
    [{ severity: 'error' }, event, true],
    [{ severity: 'warning' }, eventOf(failure('r', { kind: 'run.recovered' }), causedAt), false],
    [{ codes: ['0c10', 'mo'] }, event, true],
    [{ codes: ['mo'] }, event, false],
    [{ codes: ['mo'] }, everything, true],
    [{ boards: ['nightly'] }, event, true],
    [{ boards: ['month-end'] }, event, false],
    [{ boards: ['nightly'] }, everything, false],
  ];
  for (const [more, told, wanted] of cases) {
    assert.equal(
      isWanted({ ...target, ...more } as typeof target, told),
      wanted,
      JSON.stringify(more),
    );
  }
});

test('quiet hours hold until they end by the clock of the zone, over midnight and both changes of it', () => {
  const quiet = { from: 22 * 60, to: 6 * 60 };
  const cases: [string, string][] = [
    ['2026-11-30T20:59:00Z', '2026-11-30T20:59:00.000Z'],
    ['2026-11-30T21:00:00Z', '2026-12-01T05:00:00.000Z'],
    ['2026-12-01T04:59:59Z', '2026-12-01T05:00:00.000Z'],
    ['2026-12-01T05:00:00Z', '2026-12-01T05:00:00.000Z'],
    // Summer time begins and ends at 01:00 UTC of these days.
    ['2026-03-28T22:00:00Z', '2026-03-29T04:00:00.000Z'],
    ['2026-10-24T22:00:00Z', '2026-10-25T05:00:00.000Z'],
  ];
  for (const [from, to] of cases) {
    const target = { quiet, timeZone: 'Europe/Prague' };
    assert.equal(afterQuiet(target, new Date(from)).toISOString(), to, from);
  }
  fc.assert(
    fc.property(
      fc.nat(1439),
      fc.nat(1439),
      fc.constantFrom('UTC', 'Europe/Prague', 'Asia/Kathmandu', 'America/New_York'),
      fc.date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2040-01-01') }),
      (from, to, timeZone, moment) => {
        fc.pre(from !== to);
        const end = afterQuiet({ quiet: { from, to }, timeZone }, moment);
        const waits = end.getTime() - moment.getTime();
        assert.ok(waits >= 0 && waits <= 26 * hourMs);
        if (waits === 0) return;
        // It ends when the hours do, but for an end that the clock leaves out.
        const minute = (wallClock(end.getTime(), timeZone) / 60_000) % 1440;
        assert.ok(minute === to || minute === (to + 60) % 1440, `${minute} ${to}`);
      },
    ),
  );
});

test('tried again for a day with longer and longer pauses, then given up', () => {
  const target = webHook('ops', 'http://127.0.0.1');
  const event = eventOf(failure('r1'), causedAt);
  let delivery = planned(event, [target], causedAt)['ops'];
  let [moment, longest] = [causedAt, 0];
  const refused = { isTaken: false, error: 'it answered 500' } as const;
  while (delivery?.state === 'waiting') {
    moment = new Date(delivery.nextAt ?? 0);
    const next = attempted(delivery, target, refused, moment);
    if (next.nextAt) longest = Math.max(longest, Date.parse(next.nextAt) - moment.getTime());
    delivery = next;
  }
  assert.equal(delivery?.state, 'given up');
  assert.equal(delivery?.error, refused.error);
  assert.equal(moment.getTime() - causedAt.getTime(), 24 * hourMs);
  assert.ok((delivery?.attempts ?? 0) > 20, `${delivery?.attempts}`);
  assert.ok(longest <= hourMs);
});

test('a target that asks for peace gets it; one that is gone for good is not asked again', () => {
  const target = webHook('ops', 'http://127.0.0.1');
  const [delivery] = Object.values(planned(eventOf(failure('r'), causedAt), [target], causedAt));
  assert.ok(delivery);
  const rests = { isTaken: false, error: 'it answered 429', retryAfterMs: 2 * hourMs } as const;
  assert.equal(attempted(delivery, target, rests, causedAt).nextAt, at(2 * hourMs).toISOString());
  const gone = { isTaken: false, error: 'it answered 410', isFinal: true } as const;
  assert.equal(attempted(delivery, target, gone, causedAt).state, 'given up');
});

test('a target that is taken out of the settings is waited for no more', () => {
  const target = webHook('ops', 'http://127.0.0.1');
  const event = eventOf(failure('r1'), causedAt);
  const deliveries = planned(event, [target], causedAt);
  const { state, error } = planned({ ...event, deliveries }, [], causedAt)['ops'] ?? {};
  assert.deepEqual([state, error], ['given up', 'the target is in the settings no more']);
});

test('how a target is doing follows from its attempts', () => {
  const shown = (isTaken: boolean, ms: number, isGivenUp = false) => {
    const error = isTaken ? undefined : 'it answered 500';
    return { target: 'ops', isTaken, isGivenUp, error, at: at(ms) };
  };
  const after = (...all: ReturnType<typeof shown>[]) =>
    all.reduce<readonly TargetState[]>(noted, [])[0];
  assert.deepEqual(after(shown(false, 1), shown(false, 2)), {
    ...{ name: 'ops', failingSince: at(1).toISOString(), error: 'it answered 500' },
  });
  assert.deepEqual(after(shown(false, 1, true), shown(false, 2, true), shown(true, 3)), {
    ...{ name: 'ops', deliveredAt: at(3).toISOString() },
    givenUp: { count: 2, latestAt: at(2).toISOString() },
  });
});

test('the words of a server are told without secrets, on one line, and cut', () => {
  const said = hushed(`no\n such /services/T0 "s3cret" ${'x'.repeat(300)}`, [
    '/services/T0',
    's3cret',
    '',
  ]);
  assert.match(said, /^no such … "…" x+…$/);
  assert.ok(said.length <= 201);
});
