/** The T-SQL demo on an engine that runs T-SQL: installed, synced, ticked, installed anew. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import sql from 'mssql';
import { withDatabase } from '../../demo/billing/connections.ts';
import type { Value } from '../../demo/billing/entities.ts';
import { installDemo } from '../../demo/billing/install-demo.ts';
import { liveTables } from '../../demo/billing/live-tables.ts';
import { sourceDatabases } from '../../demo/billing/sources.ts';
import type { TickChange } from '../../demo/billing/tick.ts';
import { bracketed, list } from '../../demo/billing/tsql/text.ts';
import { startDemo } from '../../demo/test/demo-server.ts';
import { type Call, runCalls, sourceCalls } from '../../demo/test/sync.ts';
import {
  compareHeapWithSource,
  type Read,
  readThrough,
  rowText,
} from '../support/heap-and-source.ts';
import { oneMachine } from '../support/one-machine.ts';

export const accounts = 200;
const period = '2019-07-01';
const codes = ['0c10', 'stek', 'zagser'];
/** A server far away, or a slow one, takes its time over the demo's 560 batches. */
const suiteTimeoutMs = 900_000;
export const databaseNames = [...sourceDatabases.map(({ name }) => name), 'AB'];

export interface Engine {
  url: string;
  close(): Promise<void>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Rows affected by each call of a first sync on the stand-in. */
async function affectedOnStandIn(codes: readonly string[]): Promise<number[]> {
  const standIn = await startDemo({ accounts });
  try {
    return (await runCalls(standIn, sourceCalls(codes, period))).map(({ affected }) => affected);
  } finally {
    await standIn.close();
  }
}

/** A row of the seed as the driver gives it: decimals are numbers. */
const asDriver = (row: Record<string, Value>, columns: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      columns[column]?.startsWith('decimal') ? Number(value) : value,
    ]),
  );

/** One connection pool for each database of the demo. */
export async function openPools(url: string): Promise<Map<string, sql.ConnectionPool>> {
  const pools = new Map<string, sql.ConnectionPool>();
  for (const name of databaseNames) {
    const config = sql.ConnectionPool.parseConnectionString(withDatabase(url, name)) as sql.config;
    pools.set(name, await new sql.ConnectionPool({ ...config, requestTimeout: 0 }).connect());
  }
  return pools;
}

/** Its tests build on one another, in this order. The engine's databases are made anew. */
export function demoSuite(
  engine: string,
  open: () => Promise<Engine>,
  skip: string | false = false,
): void {
  describe(`T-SQL demo on ${engine}`, { skip, timeout: suiteTimeoutMs }, () => {
    let server: Engine;
    let pools = new Map<string, sql.ConnectionPool>();
    let read: Read;

    before(async () => {
      server = await open();
      await installDemo(server.url, { accounts });
      pools = await openPools(server.url);
      read = readThrough(pools);
    });

    after(async () => {
      for (const pool of pools.values()) await pool.close();
      await server?.close();
    });

    async function call(
      { database, procedure, parameters }: Call,
      onInfo?: (text: string) => void,
    ) {
      const request = (pools.get(database) as sql.ConnectionPool).request();
      for (const [name, value] of Object.entries(parameters)) request.input(name, value);
      if (onInfo) request.on('info', ({ message }: { message: string }) => onInfo(message));
      return request.execute(procedure);
    }

    /** Rows affected by each call of a sync of `codes`. */
    async function sync(): Promise<number[]> {
      const affected: number[] = [];
      for (const next of sourceCalls(codes, period)) {
        const { rowsAffected } = await call(next);
        affected.push(sum(rowsAffected));
      }
      return affected;
    }

    async function differences() {
      const found = await Promise.all(
        codes.map((code) => compareHeapWithSource(read, code, period)),
      );
      return found.flat();
    }

    async function assertSeeded(): Promise<void> {
      for (const source of sourceDatabases) {
        for (const { table, columns, rows } of liveTables(source, accounts)) {
          const text = (row: Record<string, unknown>) =>
            rowText(Object.keys(columns).map((column) => row[column]));
          const found = await read(
            source.name,
            `SELECT ${list(Object.keys(columns))} FROM ${bracketed(table)}`,
          );
          assert.deepEqual(
            found.map(text).sort(),
            rows.map((row) => text(asDriver(row, columns))).sort(),
            `${source.name}.${table}`,
          );
        }
      }
    }

    it('has the live rows of the seed', assertSeeded);

    it('moves the same rows as the demo of the stand-in, call by call', async () => {
      const expected = await affectedOnStandIn(codes);
      assert.ok(sum(expected) > 0);
      assert.deepEqual(await sync(), expected);
      assert.deepEqual(await differences(), []);
    });

    it('moves nothing when nothing has changed', async () => {
      assert.deepEqual(new Set(await sync()), new Set([0]));
    });

    it('brings over what a tick changed, and no more', async () => {
      const changes: TickChange[] = [];
      for (const { name } of sourceDatabases) {
        const { recordset } = await call({
          database: name,
          procedure: 'dbo.sp_demo_tick',
          parameters: { seed: 7 },
        });
        changes.push(...(recordset as unknown as TickChange[]));
      }
      for (const code of ['all', ...codes]) {
        const actions = changes.filter((change) => change.code === code);
        assert.ok(actions.length > 1, `${code} was ticked`);
      }
      const before = await differences();
      assert.deepEqual(
        new Set(before.map(({ kind }) => kind)),
        new Set(['missing', 'different', 'extra']),
      );
      const affected = await sync();
      assert.ok(affected.some((rows) => rows > 0));
      assert.ok(Math.max(...affected) < 100);
      assert.deepEqual(await differences(), []);
      assert.deepEqual(new Set(await sync()), new Set([0]));
    });

    it('says how many rows it moved', async () => {
      const texts: string[] = [];
      await call(
        {
          database: 'HCS',
          procedure: 'dbo.sp_export_to_bill_ab_meter',
          parameters: { CurDataAreaId: '0c10' },
        },
        (text) => texts.push(text),
      );
      assert.deepEqual(texts, ['dbo.sp_export_to_bill_ab_meter 0c10: 0 of 0 rows (100 %)']);
    });

    it('takes its time where a delay is set, and says so', async (t) => {
      const [engineOf] = await read('HCS', 'SELECT @@VERSION AS [version]');
      if (/Babelfish/.test(String(engineOf?.['version']))) {
        t.skip('Babelfish has no WAITFOR');
        return;
      }
      const hcs = pools.get('HCS') as sql.ConnectionPool;
      await hcs
        .request()
        .batch(`INSERT INTO [dbo].[demo_delay] VALUES ('export', 'meter', '0c10', 200)`);
      const texts: string[] = [];
      const start = performance.now();
      await call(
        {
          database: 'HCS',
          procedure: 'dbo.sp_export_to_bill_ab_meter',
          parameters: { CurDataAreaId: '0c10' },
        },
        (text) => texts.push(text),
      );
      assert.ok(performance.now() - start >= 195);
      assert.deepEqual(
        texts.map((text) => text.replace('dbo.sp_export_to_bill_ab_meter 0c10: ', '')),
        [
          '25 % of the time',
          '50 % of the time',
          '75 % of the time',
          '100 % of the time',
          '0 of 0 rows (100 %)',
        ],
      );
    });

    it('sees a change of letter case alone', async () => {
      const hcs = pools.get('HCS') as sql.ConnectionPool;
      await hcs
        .request()
        .batch(`UPDATE [dbo].[city] SET [name] = UPPER([name]) WHERE [city_id] = 1`);
      const { rowsAffected } = await call({
        database: 'HCS',
        procedure: 'dbo.sp_export_to_bill_ab_city',
        parameters: { CurDataAreaId: 'all' },
      });
      assert.equal(sum(rowsAffected), 1);
    });

    it('refuses an unknown area and an impossible month', async () => {
      const payment = { database: 'HCS', procedure: 'dbo.sp_export_to_bill_ab_payment' };
      const month = { period_month: 7, period_year: 2019 };
      await assert.rejects(
        call({ ...payment, parameters: { CurDataAreaId: '9x99', ...month } }),
        /unknown data area '9x99' for payment, expected 0c01, /,
      );
      await assert.rejects(
        call({ ...payment, parameters: { CurDataAreaId: '0c10', ...month, period_month: 77 } }),
        {
          name: 'RequestError',
          message: /Cannot construct data type date|date field value out of range/,
        },
      );
      await assert.rejects(
        call({
          ...payment,
          parameters: { CurDataAreaId: '0c10', period_month: null, period_year: 2019 },
        }),
        /@period_month must not be NULL/,
      );
    });

    it('is installed anew as it was at first', async () => {
      await installDemo(server.url, { accounts });
      await assertSeeded();
      const [heap] = await read('AB', 'SELECT COUNT(*) AS [rows] FROM [heap].[payment]');
      assert.deepEqual(heap, { rows: 0 });
    });

    it('is what `npm start` syncs with SQLSERVER_URL', async () => {
      const machine = await oneMachine();
      try {
        await machine.start({ SQLSERVER_URL: server.url });
        const month = { token: 'demo-token', user: 'operator', month: 7, year: 2019 };
        for (const code of codes) {
          const reply = await machine.post('/data_source_sync', { ...month, code });
          assert.equal(reply.status, 202, reply.text);
          const id = (reply.headers.get('location') ?? '').replace('/runs/', '');
          const run = await machine.finished(id);
          assert.equal(run.state, 'succeeded');
          const rows = run.stages.map(({ rows }) => rows?.sum ?? 0);
          assert.equal(sum(rows), sum(await affectedOnStandIn([code])));
        }
      } finally {
        await machine.close();
      }
      assert.deepEqual(await differences(), []);
    });
  });
}
