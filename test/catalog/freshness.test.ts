import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { shippedCatalog } from '../../shared/catalog/index.ts';

const catalog = shippedCatalog();
const hcs = '0c01 0c05 0c06 0c08 0c10 0c20 0c21 0c23 0t10 1c10 2c10 all'.split(' ');
const stek = ['stek', 'region', 'mo', 'zagser'];
const allAreas = ['bank_code', 'benefit_provider', 'city', 'equipment', 'premises', 'room'];
const throughAccount = [
  'charge_correction_detail',
  'charge_detail',
  'personal_account_parameter',
  'turnover_balance_sheet',
];

const ofSource =
  'JOIN [heap].[list_datasource] AS l ON X.[datasource_id] = l.[list_datasource_id] WHERE l.[datasource_section] = @code';
const ofAccount = `JOIN [heap].[personal_account] AS pa ON h.[personal_account_id] = pa.[personal_account_id] ${ofSource.replace('X', 'pa')}`;

/** Place and SQL, written by hand from the facts about the original. */
function expectedQueries(name: string, code: string): string[] {
  const newest = 'SELECT MAX([date_modification]) AS [freshness] FROM';
  const queries: string[] = [];
  if (stek.includes(code)) queries.push(`source ${newest} [prep].[${name}]`);
  else if (name === 'bank_code') queries.push(`source ${newest} [heap].[bank_dictionary]`);
  else if (allAreas.includes(name)) queries.push(`source ${newest} [heap].[${name}]`);
  else queries.push(`source ${newest} [heap].[${name}] WHERE [bill_datasource_section] = @code`);

  if (name !== 'city' && name !== 'personal_account') {
    const where = ofSource.replace('X', 'c');
    const from = `[crude].[${name}] AS c ${where}`;
    queries.push(`crude SELECT MAX(c.[date_load]) AS [freshness] FROM ${from}`);
  }

  const heap = 'heap SELECT MAX(h.[date_modification]) AS [freshness] FROM';
  const where = ofSource.replace('X', 'h');
  if (name === 'benefit_provider' || name === 'city') queries.push(`${heap} [heap].[${name}] AS h`);
  else if (throughAccount.includes(name))
    queries.push(`${heap} [heap].[${name}] AS h ${ofAccount}`);
  else if (name === 'personal_saldo') queries.push(`${heap} [test].[${name}] AS h ${where}`);
  else queries.push(`${heap} [heap].[${name}] AS h ${where}`);
  return queries;
}

describe('freshness queries of the shipped catalogue', () => {
  for (const code of [...hcs, ...stek]) {
    it(`asks ${code} as the original did`, () => {
      for (const name of catalog.entityOrder(code)) {
        const queries = catalog.freshness({ name, code });
        const asked = !stek.includes(code) && allAreas.includes(name) ? 'all' : code;
        assert.deepEqual(
          queries.map(({ place, sql }) => `${place} ${sql}`),
          expectedQueries(name, code),
        );
        for (const { place, database, server, sql, parameters } of queries) {
          const source = catalog.databases.find(
            ({ id }) => id === (stek.includes(code) ? code : 'hcs'),
          );
          assert.equal(database, place === 'source' ? source?.id : 'ab');
          assert.equal(server, place === 'source' ? source?.server : 'ab');
          const code_ = [{ name: 'code', type: 'varchar(20)', value: asked }];
          assert.deepEqual(parameters, sql.includes('@code') ? code_ : []);
        }
      }
    });
  }

  it('asks 58 questions for a whole HCS area: three an entity, less two without date_load', () => {
    const names = catalog.entityOrder('0c10');
    const queries = names.flatMap((name) => catalog.freshness({ name, code: '0c10' }));
    assert.equal(names.length, 20);
    assert.equal(queries.length, 58);
  });

  it('refuses an entity that the code does not have', () => {
    assert.throws(() => catalog.freshness({ name: 'payment', code: 'all' }), RangeError);
  });
});

/** SQLite reads this SQL as it stands, `[names]`, schemas and `@code` included. */
describe('freshness queries of the aggregate base, run', () => {
  const database = new DatabaseSync(':memory:');
  after(() => database.close());
  for (const schema of ['crude', 'heap', 'test']) {
    database.exec(`ATTACH ':memory:' AS [${schema}]`);
  }
  database.exec(`
    CREATE TABLE [heap].[list_datasource] (list_datasource_id, datasource_section);
    INSERT INTO [heap].[list_datasource] VALUES (1, '0c10'), (2, '0c20'), (3, 'all'), (4, 'mo');`);
  const dates = { '0c10': '2019-07-02', '0c20': '2019-07-09', all: '2019-07-05', mo: '2019-07-03' };
  for (const name of catalog.entityOrder('0c10')) {
    for (const schema of ['crude', 'heap', 'test']) {
      const columns = 'personal_account_id, datasource_id, date_load, date_modification';
      database.exec(`CREATE TABLE [${schema}].[${name}] (${columns})`);
      for (const [index, date] of Object.values(dates).entries()) {
        for (const day of ['2018-01-01', date]) {
          database.exec(
            `INSERT INTO [${schema}].[${name}] VALUES (${index + 1}, ${index + 1}, '${day}', '${day}')`,
          );
        }
      }
    }
  }

  for (const code of ['0c10', '0c20', 'mo'] as const) {
    it(`finds the newest row of ${code}`, () => {
      for (const name of catalog.entityOrder(code)) {
        for (const query of catalog.freshness({ name, code })) {
          if (query.place === 'source') continue;
          const values = query.parameters.map((parameter) => [parameter.name, parameter.value]);
          const row = database.prepare(query.sql).get(Object.fromEntries(values));
          const asked = code !== 'mo' && allAreas.includes(name) ? 'all' : code;
          const unfiltered = query.place === 'heap' && ['benefit_provider', 'city'].includes(name);
          const newest = unfiltered ? '2019-07-09' : dates[asked];
          assert.deepEqual({ ...row }, { freshness: newest }, `${query.place} of ${name}`);
        }
      }
    });
  }
});
