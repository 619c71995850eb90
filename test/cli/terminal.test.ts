/** What stands in a terminal: widths, columns, bars, frames. Whatever comes fits, and obeys nobody. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { languages, speaker } from '../../cli/language/say.ts';
import type { Progress } from '../../cli/run/follow.ts';
import { frame } from '../../cli/run/frame.ts';
import { plainLines } from '../../cli/run/plain.ts';
import { bar } from '../../cli/terminal/bar.ts';
import { table, tableRows } from '../../cli/terminal/table.ts';
import { Painter } from '../../cli/terminal/terminal.ts';
import { broken, clean, cutTo, padTo, widthOf, wrapped } from '../../cli/terminal/text.ts';
import { clockOf, lengthText } from '../../cli/terminal/times.ts';
import { finalStates, runStates } from '../../shared/sync/run.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '\x1b[2J\x1b]0;title\x07',
    'строка\nвторая',
    '表',
    'é',
    '\u202egnp.exe',
    '👩‍👩‍👧',
    '',
  ),
);
const moment = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });
const instant = moment.map((at) => at.toISOString());

const progresses: fc.Arbitrary<Progress> = fc.record(
  {
    id: hostile,
    kind: fc.constantFrom('data_source', 'entity', 'calls'),
    state: fc.constantFrom(...runStates),
    place: fc.nat(500),
    board: hostile,
    createdAt: instant,
    startedAt: instant,
    endedAt: instant,
    stagesDone: fc.nat(5_000),
    stagesSkipped: fc.nat(5_000),
    stagesTotal: fc.nat(5_000),
    stagesFailed: fc.nat(5_000),
    running: fc.array(
      fc.record(
        { stage: hostile, server: hostile, since: instant, endsAt: instant, message: hostile },
        { requiredKeys: ['stage', 'server', 'since'] },
      ),
      { maxLength: 6 },
    ),
    waiting: fc.array(
      fc.record(
        { stage: hostile, server: hostile, exclusive: hostile, run: hostile, opens: instant },
        { requiredKeys: ['stage', 'server'] },
      ),
      { maxLength: 5 },
    ),
    wakesAt: instant,
    estimate: fc.record({
      endsAt: fc.option(instant),
      unknownStages: fc.nat(9),
      text: hostile,
    }),
    errors: fc.array(
      fc.record({ stage: fc.option(hostile, { nil: undefined }), message: hostile }),
      {
        maxLength: 3,
      },
    ),
    errorCount: fc.nat(5_000),
    warnings: fc.nat(99),
  },
  {
    requiredKeys: [
      ...([
        'id',
        'kind',
        'state',
        'createdAt',
        'stagesDone',
        'stagesSkipped',
        'stagesTotal',
      ] as const),
      ...(['stagesFailed', 'running', 'errors', 'errorCount', 'warnings'] as const),
    ],
  },
);

const isHarmless = (line: string) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(line);

describe('text in columns', () => {
  it('is cut and padded to exactly its width, whatever it is', () => {
    fc.assert(
      fc.property(hostile, fc.nat(80), fc.constantFrom('left', 'right'), (text, width, side) => {
        const shown = clean(text);
        assert.ok(isHarmless(shown));
        assert.ok(widthOf(cutTo(shown, width)) <= width);
        assert.equal(widthOf(padTo(shown, width, side)), width);
        if (widthOf(shown) <= width) assert.equal(cutTo(shown, width), shown);
      }),
    );
  });

  it('counts columns, not letters', () => {
    const taken: [string, number][] = [
      ['осталось', 8],
      ['příště', 6],
      ['e\u0301', 1],
      ['表示', 4],
      ['', 0],
    ];
    for (const [text, width] of taken) assert.equal(widthOf(text), width, text);
    assert.equal(cutTo('表示する', 5), '表示…');
    assert.equal(padTo('表示する', 4), '表… ');
  });
});

describe('a table', () => {
  it('keeps its columns below each other, and fits', () => {
    const rows = fc.array(fc.array(hostile, { minLength: 3, maxLength: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 120 }), (cells, width) => {
        const found = tableRows(cells, width);
        assert.equal(found.length, cells.length);
        for (const line of found.flat()) {
          assert.ok(isHarmless(line));
          assert.ok(widthOf(line) <= width, `${widthOf(line)} > ${width}: ${line}`);
        }
      }),
    );
  });

  it('cuts nothing where nobody looks, and gives way from the right where somebody does', () => {
    const rows = [
      ['id', 'состояние', 'what there is'],
      ['7', 'ошибка', 'a'.repeat(40)],
    ];
    assert.deepEqual(table(rows, undefined), [
      'id  состояние  what there is',
      `7   ошибка     ${'a'.repeat(40)}`,
    ]);
    assert.deepEqual(table(rows, 30), [
      'id  состояние  what there is',
      `7   ошибка     ${'a'.repeat(15)}`,
      `               ${'a'.repeat(15)}`,
      `               ${'a'.repeat(10)}`,
    ]);
  });

  it('a text that is too long goes on below, all of it, broken between words', () => {
    const text = '  ! heap:person: Msg 50000, adresář 0c10,stek,mo is full; nothing was written';
    assert.deepEqual(wrapped(text, undefined), [text]);
    assert.deepEqual(wrapped(text, { columns: 40 }), [
      '  ! heap:person: Msg 50000, adresář',
      '  0c10,stek,mo is full; nothing was',
      '  written',
    ]);
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 60 }), (told, width) => {
        const lines = broken(clean(told), width);
        assert.ok(lines.every((line) => widthOf(line) <= width));
        const letters = (all: string) => all.replaceAll(/\s/g, '');
        assert.equal(letters(lines.join('')), letters(clean(told)));
      }),
      // One letter of three columns.
      { examples: [['\u{1D158}\u{1D165}\u{1D16E}', 2]] },
    );
  });
});

describe('a bar', () => {
  it('is as wide as it should be, longer the more is done, and full only at the end', () => {
    const part = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        part,
        part,
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (one, other, width, isUnicode) => {
          const [less, more] = one < other ? [one, other] : [other, one];
          const full = (done: number) => bar(done, width, isUnicode).replaceAll(/[░-]/g, '').length;
          assert.equal(widthOf(bar(one, width, isUnicode)), width);
          assert.ok(full(less) <= full(more));
          assert.equal(full(one) === width, one >= 1);
        },
      ),
    );
    assert.equal(bar(0.5, 4, true), '██░░');
    assert.equal(bar(undefined, 4, false), '....');
  });
});

const clock = clockOf('Europe/Prague');

describe('a frame of a run', () => {
  it('fits, in each language, whatever is told', () => {
    const widths = fc.integer({ min: 20, max: 200 });
    fc.assert(
      fc.property(
        ...([progresses, widths, fc.constantFrom(...languages), moment] as const),
        fc.array(hostile),
        (progress, width, language, now, lanes) => {
          const say = speaker(language);
          const drawing = { width, now: now.getTime(), isUnicode: true, lanes, say, clock };
          const lines = frame(progress, drawing);
          for (const line of lines) {
            assert.ok(isHarmless(line));
            assert.ok(widthOf(line) <= width, `${widthOf(line)} > ${width}: ${line}`);
          }
          const isOver = finalStates.includes(progress.state);
          assert.ok(lines.length >= 2 + (isOver ? 0 : 2 * progress.running.length));
          for (const line of plainLines(undefined, progress, now.getTime(), { say, clock })) {
            assert.ok(isHarmless(line));
          }
        },
      ),
    );
  });

  const progress: Progress = {
    ...{ id: 'zd38m9z2l-b5hscz', kind: 'calls', state: 'running', board: 'nightly' },
    ...{ createdAt: '2026-11-30T02:30:00.000Z', startedAt: '2026-11-30T02:30:00.000Z' },
    ...{ stagesDone: 12, stagesSkipped: 3, stagesTotal: 60, stagesFailed: 1 },
    running: [
      {
        ...{ stage: 'export:meter:0c10', server: 'dcdb', message: '40000 rows' },
        ...{ since: '2026-11-30T02:33:00.000Z', endsAt: '2026-11-30T02:35:00.000Z' },
      },
      { stage: 'crude:payment', server: 'ab', since: '2026-11-30T02:33:50.000Z' },
    ],
    estimate: { endsAt: '2026-11-30T03:44:10.000Z', unknownStages: 1, text: '' },
    errors: [{ stage: 'heap:person', message: 'Deadlock' }],
    ...{ errorCount: 5, warnings: 2 },
  };

  it('has a bar for all and for each server, with the time left, in Russian on 80 columns', () => {
    const now = Date.parse('2026-11-30T02:34:10Z');
    assert.deepEqual(
      frame(progress, {
        ...{ width: 80, now, isUnicode: true, lanes: ['stek'], say: speaker('ru'), clock },
      }),
      [
        'запуск zd38m9z2l-b5hscz (nightly): выполняется, 4 мин 10 с',
        'всего  ██████░░░░░░░░░░░░░░░░░░  этапы: 15/60, осталось 1 ч 10 мин',
        'stek   ░░░░░░░░░░░░░░░░░░░░░░░░  ничего не выполняется',
        'dcdb   ██████████████░░░░░░░░░░  осталось 50 с',
        '       export:meter:0c10 | 40000 rows',
        'ab     ························  уже 20 с, ещё не измерялось',
        '       crude:payment',
        '! heap:person: Deadlock',
        '! и ещё ошибок: 4',
        'предупреждений: 2',
      ],
    );
  });

  it('ends with the checks that nobody could make: its success says nothing of them', () => {
    const now = Date.parse('2026-11-30T02:34:10Z');
    const ended = {
      ...{ ...progress, state: 'succeeded' as const, endedAt: '2026-11-30T02:34:10.000Z' },
      ...{ running: [], errors: [], errorCount: 0, warnings: 0 },
    };
    const lastOf = (unknown: number) => {
      const checks = { agrees: 3, differs: 0, unknown };
      const lines = plainLines(progress, { ...ended, checks }, now, { say: speaker('en'), clock });
      return lines.at(-1) ?? '';
    };
    assert.match(lastOf(1), / {2}checks not made: 1 \(syncboard log zd38m9z2l-b5hscz says why\)$/);
    assert.doesNotMatch(lastOf(0), /not made/);
  });

  it('without a terminal is told by what has changed', () => {
    const now = Date.parse('2026-11-30T02:34:10Z');
    const telling = { say: speaker('en'), clock };
    const [head, ...first] = plainLines(undefined, progress, now, telling);
    assert.equal(head, `times: ${clock.zone}`);
    assert.equal(first.length, 3);
    assert.deepEqual(plainLines(progress, progress, now, telling), []);
    const [one = assert.fail(), ...rest] = progress.running;
    const later = { ...progress, running: [{ ...one, message: '50000 rows' }, ...rest] };
    assert.match(
      plainLines(progress, later, now, telling).join('\n'),
      /^\S+ {4}15\/60 {2}dcdb: export:meter:0c10 \| 50000 rows$/,
    );
  });
});

it('lengths of time have their two largest units', () => {
  const say = speaker('cs');
  const told: [number, string][] = [
    [-5, '0 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [3_725_000, '1 h 2 min'],
    [90_000_000, '1 d 1 h'],
  ];
  for (const [ms, text] of told) assert.equal(lengthText(ms, say), text);
});

it('a painter writes over what it has painted, also where the terminal has become narrower', () => {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const terminal = { columns: 20, rows: 5, write };
  const painter = new Painter(terminal);
  painter.paint(['one', 'x'.repeat(30)]);
  assert.equal(written, `\r\x1b[Kone\n\r\x1b[K${'x'.repeat(19)}…\n\x1b[J`);
  written = '';
  terminal.columns = 10;
  painter.paint(['a', 'b', 'c', 'd', 'e', 'f']);
  assert.equal(
    written,
    `\x1b[3A${['a', 'b', 'c', 'd'].map((line) => `\r\x1b[K${line}\n`).join('')}\x1b[J`,
  );
});
