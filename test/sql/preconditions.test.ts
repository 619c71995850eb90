import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { command } from '../../sql/command.ts';
import { soon } from '../support/storage.ts';

test('the level of the database and its row versioning are told before anything is done', async (t) => {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  t.after(() => server.close());
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(() => databases.close());
  const ask = (sql: string) => databases.query('ab', sql, [], soon());
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await command(
      ['--database', 'ab', ...args],
      { SQL_AB: connectionString },
      (line) => lines.push(line),
      soon(),
    );
    return { code, lines };
  };
  const schema = "SELECT SCHEMA_ID(N'syncboard') AS id";

  await ask('ALTER DATABASE AB SET COMPATIBILITY_LEVEL = 120');
  const fault = {
    name: 'PreconditionError',
    message:
      'Nothing was done:\n  database AB has compatibility level 120, and OPENJSON needs 130: ALTER DATABASE [AB] SET COMPATIBILITY_LEVEL = 150',
  };
  for (const args of [[], ['--print'], ['--grants']]) await assert.rejects(run(...args), fault);
  assert.deepEqual(await ask(schema), [{ id: null }]);

  await ask('ALTER DATABASE AB SET COMPATIBILITY_LEVEL = 130');
  await ask('ALTER DATABASE AB SET READ_COMMITTED_SNAPSHOT OFF');
  const printed = await run('--print');
  assert.match(printed.lines[0] ?? '', /^-- note: row versioning is off in database AB: /);
  assert.deepEqual(await ask(schema), [{ id: null }]);
  const applied = await run();
  assert.match(
    applied.lines[0] ?? '',
    /^note: row versioning is off .* ALTER DATABASE \[AB\] SET READ_COMMITTED_SNAPSHOT ON$/,
  );
  assert.equal(applied.lines[1], 'applied 001-applied-scripts');
  await ask('ALTER DATABASE AB SET READ_COMMITTED_SNAPSHOT ON');
  assert.deepEqual(await run(), { code: 0, lines: ['nothing to do: all scripts are applied'] });

  // What is not there is told and fails both forms alike; the printed one stays T-SQL.
  const rights = await run('--grants', '--print');
  const granted = await run('--grants');
  assert.deepEqual([rights.code, granted.code], [1, 1]);
  const missing = granted.lines.filter((line) => line.startsWith('not there: '));
  assert.ok(missing.includes('not there: [heap].[sp_load_to_heap_from_crude_meter]'));
  assert.deepEqual(
    rights.lines.filter((line) => line.startsWith('-- not there')),
    missing.map((line) => `-- ${line}`),
  );
  const grants = rights.lines.filter((line) => line.startsWith('GRANT '));
  assert.ok(
    grants.includes('GRANT EXECUTE ON [crude].[sp_apply_flexibee_page] TO syncboard_runner;'),
  );
  assert.equal(
    granted.lines.at(-1),
    `granted ${grants.length} of ${grants.length + missing.length} rights`,
  );
});
