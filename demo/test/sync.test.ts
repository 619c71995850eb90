import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { compareHeapWithSource, readFiles } from '../../test/support/heap-and-source.ts';
import { someOf } from '../../test/support/some-of.ts';
import { demoDatabases } from '../billing/index.ts';
import { type DemoServer, startDemo } from './demo-server.ts';
import { proceduresIn } from './procedures.ts';
import {
  allCodes,
  crudeCall,
  type EntityFacts,
  entityCalls,
  entityFacts,
  exportCall,
  factsNamed,
  factsOf,
  hcsCodes,
  heapCall,
  runCalls,
  sourceCalls,
  stekDatabases,
  sumAffected,
} from './sync.ts';

const period = '2019-07-01';

/** Closed at the test's end, however that is. */
async function start(accounts: number, t?: TestContext): Promise<DemoServer> {
  const server = await startDemo({ accounts });
  t?.after(() => server.close());
  return server;
}

/** What an entity's tables hold for a source, and the three timestamps operators look at. */
function snapshot(server: DemoServer, { name }: EntityFacts, code: string) {
  const stek = stekDatabases[code];
  const outbox = stek ? `prep.${name}` : `heap.${name === 'bank_code' ? 'bank_dictionary' : name}`;
  const heap = name === 'personal_saldo' ? 'test.personal_saldo' : `heap.${name}`;
  const places = [
    { database: stek ?? 'HCS', table: outbox, column: 'date_modification' },
    { database: 'AB', table: `crude.${name}`, column: 'date_load' },
    { database: 'AB', table: heap, column: 'date_modification' },
  ];
  const rows = places.map(({ database, table }) =>
    server.database(database).prepare(`SELECT * FROM "${table}"`).all(),
  );
  const freshness = places.map(({ column }, index) =>
    String(
      rows[index]
        ?.map((row) => row[column])
        .sort()
        .at(-1),
    ),
  );
  return { rows: JSON.stringify(rows), freshness };
}

/** True when every timestamp is later; `undefined` where the table has none. */
const moved = (earlier: string[], later: string[]) =>
  later.every((at, index) => at === 'undefined' || at > (earlier[index] ?? ''));

const differences = (
  server: DemoServer,
  ...what: [string, string, (readonly EntityFacts['name'][])?]
) => compareHeapWithSource(readFiles(server), ...what);

describe('one entity of one source', () => {
  for (const code of someOf(['0c10', 'stek', 'region', 'mo', 'zagser'], 2 / 5)) {
    describe(code, () => {
      let server: DemoServer;
      before(async () => {
        server = await start(2_000);
        // Some entities reach their source through the accounts.
        await runCalls(server, entityCalls(factsNamed('personal_account'), [code], period));
      });
      after(() => server.close());

      for (const facts of factsOf(code)) {
        it(`${facts.name}: changed, new and deleted rows arrive, nothing else moves`, async () => {
          const calls = entityCalls(facts, [code], period);
          const live = server.database(stekDatabases[code] ?? 'HCS');
          const table = `"dbo.${facts.name}"`;
          const scope = [
            'TRUE',
            ...(code === '0c10' && !facts.allAreas ? [`area = '${code}'`] : []),
            ...(facts.dated ? [`period = '${period}'`] : []),
          ].join(' AND ');
          const compare = () => differences(server, code, period, [facts.name]);
          const sync = async () =>
            (await runCalls(server, calls)).map(({ affected, returned }) => {
              assert.equal(returned, 0);
              return affected;
            });
          const each = (rows: number) => calls.map(() => rows);
          const rows = Number(
            live.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${scope}`).get()?.['n'],
          );
          assert.ok(rows > 2, `${rows} rows`);

          if (facts.name !== 'personal_account') {
            assert.equal((await compare()).length, rows, 'before the first sync');
            assert.deepEqual(await sync(), each(rows));
          }
          assert.deepEqual(await compare(), []);

          const before = snapshot(server, facts, code);
          assert.deepEqual(await sync(), each(0), 'second sync');
          assert.deepEqual(snapshot(server, facts, code), before);

          const [gone = {}, changed = {}] = live
            .prepare(`SELECT rowid AS id, * FROM ${table} WHERE ${scope} LIMIT 2`)
            .all();
          const last = Object.keys(gone).at(-1);
          live.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(gone['id'] ?? null);
          live
            .prepare(`UPDATE ${table} SET "${last}" = '7' WHERE rowid = ?`)
            .run(changed['id'] ?? null);
          assert.deepEqual((await compare()).map(({ kind }) => kind).sort(), [
            'different',
            'extra',
          ]);
          assert.deepEqual(await sync(), each(2));
          assert.deepEqual(await compare(), []);
          assert.ok(moved(before.freshness, snapshot(server, facts, code).freshness));

          const { id: _, ...row } = gone;
          const columns = Object.keys(row);
          live
            .prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`)
            .run(...Object.values(row));
          assert.deepEqual(
            (await compare()).map(({ kind }) => kind),
            ['missing'],
          );
          assert.deepEqual(await sync(), each(1));
          assert.deepEqual(await compare(), []);
        });
      }
    });
  }
});

describe('all sources', () => {
  it('crude and heap serve every export made so far in one call', async (t) => {
    const server = await start(600, t);
    for (const facts of entityFacts) {
      const having = allCodes.filter((code) => facts.stek || !(code in stekDatabases));
      for (const code of having) {
        const { database, procedure, parameters } = exportCall(facts, code, period);
        await server.call(database, procedure, parameters);
      }
      await runCalls(server, [crudeCall(facts.name), heapCall(facts.name)]);
    }
    for (const code of allCodes) assert.deepEqual(await differences(server, code, period), []);
    assert.deepEqual(await differences(server, 'all', period), []);
  });

  it('tick changes every source and nothing but a sync brings heap up to it', async (t) => {
    const server = await start(600, t);
    const calls = sourceCalls(allCodes, period);
    await runCalls(server, calls);
    const changes = await server.tick(1);
    assert.deepEqual(
      [...new Set(changes.map(({ code }) => code))].sort(),
      [...allCodes, 'all'].sort(),
    );
    assert.ok(changes.every(({ rows }) => rows > 0));
    for (const code of allCodes) assert.ok((await differences(server, code, period)).length > 3);
    const affected = sumAffected(await runCalls(server, calls));
    assert.ok(affected > 0);
    for (const code of allCodes) assert.deepEqual(await differences(server, code, period), []);
  });

  it('keeps the other months when one is synced', async (t) => {
    const server = await start(600, t);
    await runCalls(server, sourceCalls(['0c10', 'mo'], '2019-06-01'));
    await runCalls(server, sourceCalls(['0c10', 'mo'], period));
    for (const code of ['0c10', 'mo']) {
      for (const month of ['2019-06-01', period]) {
        assert.deepEqual(await differences(server, code, month), []);
      }
      assert.notDeepEqual(await differences(server, code, '2019-08-01'), []);
    }
  });

  it('touches no other source', async (t) => {
    const server = await start(600, t);
    await runCalls(server, sourceCalls(['0c10'], period));
    for (const code of allCodes.filter((other) => other !== '0c10')) {
      const extra = (await differences(server, code, period)).filter(
        ({ kind }) => kind === 'extra',
      );
      assert.deepEqual(extra, [], code);
    }
  });

  it('a case that differs is a change although SQL compares text without case', async (t) => {
    const server = await start(600, t);
    const calls = entityCalls(factsNamed('equipment'), ['mo'], period);
    await runCalls(server, calls);
    server.database('STEK_MO').exec(`UPDATE "dbo.equipment" SET model = 'aBc' WHERE equipment_id = (
      SELECT min(equipment_id) FROM "dbo.equipment")`);
    await runCalls(server, calls);
    server.database('STEK_MO').exec(`UPDATE "dbo.equipment" SET model = 'AbC' WHERE model = 'aBc'`);
    assert.equal(sumAffected(await runCalls(server, calls)), 3);
    assert.deepEqual(await differences(server, 'mo', period, ['equipment']), []);
  });
});

describe('refusals', () => {
  const cases: [string, string, Record<string, string | number>, number, RegExp][] = [
    [
      'HCS',
      'dbo.sp_export_to_bill_ab_payment',
      { CurDataAreaId: '0c10', period_month: 77, period_year: 2019 },
      289,
      /^Cannot construct data type date, some of the arguments/,
    ],
    [
      'HCS',
      'dbo.sp_export_to_bill_ab_payment',
      { CurDataAreaId: '0c10', period_month: 0, period_year: 2019 },
      289,
      /date/,
    ],
    [
      'HCS',
      'dbo.sp_export_to_bill_ab_payment',
      { CurDataAreaId: '0c10', period_month: 7, period_year: 10_000 },
      289,
      /date/,
    ],
    ['STEK', 'dbo.sp_export_to_bill_ab_payment', { date_of_month: '20197701' }, 241, /date/],
    ['STEK', 'dbo.sp_export_to_bill_ab_charge_detail', { month: '20190231' }, 241, /date/],
    [
      'STEK',
      'dbo.sp_export_to_bill_ab_charge_detail',
      { month: '2019-07' },
      241,
      /^Conversion failed/,
    ],
    [
      'HCS',
      'dbo.sp_export_to_bill_ab_meter',
      { CurDataAreaId: '9z99' },
      50001,
      /'9z99' for meter, expected 0c01, /,
    ],
    ['HCS', 'dbo.sp_export_to_bill_ab_meter', { CurDataAreaId: 'all' }, 50001, /'all' for meter/],
    ['HCS', 'dbo.sp_export_to_bill_ab_premises', { CurDataAreaId: '0c10' }, 50001, /expected all/],
  ];
  for (const [database, procedure, parameters, number, message] of cases) {
    it(`${procedure} with ${JSON.stringify(parameters)} raises ${number}`, async (t) => {
      const server = await start(45, t);
      await assert.rejects(server.call(database, procedure, parameters), {
        number,
        message,
        class: 16,
      });
      const written = server
        .database(database)
        .prepare('SELECT count(*) AS rows FROM "dbo.export_batch"')
        .get();
      assert.equal(written?.['rows'], 0);
    });
  }

  it('a month without rows is no error', async (t) => {
    const server = await start(45, t);
    const { database, procedure } = exportCall(factsNamed('payment'), 'stek', period);
    const record = await server.call(database, procedure, { date_of_month: '20180101' });
    assert.equal(record.affected, 0);
  });

  it('has exactly the procedures of the facts, and tick', () => {
    const expected = new Set(
      [...hcsCodes, ...Object.keys(stekDatabases)]
        .flatMap((code) => factsOf(code).map((facts) => exportCall(facts, code, period)))
        .concat(entityFacts.flatMap(({ name }) => [crudeCall(name), heapCall(name)]))
        .map(({ database, procedure, parameters }) =>
          [database, procedure, ...Object.keys(parameters).map((name) => `@${name}`)].join(' '),
        )
        .concat(
          ['HCS', ...Object.values(stekDatabases)].map((name) => `${name} dbo.sp_demo_tick @seed`),
        ),
    );
    const found = demoDatabases().flatMap(({ name, schema }) =>
      proceduresIn(schema)
        .filter((procedure) => procedure.name !== 'dbo.sp_demo_wait')
        .map((procedure) =>
          [name, procedure.name, ...procedure.parameters.map((parameter) => parameter.name)].join(
            ' ',
          ),
        ),
    );
    assert.deepEqual([...found].sort(), [...expected].sort());
  });
});
