import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { installDemo } from '../../demo/billing/install.ts';
import { accounts, databaseNames, demoSuite, type Engine, openPools } from './demo-suite.ts';
import { readThrough } from './heap-and-source.ts';

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
});
