import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { demoDatabases } from '../billing/index.ts';
import { type DemoServer, startDemo } from './demo-server.ts';
import { allCodes, entityFacts, hcsCodes, stekDatabases } from './sync.ts';

const databases = ['HCS', ...Object.values(stekDatabases)];

function contents(server: DemoServer): string {
  const hash = createHash('sha256');
  for (const name of databases) {
    const database = server.database(name);
    const tables = database
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%.%' ORDER BY name`,
      )
      .all();
    for (const { name: table } of tables) {
      hash.update(JSON.stringify(database.prepare(`SELECT * FROM "${table}"`).all()));
    }
  }
  return hash.digest('hex');
}

describe('seed', () => {
  it('gives the same rows every time', async () => {
    const found: string[] = [];
    for (const _ of ['once', 'again']) {
      const server = await startDemo({ accounts: 300 });
      found.push(contents(server));
      await server.close();
    }
    assert.equal(found[0], found[1]);
  });

  it('refuses an impossible scale or pace, naming it', () => {
    assert.throws(() => demoDatabases({ accounts: 0 }), /^RangeError: accounts: .* above 0, got 0/);
    assert.throws(() => demoDatabases({ accounts: Number.NaN }), /^RangeError: accounts: /);
    assert.throws(() => demoDatabases({ pace: -1 }), /^RangeError: pace: .* above 0 .*, got -1/);
  });

  it('has rows of every entity for every source at the smallest scale that tests use', async () => {
    const server = await startDemo({ accounts: 2_000 });
    for (const code of allCodes) {
      const stek = stekDatabases[code];
      for (const facts of entityFacts) {
        if (stek && !facts.stek) continue;
        const area = stek || facts.allAreas ? '' : `WHERE area = '${code}'`;
        const row = server
          .database(stek ?? 'HCS')
          .prepare(`SELECT count(*) AS rows FROM "dbo.${facts.name}" ${area}`)
          .get();
        assert.ok(Number(row?.['rows']) > 0, `${facts.name} of ${code}`);
      }
    }
    await server.close();
  });
});

describe('seed at full scale', () => {
  let server: DemoServer;
  let milliseconds = 0;
  before(async () => {
    // Processor time, so that a busy machine does not matter.
    const start = process.cpuUsage();
    server = await startDemo({});
    const { user, system } = process.cpuUsage(start);
    milliseconds = (user + system) / 1_000;
  });
  after(() => server.close());

  const count = (database: string, sql: string) =>
    Number(Object.values(server.database(database).prepare(sql).get() ?? {})[0]);

  it('holds about 20,000 accounts and at most 500,000 rows, made within 5 s', () => {
    let rows = 0;
    let accounts = 0;
    for (const database of databases) {
      accounts += count(database, 'SELECT count(*) FROM "dbo.personal_account"');
      for (const { name, stek } of entityFacts) {
        if (database === 'HCS' || stek)
          rows += count(database, `SELECT count(*) FROM "dbo.${name}"`);
      }
    }
    assert.equal(accounts, 20_000);
    assert.ok(rows > 300_000 && rows <= 500_000, `${rows} rows`);
    assert.ok(milliseconds < 5_000, `${milliseconds} ms`);
  });

  it('makes areas of different size, mo the largest source', () => {
    const sizes = hcsCodes.map((code) =>
      count('HCS', `SELECT count(*) FROM "dbo.personal_account" WHERE area = '${code}'`),
    );
    const mo = count('STEK_MO', 'SELECT count(*) FROM "dbo.personal_account"');
    assert.ok(mo > Math.max(...sizes));
    assert.ok(Math.max(...sizes) >= 5 * Math.min(...sizes));
  });

  it('keeps account and meter ids unique over all sources', () => {
    for (const [name, id] of [
      ['personal_account', 'personal_account_id'],
      ['meter', 'meter_id'],
    ]) {
      const ids = databases.flatMap((database) =>
        server
          .database(database)
          .prepare(`SELECT ${id} AS id FROM "dbo.${name}"`)
          .all()
          .map((row) => row['id']),
      );
      assert.equal(new Set(ids).size, ids.length);
    }
  });

  it('balances: opening, charges, corrections and payments make the closing of every month', () => {
    for (const database of databases) {
      const hcs = database === 'HCS';
      const sum = (table: string) =>
        `(SELECT coalesce(sum(amount), 0) FROM "dbo.${table}" AS x WHERE x.period = t.period
          AND x.personal_account_id = t.personal_account_id ${hcs ? 'AND x.area = t.area' : ''})`;
      const wrong = count(
        database,
        `SELECT count(*) FROM "dbo.turnover_balance_sheet" AS t WHERE personal_account_id % 40 = 0 AND (
          abs(opening + charged + corrected - paid - closing) > 0.001
          OR abs(charged - ${sum('charge_detail')}) > 0.001
          OR abs(corrected - ${sum('recalculation')}
            - ${hcs ? sum('charge_correction_detail') : '0'}) > 0.001)`,
      );
      assert.equal(wrong, 0, database);
      const next = count(
        database,
        `SELECT count(*) FROM "dbo.personal_saldo" AS t JOIN "dbo.personal_saldo" AS n
         ON ${hcs ? 'n.area = t.area AND' : ''} n.period = date(t.period, '+1 month')
           AND n.personal_account_id = t.personal_account_id
         WHERE n.opening <> t.closing`,
      );
      assert.equal(next, 0, database);
    }
  });

  it('refers only to what there is', () => {
    const orphans = [
      ['personal_account', 'premises', 'premises_id'],
      ['personal_account_meter', 'personal_account', 'personal_account_id'],
      ['personal_account_meter', 'meter', 'meter_id'],
      ['meter', 'equipment', 'equipment_id'],
      ['meter_reading', 'meter', 'meter_id'],
      ['payment', 'personal_account', 'personal_account_id'],
    ];
    for (const database of databases) {
      for (const [from, to, id] of orphans) {
        const sql = `SELECT count(*) FROM "dbo.${from}" WHERE ${id} NOT IN (SELECT ${id} FROM "dbo.${to}")`;
        assert.equal(count(database, sql), 0, `${from} to ${to} in ${database}`);
      }
    }
    const banks = `SELECT count(*) FROM "dbo.payment" WHERE bank_code NOT IN (SELECT bank_code FROM "dbo.bank_code")`;
    assert.equal(count('HCS', banks), 0);
  });

  it('names people in Russian, with endings of one gender', () => {
    const rows = server
      .database('STEK_MO')
      .prepare('SELECT owner_name FROM "dbo.personal_account" LIMIT 500')
      .all();
    for (const { owner_name } of rows) {
      assert.match(
        String(owner_name),
        /^[А-ЯЁ][а-яё]+(а [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+на| [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+ич)$/,
      );
    }
  });
});
