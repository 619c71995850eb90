import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runBatches } from '../../sql/run-batches.ts';
import { type Batch, batchesOf } from '../../sql/script-batches.ts';

/** Of a script: its batches as `line: text`, with `× n` where one runs more than once. */
const read = (script: string) =>
  batchesOf(script).map(
    ({ text, line, times }) => `${line}: ${text}${times === 1 ? '' : ` × ${times}`}`,
  );

const scripts: [what: string, script: string, batches: string[]][] = [
  [
    'GO in any case, blanks before it',
    'SELECT 1\n\t go\nSELECT 2\nGo\n',
    ['1: SELECT 1', '3: SELECT 2'],
  ],
  [
    'ends of lines of Windows',
    '\r\n\r\nSELECT 1\r\nGO\r\nSELECT 2\r\n',
    ['3: SELECT 1', '5: SELECT 2'],
  ],
  ['a count', 'SELECT 1\nGO 5\nSELECT 2', ['1: SELECT 1 × 5', '3: SELECT 2']],
  [
    'a comment',
    'SELECT 1\nGO -- x\nSELECT 2\nGO 2 /* y */ -- z\n',
    ['1: SELECT 1', '3: SELECT 2 × 2'],
  ],
  [
    'a comment without a blank',
    'SELECT 1\nGO--x\nGO/* y */--z\nSELECT 2',
    ['1: SELECT 1', '4: SELECT 2'],
  ],
  ['nothing between two', 'GO\n\nGO\nGO\n', []],
  ['a comment alone is a batch', '-- x\nGO\n', ['1: -- x']],
  [
    'in a text',
    "SELECT '\nGO\n'' it''s\nGO\n'\nGO\nSELECT 2",
    ["1: SELECT '\nGO\n'' it''s\nGO\n'", '7: SELECT 2'],
  ],
  [
    'in quoted names',
    'SELECT 1 AS [\nGO\n], 2 AS "\nGO\n"\nGO',
    ['1: SELECT 1 AS [\nGO\n], 2 AS "\nGO\n"'],
  ],
  [
    'in a comment, which nest',
    '/* a /* b */\nGO\n*/ SELECT 1\nGO',
    ['1: /* a /* b */\nGO\n*/ SELECT 1'],
  ],
  [
    'an apostrophe in a comment opens nothing',
    "-- it's\nGO\n/* it's */\nGO\nSELECT 1",
    ["1: -- it's", "3: /* it's */", '5: SELECT 1'],
  ],
  [
    'a comment in a text opens none',
    "SELECT '/*'\nGO\nSELECT '--'\nGO\nSELECT 2",
    ["1: SELECT '/*'", "3: SELECT '--'", '5: SELECT 2'],
  ],
  ['words that begin so', 'GOOD: SELECT 1\nGO_ON:\nGO', ['1: GOOD: SELECT 1\nGO_ON:']],
  ['at a line’s end', 'SELECT 1 GO\nGO', ['1: SELECT 1 GO']],
];
for (const [what, script, batches] of scripts) {
  test(`GO: ${what}`, () => assert.deepEqual(read(script), batches));
}

for (const rest of [';', ' ;', ' x', ' 0', ' -1', ' 1.5', ' 5 5', ' SELECT 1', ' /* open']) {
  test(`GO${rest} is refused, as sqlcmd does`, () => {
    assert.throws(() => batchesOf(`SELECT 1\nGO\nSELECT 2\nGO${rest}\n`), {
      message: /^line 4: after GO may stand how often the batch runs/,
    });
  });
}

test('any batches, however they are separated, are found with their lines', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'SELECT',
          '1',
          'GO',
          '\n',
          '\nGO\n',
          "''",
          ']]',
          '""',
          '--',
          '/*',
          '*/',
          ' ',
        ),
        fc.string({ maxLength: 5 }),
      ),
    )
    .map((parts) => parts.join('').replaceAll('\r', ''));
  const closed = fc.oneof(
    text.map((inner) => `SELECT '${inner.replaceAll("'", "''")}'`),
    text.map((inner) => `SELECT 1 AS [x${inner.replaceAll(']', ']]')}]`),
    text.map((inner) => `SELECT 1 AS "x${inner.replaceAll('"', '""')}"`),
    text.map((inner) => `SELECT /* ${inner.replaceAll(/[*/]/g, '')} */ 1`),
    text.map((inner) => `SELECT 1 -- ${inner.replaceAll('\n', ' ')}`),
  );
  const separator = fc.constantFrom(
    '\nGO\n',
    '\n go \n\n',
    '\nGO -- x\n',
    '\nGO 3\n',
    '\nGO 3 -- x\n',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(closed, separator), { maxLength: 6 }), (parts) => {
      let line = 1;
      const wanted: Batch[] = [];
      for (const [body, end] of parts) {
        wanted.push({ text: body.trimEnd(), line, times: end.includes('3') ? 3 : 1 });
        line += `${body}${end}`.split('\n').length - 1;
      }
      const found = batchesOf(parts.map((part) => part.join('')).join(''));
      assert.deepEqual(
        found.map((batch) => ({ ...batch, line: 0 })),
        wanted.map((batch) => ({ ...batch, line: 0 })),
      );
      const lines = parts
        .map((part) => part.join(''))
        .join('')
        .split('\n');
      for (const { text: body, line: at } of found) {
        assert.ok(body.startsWith((lines[at - 1] ?? '').trimEnd()), `line ${at}`);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a batch runs as often as it says; an error names file and line', async () => {
  const ran: string[] = [];
  const run = async (text: string) => {
    ran.push(text);
    if (text.includes('fail')) {
      throw Object.assign(new Error('no'), { number: 50000, lineNumber: 2, procName: 'sp_other' });
    }
    if (text.includes('syntax')) {
      throw Object.assign(new Error('no'), { number: 102, lineNumber: 3, procName: 'sp_own' });
    }
    if (text.includes('bare')) throw Object.assign(new Error('no'), { number: 208, lineNumber: 2 });
  };
  await runBatches('001-x.sql', batchesOf('SELECT 1\nGO 3\nSELECT 2'), run);
  assert.deepEqual(ran, ['SELECT 1', 'SELECT 1', 'SELECT 1', 'SELECT 2']);
  for (const [script, message] of [
    ['SELECT 1\nGO\n\n-- x\nbare\n', '001-x.sql, line 5: no'],
    ['SELECT 1\nGO\nEXEC fail\n', '001-x.sql, line 3, in sp_other, line 2: no'],
    ['GO\n\nALTER PROCEDURE sp_own\nAS\nsyntax\n', '001-x.sql, line 5: no'],
  ] as const) {
    await assert.rejects(runBatches('001-x.sql', batchesOf(script), run), { message });
  }
});
