/** The app with its databases: what it lets go of at the end, and what it keeps to itself. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import type { Azurite } from 'stand-in-kit/azurite';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { pause } from '../../shared/async/retry.ts';
import { Databases } from '../../shared/database/databases.ts';
import { requestFor } from '../support/requests.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { soon } from '../support/storage.ts';

const password = 'hush-Тише;1';

let azurite: Azurite;
let server: SqlServer;
before(async () => {
  [azurite, server] = await Promise.all([
    startAzurite(),
    startSqlServer({
      logins: { app: password },
      databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    }),
  ]);
});
after(async () => {
  await Promise.all([azurite.close(), server.close()]);
});

/** Every database of the catalogue is the one of the stand-in. */
function startApp(port: number, given: string): Promise<App> {
  const address = `Server=127.0.0.1,${port};Database=AB;User Id=app;Password="${given}";Encrypt=false`;
  const databases = Object.keys(sample.Values).filter((name) => name.startsWith('SQL_'));
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: azurite.connectionString,
    ...Object.fromEntries(databases.map((name) => [name, address])),
    SQL_POOL_SIZE: '2',
  });
}

test('a worker that stops leaves no connection behind', async (t) => {
  const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
  t.after(() => proxy.close());
  const app = await startApp(proxy.port, password);
  const parts = await app.current.health(soon());
  assert.deepEqual(
    parts.filter(({ part, state }) => part.startsWith('database ') && state !== 'ok'),
    [],
  );
  const catalog = parts.find(({ part }) => part === 'catalog');
  assert.equal(catalog?.guesses, app.current.catalog.guesses.length);
  assert.ok(proxy.open > 0);
  await app.stop();
  const patience = soon();
  while (proxy.open > 0) await pause(10, patience);
});

test('the health tells where row versioning is off, what turns it on, and how full a pool is', async (t) => {
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password="${password}";Encrypt=false`;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(() => databases.close());
  const told = async (change: string) => {
    await databases.query('ab', `ALTER DATABASE AB SET ${change}`, [], soon());
    const app = await startApp(server.port, password);
    const parts = await app.current.health(soon());
    await app.stop();
    return parts.find(({ part }) => part === 'database ab');
  };
  const off = await told('READ_COMMITTED_SNAPSHOT OFF');
  assert.equal(off?.state, 'ok');
  assert.match(
    off.reason ?? '',
    /^row versioning is off: nested queries of dynsql are copied .* ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON$/,
  );
  assert.deepEqual([off.most, off.waiting], [2, 0]);
  const asked = await told('ALLOW_SNAPSHOT_ISOLATION ON');
  assert.match(asked?.reason ?? '', /queries of dynsql ask for a snapshot/);
  const on = await told('READ_COMMITTED_SNAPSHOT ON');
  assert.equal(on?.reason, undefined);
});

test('however many look at the health within 5 s, it is looked at once', async (t) => {
  const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
  t.after(() => proxy.close());
  const app = await startApp(proxy.port, password);
  const [first, ...others] = await Promise.all(
    Array.from({ length: 50 }, () => app.current.health(soon())),
  );
  for (const parts of [...others, await app.current.health(soon())]) assert.equal(parts, first);
  const { length } = app.current.catalog.databases;
  assert.ok(proxy.open <= length, `${proxy.open} connections to ${length} databases`);
  await app.stop();
});

test('a refused login stays a secret in the run, in the log and in /health', async () => {
  const app = await startApp(server.port, `${password}-wrong`);
  try {
    const started = await app.current.syncs.start(requestFor(['all'], ['city']), soon());
    assert.ok(started.outcome === 'started');
    const log: string[] = [];
    assert.equal(await app.current.executeRun(started.id, (text) => log.push(text)), 'finished');
    const run = await app.current.syncs.read(started.id, soon());
    assert.equal(run?.state, 'failed');
    assert.match(JSON.stringify(run), /"meaning":"login"/);
    const health = await app.current.health(soon());
    assert.ok(health.some(({ state }) => state === 'failing'));
    for (const told of [run, log, health]) {
      assert.doesNotMatch(inspect(told, { depth: 20 }), /hush|Тише|Server=|Password/);
    }
  } finally {
    await app.stop();
  }
});
