import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { compareHeapWithSource, readFiles } from '../../test/support/heap-and-source.ts';
import { partOf, someOf } from '../../test/support/some-of.ts';
import { type DemoServer, startDemo } from './demo-server.ts';
import {
  allCodes,
  type Call,
  type EntityFacts,
  entityCalls,
  entityFacts,
  factsOf,
  runCalls,
  sourceCalls,
  sumAffected,
} from './sync.ts';

const period = '2019-07-01';

/** Where a procedure dies: as it writes a row of this table. */
interface Death {
  table: string;
  action: 'INSERT' | 'UPDATE' | 'DELETE';
}

/** Every table of its database that a call may write to, in whatever way. */
function deathsOf(server: DemoServer, { database, procedure }: Call): Death[] {
  const [, schema, name] =
    /^(\w+)\.sp_.*?_(?:bill_ab|prep|datasource|crude)_(\w+)$/.exec(procedure) ?? [];
  const states: Record<string, string[]> = {
    crude: ['crude.load_state', 'crude.load_batch'],
    heap: ['heap.load_state'],
  };
  const own =
    schema === 'crude' ? [`crude.${name}`] : [`prep.${name}`, `heap.${name}`, `test.${name}`];
  const known = new Set(
    server
      .database(database)
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .all()
      .map((row) => row['name']),
  );
  return [...own, ...(states[schema ?? ''] ?? ['dbo.export_batch'])]
    .filter((table) => known.has(table))
    .flatMap((table) =>
      (['INSERT', 'UPDATE', 'DELETE'] as const).map((action) => ({ table, action })),
    );
}

/** The last row that a call writes. */
const lasts: Record<string, Death> = {
  crude: { table: 'crude.load_batch', action: 'INSERT' },
  heap: { table: 'heap.load_state', action: 'UPDATE' },
};
const lastOf = ({ database, procedure }: Call): Death =>
  (database === 'AB' ? lasts[procedure.split('.')[0] ?? ''] : undefined) ?? {
    table: 'dbo.export_batch',
    action: 'INSERT',
  };

/** Calls, and answers where it died; nothing of it is left then. */
async function die(server: DemoServer, call: Call, deaths: Record<string, Death>) {
  const database = server.database(call.database);
  const tables = new Set(deathsOf(server, call).map((death) => death.table));
  const rows = () =>
    JSON.stringify([...tables].map((name) => database.prepare(`SELECT * FROM "${name}"`).all()));
  const before = rows();
  for (const [name, { table, action }] of Object.entries(deaths)) {
    database.exec(`CREATE TRIGGER "${name}" AFTER ${action} ON "${table}"
      BEGIN SELECT RAISE(ABORT, 'it dies ${name}'); END`);
  }
  try {
    await server.call(call.database, call.procedure, call.parameters);
    return undefined;
  } catch (error) {
    const [, name] = /it dies (\w+)/.exec(String(error)) ?? assert.fail(String(error));
    assert.equal(rows(), before);
    return name;
  } finally {
    for (const name of Object.keys(deaths)) database.exec(`DROP TRIGGER "${name}"`);
  }
}

describe('a call that dies', () => {
  for (const code of someOf(['0c10', 'zagser'], 1 / 2)) {
    describe(code, () => {
      let server: DemoServer;
      before(async () => {
        server = await startDemo({ accounts: 200 });
      });
      after(() => server.close());

      // Accounts first: some entities reach their source through them.
      const isAccount = ({ name }: EntityFacts) => name === 'personal_account';
      const facts = factsOf(code);
      const accountsFirst = [
        ...facts.filter(isAccount),
        ...someOf(
          facts.filter((one) => !isAccount(one)),
          1 / 3,
        ),
      ];
      /** Each call dies wherever it writes, then completes; answers at how many tables. */
      async function complete(calls: readonly Call[]): Promise<number> {
        const died = new Set<string>();
        for (const call of calls) {
          for (const here of deathsOf(server, call)) {
            const last = lastOf(call);
            const isLast = here.table === last.table && here.action === last.action;
            const where = await die(server, call, isLast ? { here } : { here, last });
            assert.ok(where, 'it writes something, at its end at the latest');
            if (where === 'here') died.add(`${call.database} ${here.table}`);
          }
          await server.call(call.database, call.procedure, call.parameters);
        }
        return died.size;
      }

      for (const facts of accountsFirst) {
        it(`leaves nothing of ${facts.name}, and a repeated one completes it`, async () => {
          const calls = entityCalls(facts, [code], period);
          const compare = () =>
            compareHeapWithSource(readFiles(server), code, period, [facts.name]);
          // Outbox and its batches, crude with its state and batches, heap with its state; without
          // rows in this month, which earlier ticks may have moved or removed, only what is beside.
          const hasRows = (await compare()).length > 0;
          assert.equal(await complete(calls), hasRows ? 7 : 4);
          assert.deepEqual(await compare(), []);
          await server.tick(1);
          assert.ok((await complete(calls)) >= 4);
          assert.deepEqual(await compare(), []);
          assert.equal(sumAffected(await runCalls(server, calls)), 0);
        });
      }
    });
  }
});

type Action =
  | { kind: 'tick'; seed: number }
  | { kind: 'call'; call: number; death: number }
  | { kind: 'together'; calls: number[] };

const calls = entityFacts.flatMap((facts) => entityCalls(facts, allCodes, period));
const call = fc.nat({ max: calls.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick'), seed: fc.nat({ max: 1000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('call'), call, death: fc.nat({ max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('together'),
      calls: fc.array(call, { minLength: 2, maxLength: 4 }),
    }),
  },
);

async function act(server: DemoServer, step: Action): Promise<void> {
  const chosen = (index: number) => calls[index] ?? assert.fail();
  switch (step.kind) {
    case 'tick':
      await server.tick(step.seed);
      break;
    case 'call': {
      const deaths = deathsOf(server, chosen(step.call));
      const here = deaths[step.death % deaths.length] ?? assert.fail();
      await die(server, chosen(step.call), { here });
      break;
    }
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
        const server = await startDemo({ accounts: 45 });
        try {
          for (const step of history) await act(server, step);
          await runCalls(server, sourceCalls(allCodes, period));
          for (const code of allCodes) {
            assert.deepEqual(await compareHeapWithSource(readFiles(server), code, period), []);
          }
          assert.equal(sumAffected(await runCalls(server, sourceCalls(allCodes, period))), 0);
        } finally {
          await server.close();
        }
      }),
      { numRuns: partOf(6, 1 / 2) },
    ));
});
