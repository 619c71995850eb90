/** Answers as workbooks: what a reader finds in them, and what is left behind. */

import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TableRow } from '../../../shared/dynsql/tables/table.ts';
import { longestText } from '../../../shared/dynsql/tables/xlsx/cells.ts';
import { SheetNames } from '../../../shared/dynsql/tables/xlsx/names.ts';
import { styles } from '../../../shared/dynsql/tables/xlsx/parts.ts';
import {
  type WorkbookLimits,
  workbookPieces,
} from '../../../shared/dynsql/tables/xlsx/workbook.ts';
import { answerOf, row, sheetsOf, unzipped } from './hand-made.ts';

const workbookOf = async (
  tables: readonly string[],
  rows: readonly TableRow[],
  limits?: WorkbookLimits,
) => sheetsOf(await buffer(workbookPieces(answerOf(tables, [rows]), limits)));

/** Files of ours that this process has open, where the system tells. */
function openSpools(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.includes('/syncboard-') ? [path] : [];
    } catch {
      return [];
    }
  });
}

const text = (value: string) => JSON.stringify(value);
const { day, moment, exactMoment, time, exactTime } = styles;
const long = 'x'.repeat(40_000);

/** Days are those since 1899-12-30. */
const cells: readonly [column: string, json: string | number, read: string | undefined][] = [
  ['dtString', 'null', undefined],
  ['dtString', text(''), ''],
  ...['=1+1', '+1', '-1', '@A1', '007', '1E5', 'NaN', 'TRUE', '#N/A', '12345678901234567890'].map(
    (value): [string, string, string] => ['dtString', text(value), value],
  ),
  ...[
    'a\nb',
    'a\r\nb',
    '\ttab',
    '"q"',
    '<a&b>',
    ' blanks ',
    '😀 žluť',
    '\u0001\u001f',
    '\ufffe',
  ].map((value): [string, string, string] => ['dtMemo', text(value), value]),
  ['dtString', text('\ud800x'), '\ufffdx'],
  ['dtString', text('x'.repeat(longestText)), 'x'.repeat(longestText)],
  ['dtInteger', 5, 'n:5'],
  ['dtFloat', 0.1 + 0.2, 'n:0.30000000000000004'],
  ['dtCurrency', '123.4500', 'n:123.4500'],
  ['dtCurrency', '-123456789012345', 'n:-123456789012345'],
  ['dtCurrency', '1234567890123456', '1234567890123456'],
  ['dtFloat', '12345678901234.1234', '12345678901234.1234'],
  ['dtFloat', '500.00000000000000000000', 'n:500.00000000000000000000'],
  ['dtFloat', '0.000000000000000000001', 'n:0.000000000000000000001'],
  ['dtFloat', text('odd'), 'odd'],
  ['dtBoolean', 'true', 'b:1'],
  ['dtBoolean', 'false', 'b:0'],
  ['dtDate', text('2019-07-31'), `${day}:43677`],
  ['dtDate', text('1900-03-01'), `${day}:61`],
  ['dtDate', text('1900-02-28'), '1900-02-28'],
  ['dtDate', text('0001-01-01'), '0001-01-01'],
  ['dtDate', text('9999-12-31'), `${day}:2958465`],
  ['dtDate Europe/Prague', text('2019-07-31T22:00:00.000Z'), `${day}:43678`],
  ['dtDateTime', text('2019-07-31T12:00:00.000Z'), `${moment}:43677.5`],
  ['dtDateTime Europe/Prague', text('2019-07-31T22:00:00.000Z'), `${moment}:43678`],
  ['dtDateTime', text('2019-07-31T12:00:00.250Z'), `${exactMoment}:43677.50000289352`],
  ['dtDateTime', text('2019-07-31T12:00:00.0000001Z'), `${moment}:43677.5`],
  ['dtDateTime', text('1899-12-31T00:00:00.000Z'), '1899-12-31 00:00:00'],
  ['dtDateTime Europe/Prague', text('1899-12-31T23:00:00.000Z'), '1900-01-01 00:00:00'],
  ['dtDateTime Europe/Prague', text('1899-12-31T23:00:00.250Z'), '1900-01-01 00:00:00.250'],
  ['dtDate Europe/Prague', text('1899-12-31T23:00:00.000Z'), '1900-01-01'],
  ['dtDateTime Europe/Prague', text('9999-12-31T23:59:59.000Z'), '9999-12-31T23:59:59.000Z'],
  ['dtDateTime', text('no date'), 'no date'],
  ['dtTime', text('06:00:00'), `${time}:0.25`],
  ['dtTime', text('06:00:00.5000000'), `${exactTime}:0.250005787037037`],
  ['dtTime', text('25:00:00'), '25:00:00'],
];

test('each value is a cell of its type, and keeps what it is', async () => {
  const columns = cells.map(([column], at) => `C${at} ${column}`).join(',');
  const values = { place: 0, cells: cells.map(([, json]) => json) };
  const [sheet] = await workbookOf([`MAIN: ${columns}`], [values]);
  const letters = Object.keys(sheet?.cells ?? {}).filter((place) => /^[A-Z]+1$/.test(place));
  for (const [at, [column, json, read]] of cells.entries()) {
    const place = letters[at]?.replace('1', '2') ?? '';
    assert.equal(sheet?.cells[place], read, `${column} ${String(json).slice(0, 40)}`);
  }
});

test('a text that looks like what XML texts use for control characters stays as it is', async () => {
  const bytes = await buffer(workbookPieces(answerOf(['MAIN: A'], [[row(0, '_x0041_ \r')]])));
  const xml = unzipped(bytes).get('xl/worksheets/sheet1.xml') ?? '';
  assert.match(xml, />_x005F_x0041_ _x000D_</);
});

test('a text of more than 32,767 characters is cut, and says so', async () => {
  const [sheet] = await workbookOf(['MAIN: A'], [row(0, long)]);
  const cut = sheet?.cells['A2'] ?? '';
  assert.equal(cut.length, longestText);
  assert.match(cut, /x … \(40000 characters, a cell has 32767\)$/);
});

const nested = [
  'MAIN: ID*,NAME',
  'METERS < MAIN: SERIAL',
  'READINGS < METERS: VALUE',
  'NONE < MAIN: X',
];
const rows = [
  row(0, 'a', 'one'),
  row(1, 's1'),
  row(2, 10),
  row(2, 20),
  row(1, 's2'),
  row(0, 'b', 'two'),
  row(1, 's3'),
  row(2, 30),
];

test('nested datasets are sheets that begin with the keys of the rows above', async () => {
  const [main, meters, readings, none] = await workbookOf(nested, rows);
  assert.deepEqual(main, {
    name: 'MAIN',
    cells: { A1: 'ID', B1: 'NAME', A2: 'a', B2: 'one', A3: 'b', B3: 'two' },
  });
  // A query that selects no key has the number of the row for one.
  assert.deepEqual(meters?.cells, {
    ...{ A1: 'MAIN.ID', B1: '#', C1: 'SERIAL' },
    ...{ A2: 'a', B2: 'n:1', C2: 's1', A3: 'a', B3: 'n:2', C3: 's2', A4: 'b', B4: 'n:3', C4: 's3' },
  });
  assert.deepEqual(readings?.cells, {
    ...{ A1: 'MAIN.ID', B1: 'METERS.#', C1: 'VALUE' },
    ...{ A2: 'a', B2: 'n:1', C2: 'n:10', A3: 'a', B3: 'n:1', C3: 'n:20' },
    ...{ A4: 'b', B4: 'n:3', C4: 'n:30' },
  });
  assert.deepEqual(none, { name: 'NONE', cells: { A1: 'MAIN.ID', B1: 'X' } });
  assert.deepEqual(openSpools(), []);
});

test('what a sheet has no room for goes on in the next one, in every table', async () => {
  const many = Array.from({ length: 5 }, (_, at) => [
    row(0, `k${at}`, ''),
    row(1, `s${at}`),
  ]).flat();
  const sheets = await workbookOf(nested.slice(0, 2), many, { rows: 3 });
  assert.deepEqual(
    sheets.map(({ name, cells }) => [name, Object.keys(cells).length, cells['A2']]),
    [
      ['MAIN', 6, 'k0'],
      ['MAIN (2)', 6, 'k2'],
      ['MAIN (3)', 4, 'k4'],
      ['METERS', 6, 'k0'],
      ['METERS (2)', 6, 'k2'],
      ['METERS (3)', 4, 'k4'],
    ],
  );
});

test('names of sheets are such as Excel takes, each once', () => {
  const names = new SheetNames();
  const given = ['Rows', 'ROWS', 'History', "'a/b'", '', 'x'.repeat(40), 'x'.repeat(41)];
  assert.deepEqual(
    given.map((name) => names.next(name, 1)),
    ['Rows', 'ROWS (2)', 'History_', '_a_b_', '_', 'x'.repeat(31), `${'x'.repeat(27)} (2)`],
  );
});

test('no file is left, nor open, however a workbook ends', async () => {
  const noise = Array.from({ length: 4_000 }, (_, at) => [
    row(0, `k${at}`, ''),
    row(1, `${Math.random()}${Math.random()}${Math.random()}`),
  ]).flat();
  const full = answerOf(nested.slice(0, 2), [noise]);
  await assert.rejects(buffer(workbookPieces(full, { spooled: 20_000 })), /take more than 0 MB/);
  assert.deepEqual(openSpools(), []);

  const seen = { hasLeft: false };
  const left = workbookPieces(answerOf(nested.slice(0, 2), [noise], seen));
  await left.next();
  await left.return();
  assert.ok(seen.hasLeft);
  assert.deepEqual(openSpools(), []);

  function* failing() {
    yield noise;
    throw new Error('as told');
  }
  const failed = workbookPieces(answerOf(nested.slice(0, 2), failing()));
  await assert.rejects(buffer(failed), /as told/);
  assert.deepEqual(openSpools(), []);
});

test('rows are asked for no faster than the workbook is taken', async () => {
  let asked = 0;
  function* batches() {
    for (; asked < 2_000; asked += 1) {
      yield Array.from({ length: 100 }, (_, at) => row(0, `${asked} ${at} ${Math.random()}`, 'x'));
    }
  }
  const pieces = workbookPieces(answerOf(['MAIN: ID*,NAME'], batches()));
  for (let taken = 0; taken < 100_000; ) taken += (await pieces.next()).value?.length ?? 0;
  let before: number;
  do {
    before = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (asked > before);
  // What is in the buffers of five streams.
  assert.ok(asked < 400, `${asked} of 2000 batches were asked for`);
  await pieces.return();
});

test('what fails before the first rows fails before the first byte', async () => {
  // biome-ignore lint/correctness/useYield: it fails before
  async function* failing(): AsyncGenerator<readonly TableRow[], void, undefined> {
    throw new Error('as told');
  }
  const { tables } = answerOf(['MAIN: A'], []);
  await assert.rejects(workbookPieces({ tables, rows: failing() }).next(), /as told/);
});
