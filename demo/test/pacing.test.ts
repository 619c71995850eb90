import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setPace } from '../billing/index.ts';
import { type DemoServer, startDemo } from './demo-server.ts';
import {
  type Call,
  crudeCall,
  type EntityFacts,
  entityFacts,
  exportCall,
  heapCall,
  stekDatabases,
} from './sync.ts';

const period = '2019-07-01';

/** In place of the procedure that waits: says how long it would. */
const told = `ALTER PROCEDURE [dbo].[sp_demo_wait] @label nvarchar(200), @milliseconds int AS
IF @milliseconds > 0 RAISERROR(N'waits %d', 0, 1, @milliseconds) WITH NOWAIT`;

async function start(pace: number): Promise<DemoServer> {
  const server = await startDemo({ accounts: 45, pace });
  for (const name of ['HCS', 'AB', ...Object.values(stekDatabases)]) await server.batch(name, told);
  return server;
}

/** Milliseconds that a call would take. */
async function time(
  server: DemoServer,
  { database, procedure, parameters }: Call,
): Promise<number> {
  const { messages } = await server.call(database, procedure, parameters);
  const waits = messages.flatMap((message) => /^waits (\d+)$/.exec(message)?.[1] ?? []);
  return waits.reduce((sum, milliseconds) => sum + Number(milliseconds), 0);
}

function facts(name: string): EntityFacts {
  const found = entityFacts.find((candidate) => candidate.name === name);
  assert.ok(found);
  return found;
}

describe('time of a stage', () => {
  let server: DemoServer;
  before(async () => {
    server = await start(1);
  });
  after(() => server.close());

  /** Entity, source, seconds the operators noted (from the list itself; blank or absent: 1). */
  const cases: [string, string, number][] = [
    ['payment', '0c06', 15],
    ['turnover_balance_sheet', '0t10', 2220],
    ['personal_account', 'mo', 1920],
    ['premises', 'zagser', 74],
    ['premises', '0c10', 60],
    ['bank_code', '0c10', 2],
    ['meter_place', '0c01', 1],
    ['meter', '0c05', 1],
    ['recalculation', 'zagser', 1],
  ];
  for (const [name, code, seconds] of cases) {
    it(`${name} of ${code}: ${seconds} s, 10 % export, 60 % crude, 30 % heap`, async () => {
      const calls = [
        exportCall(facts(name), code, period),
        crudeCall(facts(name).name),
        heapCall(facts(name).name),
      ];
      // A sync without a change takes as long: the original had to look at every row, too.
      for (const _ of ['first', 'again']) {
        const milliseconds = [];
        for (const call of calls) milliseconds.push(await time(server, call));
        assert.deepEqual(milliseconds, [seconds * 100, seconds * 600, seconds * 300]);
      }
    });
  }

  it('is the sum over the sources a crude or heap call serves, and nothing when none is due', async () => {
    const payment = facts('payment');
    for (const code of ['0c01', '0c05', 'mo', 'mo']) {
      await time(server, exportCall(payment, code, period));
    }
    const expected = 60 + 120 + 60;
    assert.equal(await time(server, heapCall('payment')), 0);
    assert.equal(await time(server, crudeCall('payment')), expected * 600);
    assert.equal(await time(server, crudeCall('payment')), 0);
    await time(server, exportCall(payment, 'stek', period));
    await time(server, crudeCall('payment'));
    assert.equal(await time(server, heapCall('payment')), (expected + 43) * 300);
    assert.equal(await time(server, heapCall('payment')), 0);
    assert.equal(await time(server, crudeCall('meter_reading')), 0);
  });

  it('is divided by the pace, and changes with it where the rows are kept', async () => {
    const call = exportCall(facts('personal_account'), 'mo', period);
    setPace(server, 600);
    assert.equal(await time(server, call), 320);
    setPace(server, Number.POSITIVE_INFINITY);
    assert.equal(await time(server, call), 0);
  });
});

describe('progress', () => {
  it('tells each quarter of the time, then the rows', async () => {
    // 10 % of 2160 s, divided by the pace: 216 ms.
    const server = await startDemo({ accounts: 45, pace: 1_000 });
    try {
      const { database, procedure, parameters } = exportCall(
        facts('charge_detail'),
        '0c21',
        period,
      );
      const started = performance.now();
      const { messages, affected } = await server.call(database, procedure, parameters);
      assert.ok(performance.now() - started >= 215);
      const label = 'dbo.sp_export_to_bill_ab_charge_detail 0c21 2019-07-01';
      assert.deepEqual(messages, [
        ...[25, 50, 75, 100].map((part) => `${label}: ${part} % of the time`),
        `${label}: ${affected} of ${affected} rows (100 %)`,
      ]);
    } finally {
      await server.close();
    }
  });
});

describe('a stage that takes its time', () => {
  it('holds no lock meanwhile: others write to the aggregate base', async () => {
    const server = await startDemo({ accounts: 45, pace: 1_000 });
    try {
      const { database, procedure, parameters } = exportCall(
        facts('charge_detail'),
        '0c21',
        period,
      );
      await server.call(database, procedure, parameters);
      const order: string[] = [];
      // 60 % of 2160 s, divided by the pace: 1.3 s.
      const load = server
        .call('AB', crudeCall('charge_detail').procedure)
        .then(() => order.push('load'));
      const write = server
        .batch('AB', `UPDATE [heap].[list_datasource] SET [database_name] = [database_name]`)
        .then(() => order.push('write'));
      await Promise.all([load, write]);
      assert.deepEqual(order, ['write', 'load']);
    } finally {
      await server.close();
    }
  });
});
