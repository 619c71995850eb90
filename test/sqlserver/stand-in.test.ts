import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { installDemo } from '../../demo/billing/install-demo.ts';
import { demoFiles } from '../../demo/billing/tsql/index.ts';
import { delaysAt } from '../../demo/billing/tsql/pacing.ts';
import { batchesIn } from '../../sql/scripts.ts';
import { readThrough } from '../support/heap-and-source.ts';
import { accounts, databaseNames, demoSuite, type Engine, openPools } from './demo-suite.ts';

/** The stand-in with the demo's databases, all of them empty. */
async function emptyStandIn(schemas: Record<string, string> = {}): Promise<Engine> {
  const server = await startSqlServer({
    databases: ['master', ...databaseNames].map((name) => ({
      name,
      server: 'demo',
      schema: schemas[name] ?? '',
      procedures: [],
    })),
    logins: { demo: 'demo' },
  });
  const url = `Server=127.0.0.1,${server.port};User Id=demo;Password=demo;Encrypt=false`;
  return { url, close: () => server.close() };
}

demoSuite("the stand-in's T-SQL", () => emptyStandIn());

describe('installing the T-SQL demo', () => {
  it('leaves a database alone that only has the same name', async () => {
    const server = await emptyStandIn({ AB: 'CREATE TABLE [dbo].[invoice] ([id] int NOT NULL);' });
    try {
      await assert.rejects(
        installDemo(server.url, { accounts }),
        /^Error: Database AB on this server has tables and is not of the demo: nothing was changed/,
      );
      const pools = await openPools(server.url);
      const tables = await readThrough(pools)('HCS', 'SELECT [name] FROM sys.tables');
      for (const pool of pools.values()) await pool.close();
      assert.deepEqual(tables, []);
    } finally {
      await server.close();
    }
  });

  it('leaves a mark at every statement, so that one that was cut off can be run again', async () => {
    const server = await emptyStandIn();
    const pools = await openPools(server.url);
    const base = pools.get('HCS');
    assert.ok(base);
    try {
      const stop = new AbortController();
      const onProgress = () => stop.abort(new Error('cut off'));
      await assert.rejects(installDemo(server.url, { accounts, onProgress, signal: stop.signal }), {
        message: 'cut off',
      });
      const file = demoFiles().find(({ name }) => name === '020-tables.HCS.sql');
      const statements = batchesIn('020-tables.HCS.sql', file?.script ?? '').flatMap((batch) =>
        batch.text.split(/(?<=;\n)(?=\S)/),
      );
      assert.ok(statements.length > 60);
      for (const statement of statements) {
        await base.request().batch(statement);
        const { recordset } = await base
          .request()
          .query(`SELECT OBJECT_ID(N'dbo.demo_delay', N'U') AS mark`);
        assert.notEqual(recordset[0]?.mark, null, statement);
      }
      await installDemo(server.url, { accounts, pace: 600 });
      const { recordset } = await base.request().query('SELECT COUNT(*) AS n FROM dbo.demo_delay');
      assert.equal(recordset[0]?.n, delaysAt(600).length);
    } finally {
      for (const pool of pools.values()) await pool.close();
      await server.close();
    }
  });
});
