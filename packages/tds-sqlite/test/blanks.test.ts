/** Blanks at the end of a text count in nothing but its length. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

const values = ['a', 'a ', 'A  ', '', '  ', ' a'];
const schema = `
CREATE TABLE dbo.blank (id int NOT NULL PRIMARY KEY, v varchar(10) NOT NULL, n nvarchar(10) NOT NULL,
  x varchar(10) COLLATE Latin1_General_BIN2 NOT NULL, c char(4) NOT NULL);
INSERT dbo.blank VALUES ${values.map((text, index) => `(${index + 1}, '${text}', N'${text}', '${text}', '${text}')`).join(', ')};
`;

let instance: TestInstance;
let session: TestSession;
before(async () => {
  instance = await startInstance({ schema });
  session = await instance.session();
});
after(() => instance.close());

const rows = async (query: string) => {
  const { sets, errors } = await session.run(query);
  assert.deepEqual(errors, [], query);
  return sets.at(-1)?.rows ?? [];
};

describe('blanks at the end', () => {
  const found: [condition: string, ids: number[]][] = [
    ["v = 'a'", [1, 2, 3]],
    ["v = 'a    '", [1, 2, 3]],
    ['v = @a', [1, 2, 3]],
    ['@a = v', [1, 2, 3]],
    ["n = N'a'", [1, 2, 3]],
    ['n = @n', [1, 2, 3]],
    ["x = 'a'", [1, 2]],
    ['x = @a', [1, 2]],
    ["x <> 'a'", [3, 4, 5, 6]],
    ["c = 'a'", [1, 2, 3]],
    ["v <> 'a'", [4, 5, 6]],
    ["v = ''", [4, 5]],
    ["NULLIF(v, '') IS NULL", [4, 5]],
    ["v IN ('a', 'b')", [1, 2, 3]],
    ["v IN ('a', @n)", [1, 2, 3]],
    ["v NOT IN ('', 'b')", [1, 2, 3, 6]],
    ['v IN (SELECT [value] FROM OPENJSON(\'["a"]\'))', [1, 2, 3]],
    ["v BETWEEN 'a' AND 'a'", [1, 2, 3]],
    ["v LIKE 'a'", [1, 2, 3]],
    ["UPPER(v) = 'A'", [1, 2, 3]],
    ["CASE v WHEN 'a' THEN 1 ELSE 0 END = 1", [1, 2, 3]],
    ["id IN (SELECT d.id FROM (SELECT id, v AS w FROM dbo.blank) AS d WHERE d.w = 'a')", [1, 2, 3]],
  ];
  for (const [condition, ids] of found) {
    it(`do not count in ${condition}`, async () => {
      const query = `DECLARE @a varchar(9) = 'a', @n nvarchar(9) = N'a'; SELECT id FROM dbo.blank WHERE ${condition} ORDER BY id`;
      assert.deepEqual((await rows(query)).flat(), ids);
    });
  }

  it('tell no groups apart, of which one value is shown as it is stored', async () => {
    assert.deepEqual(await rows('SELECT MIN(id), COUNT(*) FROM dbo.blank GROUP BY v ORDER BY 1'), [
      [1, 3],
      [4, 2],
      [6, 1],
    ]);
    const own = 'SELECT COUNT(DISTINCT v), COUNT(DISTINCT n), COUNT(DISTINCT x) FROM dbo.blank';
    assert.deepEqual(await rows(own), [[3, 3, 4]]);
    const distinct = await rows('SELECT DISTINCT v, 1 FROM dbo.blank ORDER BY v');
    assert.deepEqual(
      distinct.map(([text]) => String(text).trimEnd().toLowerCase()),
      ['', ' a', 'a'],
    );
    assert.ok(distinct.every(([text]) => values.includes(String(text))));
    assert.equal((await rows('SELECT DISTINCT TOP 2 x FROM dbo.blank')).length, 2);
    const parts =
      'SELECT id, ROW_NUMBER() OVER (PARTITION BY v ORDER BY id) FROM dbo.blank ORDER BY id';
    assert.deepEqual(
      (await rows(parts)).map(([, place]) => Number(place)),
      [1, 2, 3, 1, 2, 1],
    );
    assert.deepEqual(await rows('SELECT MAX(v) FROM dbo.blank WHERE id = 2'), [['a ']]);
  });

  it('stay in what is stored', async () => {
    const lengths = "SELECT DATALENGTH(v), LEN(v) FROM dbo.blank WHERE v = 'a' ORDER BY id";
    assert.deepEqual(await rows(lengths), [
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });
});
