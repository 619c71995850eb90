/** The part `procedures` of the health: what a database lacks, looked at seldom. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { ProceduresHealth } from '../../shared/app/health/procedures-health.ts';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { soon } from '../support/storage.ts';

const catalog = parseCatalog({
  periods: { from: '2020-01', timeZone: 'UTC' },
  servers: [{ id: 'one', description: 'one' }],
  databases: [{ id: 'src', server: 'one', connection: 'SQL_SRC' }],
  dataSources: [{ code: 'a', description: 'a', system: 's', database: 'src' }],
  entities: ['meter', 'payment'].map((name) => ({ name, description: name, systems: ['s'] })),
  pipelines: [{ id: 's', stages: [{ stage: 'export', procedure: 'dbo.sp_{entity}' }] }],
});

test('names what is missing, asks a sound database every five minutes and another one soon', async (t) => {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [
      {
        name: 'SRC',
        schema: ['meter', 'payment']
          .map((name) => `CREATE PROCEDURE dbo.sp_${name} AS RETURN 0`)
          .join('\nGO\n'),
      },
    ],
  });
  t.after(() => server.close());
  const connectionString = `Server=127.0.0.1,${server.port};Database=SRC;User Id=tester;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'src', setting: 'SQL_SRC', connectionString }]);
  t.after(() => databases.close());
  let now = 0;
  let asked = 0;
  const health = new ProceduresHealth(() => now);
  const counted: Pick<Databases, 'query'> = {
    query(...args) {
      asked += 1;
      return databases.query(...args);
    },
  };
  const look = async (isUp = true) => {
    const dependencies = { catalog, databases: counted, answers: async () => isUp };
    const { milliseconds, ...part } = await health.look(dependencies, soon());
    return part;
  };
  const sound = { part: 'procedures', state: 'ok' };
  assert.deepEqual([await look(), await look(), asked], [sound, sound, 1]);

  await databases.query('src', 'DROP PROCEDURE dbo.sp_meter', [], soon());
  now += 299_000;
  assert.deepEqual([await look(), asked], [sound, 1]);
  now += 2_000;
  const part = await look();
  assert.equal(part.state, 'degraded');
  assert.match(
    part.reason ?? '',
    /^not there, or not to be executed by us: \[dbo\]\.\[sp_meter\] of src; npx syncboard catalog check/,
  );
  assert.equal(asked, 2);
  assert.deepEqual(await look(false), sound);

  await databases.query('src', 'CREATE PROCEDURE dbo.sp_meter AS RETURN 0', [], soon());
  assert.equal((await look()).state, 'degraded');
  now += 16_000;
  assert.deepEqual([await look(), asked], [sound, 3]);
});
