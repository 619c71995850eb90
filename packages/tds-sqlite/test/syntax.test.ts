/** Whatever is sent, the parser answers with statements or with an error of SQL Server's. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { SqlServerError } from '../src/procedure.ts';
import { parseName } from '../src/session/names.ts';
import { tokenize } from '../src/syntax/lexer.ts';
import { parseBatch } from '../src/syntax/statements.ts';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

const pieces = fc.constantFrom(
  ..."SELECT FROM WHERE a b [c] \"d\" @v @@ROWCOUNT 'x' N'ž' 1 2.5 0xFF ( ) , . ; = <> + - * / AND OR NOT NULL IN LIKE CASE WHEN THEN END BEGIN IF ELSE WHILE DECLARE SET EXEC INSERT INTO VALUES UPDATE DELETE MERGE USING ON JOIN CROSS APPLY TOP ORDER BY GROUP UNION ALL WITH AS OVER CREATE TABLE PROCEDURE int /* -- \n */ ' [ ]".split(
    ' ',
  ),
);

const outcome = (text: string): 'parsed' | number => {
  try {
    parseBatch(text);
    return 'parsed';
  } catch (error) {
    assert.ok(error instanceof SqlServerError, `${text.slice(0, 200)}: ${error}`);
    assert.ok(
      error.line >= 1 && error.line <= text.split('\n').length,
      `${text}: line ${error.line}`,
    );
    return error.number;
  }
};

describe('parser', () => {
  it('survives any words in any order', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (words) => {
        outcome(words.join(' '));
      }),
      { numRuns: 2000 },
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        outcome(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses nesting without end instead of failing of it', () => {
    assert.equal(outcome(`SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`), 8631);
    assert.equal(outcome(`${'BEGIN '.repeat(20_000)}`), 8631);
    assert.equal(outcome(`SELECT ${'NOT '.repeat(5000)}1`), 156);
    assert.equal(outcome(`SELECT 1 ${'+ 1 '.repeat(20_000)}`), 8631);
  });

  it('gives a quoted name or text back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        const [literal] = tokenize(`N'${text.replaceAll("'", "''")}'`);
        assert.deepEqual([literal?.kind, literal?.text], ['nstring', text]);
        assert.deepEqual(parseName(`[${text.replaceAll(']', ']]')}]`), [text]);
      }),
    );
  });

  it('counts lines over comments, texts and names', () => {
    const batch = "SELECT 1 /* a\n/* nested\n */ */, 'x\ny', [n\nm]\n-- end\nSELECT +";
    assert.throws(() => parseBatch(batch), { number: 102, line: 7 });
  });

  const near: [string, number, string][] = [
    ['SELECT a FROM t WHERE', 102, "Incorrect syntax near 'WHERE'."],
    ['SELECT a FROM WHERE', 156, "Incorrect syntax near the keyword 'WHERE'."],
    ['SELECT a b c', 102, "Incorrect syntax near 'c'."],
    ['SELECT 1 )', 102, "Incorrect syntax near ')'."],
    ['INSERT t VALUES 1', 102, "Incorrect syntax near '1'."],
    ['UPDATE t SET', 102, "Incorrect syntax near 'SET'."],
    ['CREATE TABLE t (a int', 102, "Incorrect syntax near 'int'."],
    ['BEGIN SELECT 1', 102, "Incorrect syntax near '1'."],
    ['IF 1 = 1', 102, "Incorrect syntax near '1'."],
    [
      'MERGE t USING s ON 1 = 1 WHEN MATCHED THEN DELETE',
      10713,
      'A MERGE statement must be terminated by a semi-colon (;).',
    ],
  ];
  for (const [batch, number, message] of near) {
    it(`${batch}: ${message}`, () => {
      assert.throws(() => parseBatch(batch), { number, message });
    });
  }
});

describe('values', () => {
  let instance: TestInstance;
  let session: TestSession;
  before(async () => {
    instance = await startInstance({ schema: 'CREATE TABLE t (v nvarchar(max) NULL)' });
    session = await instance.session();
  });
  after(() => instance.close());

  it('never leave their literal or parameter', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom("'; DROP TABLE t; --", "''", "\\'", '/*', '--', "N'", '@v', ']', '"'),
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        // SQLite keeps no lone surrogates, and node:sqlite ends a text at a NUL.
        fc.pre(value.isWellFormed() && !value.includes('\0'));
        assert.equal(await session.value(`SELECT N'${value.replaceAll("'", "''")}' AS v`), value);
        const { sets, errors } = await session.rpc('sp_executesql', [
          { value: 'SELECT @v AS v, COUNT(*) FROM t WHERE v = @v OR v LIKE @v' },
          { value: '@v nvarchar(max)' },
          { name: '@v', type: 'nvarchar(max)', value },
        ]);
        assert.deepEqual([sets[0]?.rows, errors], [[[value, 0]], []]);
      }),
      { numRuns: 200 },
    );
  });
});
