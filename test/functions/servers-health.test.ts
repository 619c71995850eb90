/** /health names a frozen session that holds the fence of a server. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serversHealth } from '../../shared/app/health/servers-health.ts';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { freezeWithFence, startServer } from '../support/frozen-fence.ts';
import { stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

const catalog = { databases: [{ id: 'ab', server: 'one', connection: 'SQL_AB' }] };

type Server = Awaited<ReturnType<typeof startServer>>;

/** @param restMs 0: whoever does nothing at this moment */
async function look({ databases }: Pick<Server, 'databases'>, restMs = 0) {
  const answers = async () => true;
  const dependencies = { catalog, databases, answers, now: () => new Date(), restMs };
  const [part, ...others] = await serversHealth(dependencies, soon());
  assert.deepEqual(others, []);
  const { milliseconds, ...rested } = part ?? assert.fail('no part');
  assert.equal(typeof milliseconds, 'number');
  return rested;
}

test('a frozen session: who, since when, and that whoever waits ends it', async (t) => {
  const server = await startServer(t);
  assert.deepEqual(await look(server), { part: 'server one', state: 'ok' });
  const before = Date.now();
  const child = await freezeWithFence(t, server.connectionString);
  const after = Date.now();
  assert.equal((await look(server, 60_000)).state, 'ok', 'a minute is no time');
  const { state, reason = '' } = await look(server);
  assert.equal(state, 'degraded', reason);
  const found =
    /^Session (\d+) of .+ \(syncboard, frozen-run\) has held the server since (\S+) and does nothing; nothing else runs there\. Whoever waits for the server ends it; KILL \1 does so now\.$/.exec(
      reason,
    ) ?? assert.fail(reason);
  const since = Date.parse(found[2] ?? '');
  assert.ok(since >= before - 1_000 && since <= after + 1_000, reason);
  // Really the one that holds it: with its end the server is free.
  await server.control('DELETE', `/sessions/${found[1]}`);
  assert.deepEqual(await look(server), { part: 'server one', state: 'ok' });
  child.kill('SIGKILL');
});

test('KILL would be refused: an administrator is told the statement', async (t) => {
  const server = await startServer(t, ['ALTER ANY CONNECTION']);
  await freezeWithFence(t, server.connectionString);
  assert.match(
    (await look(server)).reason ?? '',
    /\. The login may not end it \(ALTER ANY CONNECTION is missing\): an administrator runs KILL \d+ there\.$/,
  );
});

const blind: [title: string, server: (t: Parameters<typeof startServer>[0]) => Promise<Server>][] =
  [
    ['VIEW SERVER STATE is missing', (t) => startServer(t, ['VIEW SERVER STATE'])],
    ['the views fail with 300', (t) => failing(t, 300)],
    ['the views fail with 297', (t) => failing(t, 297)],
    ['the views fail with 262, in Azure', (t) => failing(t, 262)],
  ];
for (const [title, start] of blind) {
  test(`${title}: no alarm, and it is said that nothing can be seen`, async (t) => {
    const server = await start(t);
    await freezeWithFence(t, server.connectionString);
    const { state, reason } = await look(server);
    assert.equal(state, 'ok');
    assert.match(reason ?? '', /cannot be seen: the login lacks VIEW SERVER STATE/);
  });
}

async function failing(t: Parameters<typeof startServer>[0], number: number): Promise<Server> {
  const server = await startServer(t);
  const failures = { times: 1e6, number };
  await server.control('PUT', '/statements', { contains: 'dm_exec_sessions', failures });
  return server;
}

test('another error, or a server that is away: its database tells, this is no alarm', async (t) => {
  const server = await startServer(t);
  const failures = { times: 1e6, number: 8645 };
  await server.control('PUT', '/statements', { contains: 'dm_exec_sessions', failures });
  const asked = { part: 'server one', state: 'ok', reason: 'who holds it could not be asked' };
  assert.deepEqual(await look(server), asked);
});

test('a database that does not answer is not asked once more', async (t) => {
  const { databases } = await startServer(t);
  const dependencies = { catalog, databases, answers: async () => false, now: () => new Date() };
  assert.deepEqual(await serversHealth(dependencies, soon()), [
    { part: 'server one', state: 'ok', reason: 'who holds it could not be asked' },
  ]);
});

test('a session that works, or waits, with the fence is nothing to tell', async (t) => {
  const server = await startServer(t);
  const step = { ...stage('crude:a', 'ab'), procedure: { schema: 'dbo', name: 'sp_wait' } };
  const session = await server.databases.session('ab', soon());
  const create = "EXEC('CREATE PROCEDURE dbo.sp_wait AS WAITFOR DELAY ''00:00:03''')";
  await session.batch(create, soon());
  session.release();
  const slot = await procedureRunner(server.databases).open(step, 'run-1', soon());
  const running = slot.run(step, () => {}, soon());
  let looks = 0;
  const ended = running.then(() => true);
  while (!(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200))]))) {
    // Between its requests it rests for milliseconds.
    assert.equal((await look(server, 1_000)).state, 'ok');
    looks += 1;
  }
  assert.ok(looks > 5, String(looks));
  await slot.close();
});

test('a session of ours that rests without the fence is nothing to tell', async (t) => {
  const server = await startServer(t);
  const session = await server.databases.session('ab', soon());
  await session.batch(
    "SET CONTEXT_INFO 0x6162; EXEC sp_getapplock 'other', 'Exclusive', 'Session'",
    soon(),
  );
  const found = await look(server);
  session.destroy();
  assert.deepEqual(found, { part: 'server one', state: 'ok' });
});
