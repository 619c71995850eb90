import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOpen, nextOpening, windowText } from '../../shared/time/day-window.ts';

const minuteMs = 60_000;
const at = (text: string) => Date.parse(text);

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The zone's own clock, asked in another way than the product does. */
function clockOf(instant: number, timeZone: string): string {
  const format = { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' } as const;
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', format);
  clocks.set(timeZone, clock);
  return clock.format(instant);
}

function isOpenBy(clock: string, from: string, to: string): boolean {
  return from < to ? from <= clock && clock < to : from <= clock || clock < to;
}

// Spring and autumn of both halves of the earth, half hours, and a day that was left out.
const zones = [
  'Europe/Prague',
  'Asia/Vladivostok',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
] as const;
const changes = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-03-08T05:30:00Z',
  '2026-11-01T04:30:00Z',
  '2011-12-30T10:00:00Z',
  '2026-07-15T12:00:00Z',
].map(at);
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));

test('any window, zone and moment: open then, closed at each minute before', () => {
  fc.assert(
    fc.property(
      fc.record({ from: time, to: time, timeZone: fc.constantFrom(...zones) }),
      fc.constantFrom(...changes),
      fc.integer({ min: -40 * 60, max: 40 * 60 }),
      fc.integer({ min: 0, max: 59_999 }),
      (window, change, minutes, ms) => {
        fc.pre(window.from !== window.to);
        const { from, to, timeZone } = window;
        const instant = change + minutes * minuteMs + ms;
        const opens = nextOpening(window, instant);
        const openAt = (moment: number) => isOpenBy(clockOf(moment, timeZone), from, to);
        assert.equal(isOpen(window, instant), openAt(instant));
        assert.ok(opens >= instant && openAt(opens));
        if (openAt(instant)) assert.equal(opens, instant);
        else assert.equal(opens % minuteMs, 0);
        for (let moment = instant; moment < opens; moment += minuteMs) {
          assert.ok(
            !openAt(moment),
            `${clockOf(moment, timeZone)} before ${clockOf(opens, timeZone)}`,
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});

const night = { from: '22:00', to: '05:00', timeZone: 'Europe/Prague' };

for (const [what, window, from, opens] of [
  ['by day', night, '2026-07-01T12:00:00Z', '2026-07-01T20:00:00Z'],
  ['the minute before', night, '2026-07-01T19:59:59.999Z', '2026-07-01T20:00:00Z'],
  ['after midnight', night, '2026-07-02T01:30:00Z', '2026-07-02T01:30:00Z'],
  ['at its end', night, '2026-07-02T03:00:00Z', '2026-07-02T20:00:00Z'],
  ['to midnight', { ...night, to: '00:00' }, '2026-07-01T22:00:00Z', '2026-07-02T20:00:00Z'],
  [
    'in an hour that is left out: it opens at its end',
    { ...night, from: '02:30', to: '04:00' },
    '2026-03-29T00:30:00Z',
    '2026-03-29T01:00:00Z',
  ],
  [
    'all of it in an hour that is left out: the next day',
    { ...night, from: '02:10', to: '02:50' },
    '2026-03-29T00:30:00Z',
    '2026-03-30T00:10:00Z',
  ],
  [
    'in an hour that comes twice: the first time',
    { ...night, from: '02:10', to: '02:50' },
    '2026-10-24T23:00:00Z',
    '2026-10-25T00:10:00Z',
  ],
  [
    'and the second time',
    { ...night, from: '02:10', to: '02:50' },
    '2026-10-25T00:50:00Z',
    '2026-10-25T01:10:00Z',
  ],
] as const) {
  test(`the next opening ${what}`, () => {
    assert.equal(
      new Date(nextOpening(window, at(from))).toISOString(),
      new Date(opens).toISOString(),
    );
  });
}

test('in words', () => {
  assert.equal(windowText(night), '22:00 to 05:00 Europe/Prague');
});
