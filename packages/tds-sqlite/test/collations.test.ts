import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

const words = 'hora chata cihla čáp Čáp dub ďas c h i ábel abel abeceda ř r s š z ž 10 2'.split(
  ' ',
);
const schema = `
CREATE TABLE dbo.word (id int NOT NULL PRIMARY KEY, text nvarchar(20) COLLATE Czech_CI_AS NOT NULL,
  code varchar(20) COLLATE Latin1_General_BIN2 NOT NULL, plain nvarchar(20) NOT NULL);
INSERT dbo.word VALUES ${words.map((word, index) => `(${index}, N'${word}', '${index % 2 ? 'a' : 'A'}${index}', N'${word}')`).join(', ')};
CREATE TABLE dbo.code (code varchar(20) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY, n int);
`;

let instance: TestInstance;
let session: TestSession;
before(async () => {
  instance = await startInstance({ schema });
  session = await instance.session();
});
after(() => instance.close());

const column = async (query: string) => {
  const { sets, errors } = await session.run(query);
  assert.deepEqual(errors, []);
  return sets.at(-1)?.rows.map(([value]) => value);
};
const sorted = (locale: string) =>
  [...words].sort(
    (a, b) =>
      new Intl.Collator(locale, { sensitivity: 'accent' }).compare(a, b) ||
      words.indexOf(a) - words.indexOf(b),
  );

describe('order', () => {
  it('is Czech in a Czech column, and where COLLATE asks for it: ch after h, č after c', async () => {
    assert.deepEqual(await column('SELECT text FROM word ORDER BY text, id'), sorted('cs'));
    assert.deepEqual(
      await column('SELECT plain FROM word ORDER BY plain COLLATE Czech_CI_AS, id'),
      sorted('cs'),
    );
    assert.deepEqual(
      await column('SELECT d.t FROM (SELECT id, text AS t FROM word) AS d ORDER BY d.t, d.id'),
      sorted('cs'),
    );
  });
  it('is Latin otherwise, accents last', async () => {
    assert.deepEqual(await column('SELECT plain FROM word ORDER BY plain, id'), sorted('en'));
  });
  it('is what < and BETWEEN go by', async () => {
    assert.deepEqual(
      await column("SELECT text FROM word WHERE text > N'h' AND text < N'i' ORDER BY id"),
      ['hora', 'chata'],
    );
    assert.deepEqual(
      await column("SELECT plain FROM word WHERE plain BETWEEN N'c' AND N'd' ORDER BY id"),
      ['chata', 'cihla', 'čáp', 'Čáp', 'c'],
    );
  });
  it('is that of any texts', async () => {
    const text = fc.stringMatching(/^[a-cčch-jřrsšzžáAČCH0-9 _-]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 2, maxLength: 12 }), async (texts) => {
        const own = texts.map((one) => one.trimEnd());
        const rows = own.map((one, index) => `(${index}, N'${one}')`).join(', ');
        const compare = new Intl.Collator('cs', { sensitivity: 'accent' }).compare;
        assert.deepEqual(
          await column(
            `SELECT t FROM (VALUES ${rows}) AS v (id, t) ORDER BY t COLLATE Czech_CI_AS, id`,
          ),
          own
            .map((one, index) => ({ one, index }))
            .sort((a, b) => compare(a.one, b.one) || a.index - b.index)
            .map(({ one }) => one),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('equality', () => {
  it('knows case of a BIN2 column, and not of others; accents everywhere', async () => {
    assert.deepEqual(await column("SELECT code FROM word WHERE code = 'a1'"), ['a1']);
    assert.deepEqual(await column("SELECT code FROM word WHERE code = 'A1'"), []);
    assert.deepEqual(await column("SELECT code FROM word WHERE code IN ('A0', 'A1')"), ['A0']);
    assert.deepEqual(await column("SELECT text FROM word WHERE text = N'ČÁP' ORDER BY id"), [
      'čáp',
      'Čáp',
    ]);
    assert.deepEqual(await column("SELECT text FROM word WHERE text = N'abel'"), ['abel']);
    assert.deepEqual(await column("SELECT text FROM word WHERE text LIKE N'Č%' ORDER BY id"), [
      'čáp',
      'Čáp',
    ]);
  });
  it('keeps two codes apart in a key, a group and a join', async () => {
    await session.run("DELETE FROM code; INSERT code VALUES ('a', 1), ('A', 2)");
    assert.deepEqual(await column('SELECT n FROM code ORDER BY code'), [2, 1]);
    assert.deepEqual(await column('SELECT COUNT(*) FROM code GROUP BY code'), [1, 1]);
    assert.deepEqual(
      await column('SELECT a.n * 10 + b.n FROM code a JOIN code b ON a.code = b.code ORDER BY 1'),
      [11, 22],
    );
    assert.equal(await session.error("INSERT code VALUES ('a', 3)"), 2627);
  });
  it('of two collations is refused, unless COLLATE says which', async () => {
    const joined = 'SELECT 1 FROM word a JOIN word b ON a.code = b.plain';
    assert.equal(await session.error(joined), 468);
    assert.deepEqual(await column(`${joined} COLLATE Latin1_General_BIN2`), []);
    assert.equal(await session.error("SELECT 1 WHERE 'a' COLLATE Nowhere = 'a'"), 448);
  });
});

describe('what the server says of it', () => {
  it('sys.columns, sys.system_views and dm_exec_sessions', async () => {
    assert.deepEqual(
      await column(
        "SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.word') ORDER BY column_id",
      ),
      [null, 'Czech_CI_AS', 'Latin1_General_BIN2', 'Latin1_General_100_CI_AS_SC_UTF8'],
    );
    assert.deepEqual(
      await column(
        "SELECT name FROM sys.system_views WHERE name IN ('dm_exec_sessions', 'columns', 'system_views', 'word') AND schema_id = 4 ORDER BY name",
      ),
      ['columns', 'dm_exec_sessions', 'system_views'],
    );
    const level =
      'SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID';
    assert.deepEqual(await column(level), [2]);
    for (const [name, number] of [
      ['READ UNCOMMITTED', 1],
      ['REPEATABLE READ', 3],
      ['SERIALIZABLE', 4],
      ['SNAPSHOT', 5],
      ['READ COMMITTED', 2],
    ]) {
      await session.run(`SET TRANSACTION ISOLATION LEVEL ${name}`);
      assert.deepEqual(await column(level), [number]);
    }
  });
});

describe('set operations', () => {
  const binary = 'COLLATE Latin1_General_BIN2';
  const cases: [string, string[]][] = [
    ["SELECT 'a' EXCEPT SELECT 'A'", []],
    [`SELECT 'a' ${binary} EXCEPT SELECT 'A' ${binary}`, ['a']],
    [`SELECT 'a' ${binary} EXCEPT SELECT 'a' ${binary}`, []],
    [`SELECT 'a' ${binary} INTERSECT SELECT 'A' ${binary}`, []],
    [`SELECT 'a' ${binary} UNION SELECT 'A' ${binary}`, ['A', 'a']],
    ['SELECT code FROM word WHERE id = 1 EXCEPT SELECT UPPER(code) FROM word', ['a1']],
    ['SELECT plain FROM word WHERE id = 0 EXCEPT SELECT UPPER(plain) FROM word', []],
  ];
  for (const [query, expected] of cases) {
    it(`tell apart by collation: ${query}`, async () => {
      assert.deepEqual((await column(query))?.sort(), expected);
    });
  }
});
