/** The demo behind the real driver, called as the shipped catalogue says. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import sql from 'mssql';
import { scaled } from 'stand-in-kit/testing/patience';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { type CallParameter, shippedCatalog } from '../../shared/catalog/index.ts';
import { compareHeapWithSource, readFiles } from '../../test/support/heap-and-source.ts';
import { standInAt, withDatabase } from '../billing/connections.ts';
import { demoDatabases, tick } from '../billing/index.ts';
import { demoLogin } from '../billing/login.ts';
import { databaseOf } from '../billing/sources.ts';

const catalog = shippedCatalog();
const period = { month: 7, year: 2019 };

/** Types that the catalogue's parameters have. */
function driverType(type: string) {
  const [, name, length] = /^(\w+)(?:\((\d+)\))?$/.exec(type) ?? [];
  if (name === 'int') return sql.Int;
  if (name === 'char') return sql.Char(Number(length));
  if (name === 'varchar') return sql.VarChar(Number(length));
  return assert.fail(`no driver type for ${type}`);
}

async function startDemo(pace: number) {
  const server = await startSqlServer({
    databases: demoDatabases({ accounts: 2_000, pace }),
    logins: { [demoLogin.user]: demoLogin.password },
  });
  const pools = new Map<string, sql.ConnectionPool>();

  /** `id` of a database in the catalogue. */
  async function request(id: string, parameters: readonly CallParameter[] = []) {
    let pool = pools.get(id);
    if (!pool) {
      pool = new sql.ConnectionPool({
        server: '127.0.0.1',
        port: server.port,
        database: id === 'ab' ? 'AB' : databaseOf(id === 'hcs' ? 'all' : id).name,
        ...demoLogin,
        options: { encrypt: false, trustServerCertificate: true },
      });
      pools.set(id, pool);
      await pool.connect();
    }
    const made = pool.request();
    for (const { name, type, value } of parameters) made.input(name, driverType(type), value);
    return made;
  }

  return {
    server,
    request,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      await server.close();
    },
  };
}

type Demo = Awaited<ReturnType<typeof startDemo>>;

/** A whole data source sync; rows affected by all of it. */
async function syncSource({ request }: Demo, code: string): Promise<number> {
  let affected = 0;
  for (const name of catalog.entityOrder(code)) {
    for (const stage of catalog.stages({ name, code, period })) {
      const made = await request(stage.database, stage.parameters);
      const result = await made.execute(`${stage.procedure.schema}.${stage.procedure.name}`);
      assert.equal(result.returnValue, 0);
      affected += result.rowsAffected.reduce((sum, rows) => sum + rows, 0);
    }
  }
  return affected;
}

/** The newest timestamps of every entity of a source, by entity and place. */
async function readFreshness({ request }: Demo, code: string) {
  const found: Record<string, Date | null> = {};
  for (const name of catalog.entityOrder(code)) {
    for (const query of catalog.freshness({ name, code })) {
      const made = await request(query.database, query.parameters);
      const { recordset } = await made.query<{ freshness: Date | null }>(query.sql);
      found[`${name} ${query.place}`] = recordset[0]?.freshness ?? null;
    }
  }
  return found;
}

describe('demo over the wire', () => {
  let demo: Demo;
  let server: SqlServer;
  before(async () => {
    demo = await startDemo(Number.POSITIVE_INFINITY);
    server = demo.server;
  });
  after(() => demo.close());

  for (const code of ['0c10', 'region', 'zagser']) {
    it(`syncs ${code} by the catalogue; freshness tells, and a second sync changes nothing`, async () => {
      assert.ok((await syncSource(demo, code)) > 100);
      assert.deepEqual(await compareHeapWithSource(readFiles(server), code, '2019-07-01'), []);
      const before = await readFreshness(demo, code);
      for (const [place, at] of Object.entries(before)) assert.ok(at instanceof Date, place);
      assert.equal(await syncSource(demo, code), 0);
      assert.deepEqual(await readFreshness(demo, code), before);
    });
  }

  it('raises 289 for month 77 and 50001 for an unknown area', async () => {
    const call = async (area: string, month: number) => {
      const request = await demo.request('hcs');
      request.input('CurDataAreaId', sql.VarChar(4), area);
      request.input('period_month', sql.Int, month).input('period_year', sql.Int, 2019);
      return request.execute('dbo.sp_export_to_bill_ab_payment');
    };
    await assert.rejects(call('0c10', 77), {
      number: 289,
      message:
        'Cannot construct data type date, some of the arguments have values which are not valid.',
    });
    await assert.rejects(call('9z99', 7), { number: 50001 });
  });

  it('ticks by procedure, one database or all, and syncs what it changed', async () => {
    const request = (await demo.request('zagser')).input('seed', sql.Int, 5);
    const { recordset } = await request.execute('dbo.sp_demo_tick');
    assert.ok(recordset.length > 5);
    assert.notDeepEqual(await compareHeapWithSource(readFiles(server), 'zagser', '2019-07-01'), []);
    await syncSource(demo, 'zagser');
    assert.deepEqual(await compareHeapWithSource(readFiles(server), 'zagser', '2019-07-01'), []);

    const all = await tick((name) => withDatabase(standInAt(server.port), name), 6);
    assert.ok(all.length > 150);
    await syncSource(demo, '0c10');
    assert.deepEqual(await compareHeapWithSource(readFiles(server), '0c10', '2019-07-01'), []);
  });
});

describe('a procedure that takes its time', () => {
  it('tells progress while it runs, stops at a cancel and completes when repeated', async () => {
    // The export takes 10 % of 2160 s, divided by the pace: 1.08 s.
    const demo = await startDemo(200);
    try {
      const [stage] = catalog.stages({ name: 'charge_detail', code: '0c21', period });
      assert.ok(stage);
      const name = `${stage.procedure.schema}.${stage.procedure.name}`;
      const cancelled = await demo.request(stage.database, stage.parameters);
      const messages: string[] = [];
      let cancelledAt = 0;
      cancelled.on('info', ({ message }: { message: string }) => {
        messages.push(message);
        cancelledAt = performance.now();
        cancelled.cancel();
      });
      await assert.rejects(cancelled.execute(name), { code: 'ECANCEL' });
      assert.ok(performance.now() - cancelledAt < scaled(500), 'attention answered');
      assert.match(messages[0] ?? '', /0c21 2019-07-01: 25 % of the time$/);

      const repeated = await demo.request(stage.database, stage.parameters);
      const started = performance.now();
      await repeated.execute(name);
      const seconds = (performance.now() - started) / 1_000;
      assert.ok(seconds >= 1.07 && seconds < 3, `${seconds} s`);
      const last = demo.server.calls().findLast(({ procedure }) => procedure === name);
      assert.equal(last?.outcome, 'ok');
    } finally {
      await demo.close();
    }
  });

  it('completes a sync of which every stage was cancelled at every quarter', async () => {
    // 2160 s of charge_detail in 0c21 become 0.43 s in all.
    const demo = await startDemo(5_000);
    try {
      const names = ['personal_account', 'charge_detail'] as const;
      for (const stage of names.flatMap((name) => catalog.stages({ name, code: '0c21', period }))) {
        for (const quarter of ['25 %', '50 %', '75 %', '100 %', 'never']) {
          const made = await demo.request(stage.database, stage.parameters);
          made.on('info', ({ message }: { message: string }) => {
            if (message.endsWith(`${quarter} of the time`)) made.cancel();
          });
          const call = made.execute(`${stage.procedure.schema}.${stage.procedure.name}`);
          if (quarter === 'never') await call;
          else await call.catch((error) => assert.equal(error.code, 'ECANCEL'));
        }
      }
      assert.ok(demo.server.calls().some(({ outcome }) => outcome === 'cancelled'));
      assert.deepEqual(
        await compareHeapWithSource(readFiles(demo.server), '0c21', '2019-07-01', [...names]),
        [],
      );
    } finally {
      await demo.close();
    }
  });
});
