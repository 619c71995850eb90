import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

let instance: TestInstance;
let sql: TestSession;
before(async () => {
  instance = await startInstance({
    schema: 'CREATE TABLE "dbo.meter" ("id" INTEGER NOT NULL, "name" TEXT, PRIMARY KEY ("id"))',
  });
  sql = await instance.session();
});
after(() => instance.close());

const at = "@level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name";
const column = "@level2type = N'COLUMN', @level2name";
const add = (table: string, value: string, more = '') =>
  sql.error(
    `EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'${value}', ${at} = N'${table}'${more}`,
  );
const told = () =>
  sql.rows(`SELECT c.name, p.value FROM sys.extended_properties AS p
LEFT JOIN sys.columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
WHERE p.major_id = OBJECT_ID(N'dbo.pump') ORDER BY p.minor_id`);

describe('extended properties', () => {
  it('are of tables and columns, and go with them', async () => {
    await sql.run('CREATE TABLE dbo.pump (id int NOT NULL, title nvarchar(9) NULL)');
    assert.equal(await add('pump', "Čerpadlo o''"), undefined);
    assert.equal(await add('pump', 'Název', `, ${column} = N'TITLE'`), undefined);
    assert.deepEqual(await told(), [
      [null, "Čerpadlo o'"],
      ['title', 'Název'],
    ]);
    await sql.run('ALTER TABLE dbo.pump ADD power int NULL');
    await sql.run(
      `EXEC sp_updateextendedproperty N'MS_Description', N'Jméno', N'SCHEMA', N'dbo', N'TABLE', N'pump', N'COLUMN', N'title'`,
    );
    assert.deepEqual(await told(), [
      [null, "Čerpadlo o'"],
      ['title', 'Jméno'],
    ]);
    await sql.run(
      `EXEC sp_dropextendedproperty N'MS_Description', N'SCHEMA', N'dbo', N'TABLE', N'pump'`,
    );
    assert.deepEqual(await told(), [['title', 'Jméno']]);
    await sql.run('BEGIN TRANSACTION');
    assert.equal(await add('pump', 'x'), undefined);
    await sql.run('ROLLBACK');
    assert.equal((await told()).length, 1);
    await sql.run('DROP TABLE dbo.pump; CREATE TABLE dbo.pump (id int NOT NULL, title int NULL)');
    assert.deepEqual(await told(), []);
  });

  it('are there once, and of what is there', async () => {
    await sql.run('CREATE TABLE dbo.valve (id int NOT NULL)');
    assert.equal(await add('valve', 'a'), undefined);
    assert.equal(await add('valve', 'b'), 15233);
    assert.equal(await add('nowhere', 'a'), 15135);
    assert.equal(await add('valve', 'a', `, ${column} = N'nowhere'`), 15135);
    assert.equal(
      await sql.error(
        `EXEC sp_updateextendedproperty N'other', N'x', N'SCHEMA', N'dbo', N'TABLE', N'valve'`,
      ),
      15217,
    );
  });

  it('are listed by fn_listextendedproperty', async () => {
    await sql.run('CREATE TABLE dbo.hose (id int NOT NULL, color int NULL, length int NULL)');
    await add('hose', 'Hadice');
    await add('hose', 'Barva', `, ${column} = N'color'`);
    await add('hose', 'Délka', `, ${column} = N'length'`);
    const list = (args: string) =>
      sql.rows(`SELECT objtype, objname, name, value FROM sys.fn_listextendedproperty(${args})`);
    const hose = "NULL, N'SCHEMA', N'dbo', N'TABLE', N'hose'";
    assert.deepEqual(await list(`${hose}, NULL, NULL`), [
      ['TABLE', 'hose', 'MS_Description', 'Hadice'],
    ]);
    assert.deepEqual(await list(`${hose}, N'COLUMN', NULL`), [
      ['COLUMN', 'color', 'MS_Description', 'Barva'],
      ['COLUMN', 'length', 'MS_Description', 'Délka'],
    ]);
    assert.deepEqual(await list(`${hose}, N'COLUMN', N'length'`), [
      ['COLUMN', 'length', 'MS_Description', 'Délka'],
    ]);
    assert.deepEqual(await list("N'other', N'SCHEMA', N'dbo', N'TABLE', N'hose', NULL, NULL"), []);
  });
});

describe('OPENJSON … WITH of a document in each row', () => {
  const members = 'a b c d e f g h'.split(' ');
  const list = members.map((name) => `${name} nvarchar(max) '$."${name}@x"'`).join(', ');
  const of = (json: string, more = list) =>
    sql.rows(`SELECT j.* FROM (SELECT CONVERT(nvarchar(max), N'${json}') AS doc) AS t
CROSS APPLY OPENJSON(t.doc) WITH (${more}) AS j`);
  const document = (values: Record<string, unknown>) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}@x`, value])),
    );

  it('gives texts, numbers with their digits, NULL for what is none', async () => {
    const values = { a: 'Ž🐎', b: '', c: null, d: { x: 1 }, e: [1], f: true, h: 1 };
    const json = document(values).replace('"h@x":1', '"h@x":1.50');
    assert.deepEqual(await of(json), [['Ž🐎', '', null, null, null, 'true', null, '1.50']]);
    assert.deepEqual(await of(document({ a: 'x', g: 'y' })), [
      ['x', null, null, null, null, null, 'y', null],
    ]);
  });

  it('makes a row of each element, converts, and keeps JSON that is asked for', async () => {
    const typed = list
      .replace('b nvarchar(max) \'$."b@x"\'', 'b decimal(9, 2) \'$."b@x"\'')
      .replace('c nvarchar(max) \'$."c@x"\'', 'c nvarchar(max) \'$."c@x"\' AS JSON');
    const json = `[${document({ a: 'x', b: '1.5', c: { y: [1] } })},${document({ a: 'z', c: 'text' })}]`;
    const [first, second] = await of(json, typed);
    assert.deepEqual(first?.slice(0, 3), ['x', '1.50', '{"y":[1]}']);
    assert.deepEqual(second?.slice(0, 3), ['z', null, null]);
  });

  it('fails for what is missing in strict mode, and for text that is no JSON', async () => {
    const strict = list.replace('\'$."a@x"\'', '\'strict $."a@x"\'');
    await assert.rejects(of(document({ b: '1' }), strict), /13608/);
    await assert.rejects(of('{"a'), /13609/);
  });
});
