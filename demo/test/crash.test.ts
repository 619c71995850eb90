import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { compareHeapWithSource, demoDatabases, tick } from '../billing/index.ts';
import { Crash, type DirectServer, startDirectServer } from './direct-server.ts';
import {
  allCodes,
  type Call,
  entityCalls,
  entityFacts,
  factsOf,
  runCalls,
  sourceCalls,
  sumAffected,
} from './sync.ts';

const period = '2019-07-01';

/** Few rows and fewer in a transaction, so that every call has many steps to die at. */
const start = (accounts: number, chunkRows: number) =>
  startDirectServer(demoDatabases({ accounts, chunkRows, pace: Number.POSITIVE_INFINITY }));

/** True when the call died. */
async function crashes(server: DirectServer, call: Call, crashAt: number): Promise<boolean> {
  try {
    await server.call(call.database, call.procedure, call.parameters, { crashAt });
    return false;
  } catch (error) {
    if (error instanceof Crash) return true;
    throw error;
  }
}

describe('a call that dies', () => {
  for (const code of ['0c10', 'zagser']) {
    describe(code, () => {
      let server: DirectServer;
      before(() => {
        server = start(1_000, 40);
      });
      after(() => server.close());

      // Accounts first: some entities reach their source through them.
      const accountsFirst = factsOf(code).toSorted(
        (a, b) => Number(b.name === 'personal_account') - Number(a.name === 'personal_account'),
      );
      for (const facts of accountsFirst) {
        it(`leaves ${facts.name} so that a repeated one completes it`, async () => {
          const calls = entityCalls(facts, [code], period);
          let deaths = 0;
          for (const call of calls) {
            // The same call dies at its first, second, third … step of what is left to do.
            let crashAt = 1;
            while (await crashes(server, call, crashAt)) {
              crashAt += 1;
              deaths += 1;
            }
          }
          assert.ok(deaths > 5, `${deaths} deaths`);
          assert.deepEqual(compareHeapWithSource(server, code, period, [facts.name]), []);
          assert.equal(sumAffected(await runCalls(server, calls)), 0);
        });
      }
    });
  }
});

type Action =
  | { kind: 'tick'; seed: number }
  | { kind: 'call'; call: number; crashAt: number }
  | { kind: 'together'; calls: number[] };

const calls = entityFacts.flatMap((facts) => entityCalls(facts, allCodes, period));
const call = fc.nat({ max: calls.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick'), seed: fc.nat({ max: 1000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('call'), call, crashAt: fc.nat({ max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('together'),
      calls: fc.array(call, { minLength: 2, maxLength: 4 }),
    }),
  },
);

async function act(server: DirectServer, step: Action): Promise<void> {
  const chosen = (index: number) => calls[index] ?? assert.fail();
  switch (step.kind) {
    case 'tick':
      tick(server, { seed: step.seed });
      break;
    case 'call':
      await crashes(server, chosen(step.call), step.crashAt);
      break;
    case 'together':
      await Promise.all(
        step.calls.map((index) => {
          const { database, procedure, parameters } = chosen(index);
          return server.call(database, procedure, parameters);
        }),
      );
  }
}

describe('any history', () => {
  it('of ticks, calls in any order, deaths and calls at once ends equal after one sync', () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (history) => {
        const server = start(45, 3);
        try {
          for (const step of history) await act(server, step);
          await runCalls(server, sourceCalls(allCodes, period));
          for (const code of allCodes) {
            assert.deepEqual(compareHeapWithSource(server, code, period), []);
          }
          assert.equal(sumAffected(await runCalls(server, sourceCalls(allCodes, period))), 0);
        } finally {
          server.close();
        }
      }),
      { numRuns: 6 },
    ));
});
