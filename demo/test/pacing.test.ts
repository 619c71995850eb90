import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoDatabases } from '../billing/index.ts';
import { startProgress } from '../billing/progress.ts';
import { type DirectServer, startDirectServer } from './direct-server.ts';
import { crudeCall, type EntityFacts, entityFacts, exportCall, heapCall } from './sync.ts';

const period = '2019-07-01';

/** A demo whose clock moves by its delays alone; milliseconds that a call takes. */
function start(pace: number) {
  let milliseconds = Date.UTC(2026, 0, 1);
  const server = startDirectServer(
    demoDatabases({ accounts: 200, pace, now: () => new Date(Math.round(milliseconds)) }),
  );
  async function time({ database, procedure, parameters }: ReturnType<typeof crudeCall>) {
    const started = milliseconds;
    const record = await server.call(database, procedure, parameters, {
      onDelay: (delay) => {
        milliseconds += delay;
      },
    });
    return { ...record, milliseconds: Math.round(milliseconds - started) };
  }
  return { server, time };
}

function facts(name: string): EntityFacts {
  const found = entityFacts.find((candidate) => candidate.name === name);
  assert.ok(found);
  return found;
}

async function closing(
  pace: number,
  work: (time: ReturnType<typeof start>['time'], server: DirectServer) => Promise<void>,
) {
  const { server, time } = start(pace);
  try {
    await work(time, server);
  } finally {
    server.close();
  }
}

describe('time of a stage', () => {
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
    it(`${name} of ${code}: ${seconds} s, 10 % export, 60 % crude, 30 % heap`, () =>
      closing(1, async (time) => {
        const calls = [
          exportCall(facts(name), code, period),
          crudeCall(facts(name).name),
          heapCall(facts(name).name),
        ];
        const milliseconds = [];
        for (const call of calls) milliseconds.push((await time(call)).milliseconds);
        assert.deepEqual(milliseconds, [seconds * 100, seconds * 600, seconds * 300]);
        // A sync without a change takes as long: the original had to look at every row, too.
        assert.equal((await time(calls[0] ?? assert.fail())).milliseconds, seconds * 100);
        assert.equal((await time(calls[1] ?? assert.fail())).milliseconds, seconds * 600);
      }));
  }

  it('is divided by the pace', () =>
    closing(600, async (time) => {
      const { milliseconds } = await time(exportCall(facts('personal_account'), 'mo', period));
      assert.equal(milliseconds, 320);
    }));

  it('is the sum over the sources a crude or heap call serves, and nothing when none is due', () =>
    closing(1, async (time) => {
      const payment = facts('payment');
      for (const code of ['0c01', '0c05', 'mo', 'mo'])
        await time(exportCall(payment, code, period));
      const expected = 60 + 120 + 60;
      assert.equal((await time(heapCall('payment'))).milliseconds, 0);
      assert.equal((await time(crudeCall('payment'))).milliseconds, expected * 600);
      assert.equal((await time(crudeCall('payment'))).milliseconds, 0);
      await time(exportCall(payment, 'stek', period));
      await time(crudeCall('payment'));
      assert.equal((await time(heapCall('payment'))).milliseconds, (expected + 43) * 300);
      assert.equal((await time(heapCall('payment'))).milliseconds, 0);
      assert.equal((await time(crudeCall('meter'))).milliseconds, 0);
    }));

  it('is none at an infinite pace', () =>
    closing(Number.POSITIVE_INFINITY, async (time) => {
      for (const call of [exportCall(facts('payment'), 'mo', period), crudeCall('payment')]) {
        assert.deepEqual((await time(call)).delays, []);
      }
    }));
});

describe('progress', () => {
  it('tells each quarter of a procedure, with rows', () =>
    closing(1, async (time) => {
      const { messages, affected } = await time(exportCall(facts('payment'), 'mo', period));
      const label = 'dbo.sp_export_to_bill_ab_payment mo 2019-07-01';
      assert.deepEqual(
        messages,
        [0.25, 0.5, 0.75, 1].map(
          (part) =>
            `${label}: ${Math.floor(affected * part)} of ${affected} rows (${part * 100} %)`,
        ),
      );
    }));

  function record(options: { total: number; budget: number; workPerStep: number }) {
    let clock = 0;
    const log: string[] = [];
    const advance = startProgress(
      {
        async delay(milliseconds) {
          clock += milliseconds;
          log.push(`delay ${milliseconds}`);
        },
        message: (text) => void log.push(text),
      },
      { label: 'x', ...options, now: () => new Date(clock) },
    );
    return {
      log,
      async step(done: number) {
        clock += options.workPerStep;
        await advance(done);
      },
    };
  }

  it('waits only for what the work has left over', async () => {
    const { log, step } = record({ total: 100, budget: 1_000, workPerStep: 100 });
    await step(50);
    await step(100);
    assert.deepEqual(log, [
      'delay 150',
      'x: 25 of 100 rows (25 %)',
      'delay 250',
      'x: 50 of 100 rows (50 %)',
      'delay 150',
      'x: 75 of 100 rows (75 %)',
      'delay 250',
      'x: 100 of 100 rows (100 %)',
    ]);
  });

  it('adds nothing to work that is slower than it should be', async () => {
    const { log, step } = record({ total: 4, budget: 1_000, workPerStep: 2_000 });
    await step(2);
    await step(4);
    assert.deepEqual(
      log.filter((line) => line.startsWith('delay')),
      [],
    );
    assert.equal(log.length, 4);
  });

  it('says once that there was nothing to do', async () => {
    const { log, step } = record({ total: 0, budget: 0, workPerStep: 0 });
    await step(0);
    await step(0);
    assert.deepEqual(log, ['x: 0 of 0 rows (100 %)']);
  });

  it('waits no longer than the budget although the clock goes back', async () => {
    let clock = 10_000_000;
    let waited = 0;
    const advance = startProgress(
      {
        async delay(milliseconds) {
          waited += milliseconds;
          clock += milliseconds;
        },
        message() {},
      },
      { label: 'x', total: 1, budget: 1_000, now: () => new Date(clock) },
    );
    clock = 0;
    await advance(1);
    assert.equal(waited, 1_000);
  });
});
