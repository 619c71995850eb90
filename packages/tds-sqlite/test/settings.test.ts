import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

let instance: TestInstance;
let session: TestSession;
before(async () => {
  instance = await startInstance({ schema: 'CREATE TABLE dbo.t (x int NOT NULL)' });
  session = await instance.session();
});
after(() => instance.close());

const rows = async (query: string) => {
  const { sets, errors } = await session.run(query);
  assert.deepEqual(errors, []);
  return sets.at(-1)?.rows;
};

describe('QUOTED_IDENTIFIER and ANSI_NULLS', () => {
  it('OFF: what stands in double quotes is a text; from where SET is read', async () => {
    assert.deepEqual(await rows('INSERT t VALUES (7); SELECT "x" FROM t'), [[7]]);
    assert.deepEqual(await rows('SET QUOTED_IDENTIFIER OFF; SELECT "x" FROM t'), [['x']]);
    assert.deepEqual(await rows(`EXEC('SELECT "it''s"')`), [["it's"]]);
    await session.run('SET QUOTED_IDENTIFIER ON');
    assert.deepEqual(await rows('SELECT "x" FROM t'), [[7]]);
  });

  it('a procedure keeps those it was made with, ALTER gives it new ones', async () => {
    const modules = `SELECT uses_quoted_identifier, uses_ansi_nulls FROM sys.sql_modules
WHERE object_id = OBJECT_ID('dbo.quoting')`;
    const text = `PROCEDURE dbo.quoting AS SELECT "x", quoted_identifier, ansi_nulls
FROM t CROSS JOIN sys.dm_exec_sessions WHERE session_id = @@SPID`;
    await session.run('SET QUOTED_IDENTIFIER OFF; SET ANSI_NULLS OFF');
    await rows(`CREATE ${text}`);
    await session.run('SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON');
    assert.deepEqual(await rows('EXEC dbo.quoting'), [['x', false, false]]);
    assert.deepEqual(await rows(modules), [[false, false]]);
    assert.deepEqual(
      await rows('SELECT quoted_identifier FROM sys.dm_exec_sessions WHERE session_id = @@SPID'),
      [[true]],
    );
    const [before] = (await rows("SELECT OBJECT_ID('dbo.quoting')")) ?? [];
    await rows(`ALTER ${text}`);
    assert.deepEqual(await rows('EXEC dbo.quoting'), [[7, true, true]]);
    assert.deepEqual(await rows(modules), [[true, true]]);
    assert.deepEqual(await rows("SELECT OBJECT_ID('dbo.quoting')"), [before]);
  });
});

describe('ALTER DATABASE', () => {
  const asked = `SELECT compatibility_level, is_read_committed_snapshot_on, snapshot_isolation_state FROM sys.databases
WHERE name = DB_NAME()`;
  it('sets the compatibility level, without which there is no OPENJSON, and row versioning', async () => {
    assert.deepEqual(await rows(asked), [[150, true, 0]]);
    await rows('ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = 120');
    await rows('ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT OFF WITH ROLLBACK IMMEDIATE');
    await rows('ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON');
    assert.deepEqual(await rows(asked), [[120, false, 1]]);
    assert.equal(await session.error("SELECT * FROM OPENJSON('[]')"), 208);
    assert.equal(
      await session.error('ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = 125'),
      15048,
    );
    assert.equal(await session.error('ALTER DATABASE nowhere SET COMPATIBILITY_LEVEL = 130'), 5011);
    await rows('ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = 130');
    await rows('ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON');
    await rows('ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION OFF');
    assert.deepEqual(await rows("SELECT value FROM OPENJSON('[1]')"), [['1']]);
  });
});
