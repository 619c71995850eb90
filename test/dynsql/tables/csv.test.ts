/** Answers as CSV, letter for letter. */

import assert from 'node:assert/strict';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type CsvOptions, csvPieces } from '../../../shared/dynsql/tables/csv.ts';
import type { TableRow } from '../../../shared/dynsql/tables/table.ts';
import { answerOf, row } from './hand-made.ts';

const csvOf = (tables: readonly string[], rows: readonly TableRow[], options?: CsvOptions) =>
  text(csvPieces(answerOf(tables, [rows]), options));

const cells: readonly [given: string | number | boolean | null, csv: string, escaped?: string][] = [
  [null, ''],
  ['', '""'],
  ['plain', 'plain'],
  ['007', '007'],
  ['a,b', '"a,b"'],
  ['say "so"', '"say ""so"""'],
  ['one\ntwo', '"one\ntwo"'],
  ['one\r\ntwo', '"one\r\ntwo"'],
  [' blanks ', '" blanks "'],
  ['\u00a0', '"\u00a0"'],
  ['a\\b', 'a\\b'],
  ['Žluťoučký 😀', 'Žluťoučký 😀'],
  ['\u0000', '\u0000'],
  ['NaN', 'NaN'],
  ['=1+1', '=1+1', "'=1+1"],
  ['+420', '+420', "'+420"],
  ['-5', '-5', "'-5"],
  ['@SUM(A1)', '@SUM(A1)', "'@SUM(A1)"],
  [' =1', '" =1"', "' =1"],
  ['\t=1', '"\t=1"', "'\t=1"],
  ['=cmd|"/c calc"!A1', '"=cmd|""/c calc""!A1"', '"\'=cmd|""/c calc""!A1"'],
  ['＝1', '＝1', "'＝1"],
  [' ＠SUM(A1)', '" ＠SUM(A1)"', "' ＠SUM(A1)"],
  ['\n1', '"\n1"', '"\'\n1"'],
  ['5-', '5-'],
  [-5, '-5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [true, 'true'],
  ['x'.repeat(40_000), 'x'.repeat(40_000)],
];

test('each value keeps what it is; formulas are escaped on request', async () => {
  for (const [given, csv, escaped = csv] of cells) {
    const rows = [row(0, given, 'end')];
    assert.equal(await csvOf(['MAIN: A,B'], rows), `A,B\r\n${csv},end\r\n`);
    const asked = await csvOf(['MAIN: A,B'], rows, { escapesFormulas: true });
    assert.equal(asked, `A,B\r\n${escaped},end\r\n`);
  }
});

test('numbers have the digits that the server sent', async () => {
  const rows = [{ place: 0, cells: ['12345678901234.1234', '500.00000000000000000000'] }];
  const csv = await csvOf(['MAIN: A dtCurrency,B dtFloat'], rows);
  assert.equal(csv, 'A,B\r\n12345678901234.1234,500.00000000000000000000\r\n');
});

test('no rows are a head; a byte order mark comes on request', async () => {
  assert.equal(await csvOf(['MAIN: A,B'], []), 'A,B\r\n');
  const bom = await buffer(csvPieces(answerOf(['MAIN: A'], []), { hasBom: true }));
  assert.equal(bom.toString('latin1'), '\u00ef\u00bb\u00bfA\r\n');
});

test('a row with rows below it is their lines; without any it is one itself', async () => {
  const tables = [
    'MAIN: ID*,NAME',
    'PAYMENTS < MAIN: AMOUNT',
    'METERS < MAIN: SERIAL',
    'READINGS < METERS: DAY,VALUE',
  ];
  const rows = [
    row(0, 'a', 'none below'),
    row(0, 'b', 'payments only'),
    row(1, 1),
    row(1, 2),
    row(0, 'c', 'both'),
    row(1, 3),
    row(2, 's1'),
    row(3, 'd1', 10),
    row(3, 'd2', 20),
    row(2, 's2'),
    row(0, 'd', 'a meter'),
    row(2, 's3'),
    row(0, 'e', 'none again'),
  ];
  const lines = [
    'ID,NAME,PAYMENTS.AMOUNT,METERS.SERIAL,READINGS.DAY,READINGS.VALUE',
    'a,none below,,,,',
    'b,payments only,1,,,',
    'b,payments only,2,,,',
    'c,both,3,,,',
    'c,both,,s1,d1,10',
    'c,both,,s1,d2,20',
    'c,both,,s2,,',
    'd,a meter,,s3,,',
    'e,none again,,,,',
    '',
  ];
  assert.equal(await csvOf(tables, rows), lines.join('\r\n'));
  // In whatever portions they come.
  const single = answerOf(
    tables,
    rows.map((one) => [one]),
  );
  assert.equal(await text(csvPieces(single)), lines.join('\r\n'));
});

test('a parent without fields has no columns', async () => {
  const csv = await csvOf(['MAIN:', 'ROWS < MAIN: A'], [row(0), row(1, 'x'), row(0), row(1, 'y')]);
  assert.equal(csv, 'ROWS.A\r\nx\r\ny\r\n');
});

test('leaving early, and a failure, end the rows', async () => {
  const seen = { hasLeft: false };
  for await (const _ of csvPieces(answerOf(['MAIN: A'], [[row(0, 'x')], [row(0, 'y')]], seen)))
    break;
  assert.ok(seen.hasLeft);
  function* failing() {
    yield [row(0, 'x')];
    throw new Error('as told');
  }
  await assert.rejects(text(csvPieces(answerOf(['MAIN: A'], failing()))), /as told/);
});
