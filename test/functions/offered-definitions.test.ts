/** Which definitions a base offers that has some of the tables only. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OfferedDefinitions } from '../../shared/app/connections/offered-definitions.ts';
import { Databases } from '../../shared/database/databases.ts';
import { makeDynsqlCatalog } from '../../shared/dynsql/language/dynsql-catalog.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { ownDefinition } from '../dynsql/own.ts';
import { type RecordedSqlServer, startRecordedSqlServer } from '../support/recorded-sql-server.ts';
import { soon } from '../support/storage.ts';

let server: RecordedSqlServer;
let databases: Databases;
before(async () => {
  server = await startRecordedSqlServer({
    logins: { app: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '' }],
  });
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
  databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
});
after(async () => {
  await databases.close();
  await server.close();
});

const run = async (sql: string) => {
  const session = await databases.session('ab', soon());
  await session.batch(sql, soon());
  session.release();
};

test('of the shipped ones those whose tables are there; one question for all of them', async () => {
  const all = shippedDynsql().definitions;
  const offered = new OfferedDefinitions(shippedDynsql(), databases, 'ab');
  assert.deepEqual(await offered.list(soon()), [], 'an empty base');
  const asked = server.seen.length;
  for (let times = 0; times < 3; times += 1) await offered.list(soon());
  assert.equal(server.seen.length, asked);
  const offeredNow = () => new OfferedDefinitions(shippedDynsql(), databases, 'ab').list(soon());
  await run('CREATE TABLE dbo.Countries (ID char(10)); CREATE TABLE dbo.Currencies (ID char(10))');
  assert.deepEqual(await offeredNow(), [], 'one of its tables is missing');
  await run('CREATE TABLE dbo.Countries2 (ID char(10))');
  const countries = all.filter(({ document }) => /Countries2/.test(JSON.stringify(document)));
  assert.equal(countries.length, 1);
  assert.deepEqual(await offeredNow(), countries);
});

test('where nobody knows, and of one’s own, all of them', async () => {
  const gone = new Databases([], { patienceMs: 0 });
  const unknown = new OfferedDefinitions(shippedDynsql(), gone, 'ab');
  assert.equal((await unknown.list(soon())).length, shippedDynsql().definitions.length);
  const files = {
    definitions: [{ name: 'dynsql/own.json', json: () => ownDefinition() }],
    reports: [],
  };
  const own = new OfferedDefinitions(makeDynsqlCatalog(files, 'here'), gone, 'ab');
  assert.equal((await own.list(soon())).length, 1);
});
