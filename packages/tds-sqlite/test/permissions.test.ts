/** Logins that may not look at others' sessions, nor end them: what SQL Server 2019 says. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ServerPermission } from '../src/procedure.ts';
import { type Answer, startInstance } from './harness.ts';

const databases = [{ name: 'A', server: 'one', schema: '', procedures: [] }];

async function start(t: TestContext, denied: readonly ServerPermission[]) {
  const instance = await startInstance({ databases, denied });
  t.after(() => instance.close());
  return { own: await instance.session('A'), other: await instance.session('A') };
}

const said = ({ errors }: Answer) =>
  errors.map(({ number, severity, state, text }) => [number, severity, state, text]);

const viewDenied = [
  [300, 14, 1, "VIEW SERVER STATE permission was denied on object 'server', database 'master'."],
  [297, 16, 1, 'The user does not have permission to perform this action.'],
];

describe('a login without VIEW SERVER STATE', () => {
  it('is refused the view of locks, by two errors; the batch goes on', async (t) => {
    const { own } = await start(t, ['VIEW SERVER STATE']);
    const answer = await own.run('SELECT * FROM sys.dm_tran_locks; SELECT 1 AS after_it');
    assert.deepEqual(said(answer), viewDenied);
    assert.deepEqual(answer.sets.at(-1)?.rows, [[1]]);
  });

  it('can catch the last of them', async (t) => {
    const { own } = await start(t, ['VIEW SERVER STATE']);
    const rows = await own.rows(
      'BEGIN TRY SELECT * FROM sys.dm_tran_locks END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH',
    );
    assert.deepEqual(rows, [[297]]);
  });

  it('sees one session, its own', async (t) => {
    const { own } = await start(t, ['VIEW SERVER STATE']);
    assert.deepEqual(
      await own.rows('SELECT COUNT(*), MAX(session_id) - @@SPID FROM sys.dm_exec_sessions'),
      [[1, 0]],
    );
  });
});

it('a login with it sees all of both', async (t) => {
  const { own } = await start(t, []);
  assert.deepEqual(await own.rows('SELECT COUNT(*) FROM sys.dm_exec_sessions'), [[2]]);
  assert.deepEqual(await own.rows('SELECT COUNT(*) FROM sys.dm_tran_locks'), [[0]]);
});

it('KILL without ALTER ANY CONNECTION is refused, whoever is meant', async (t) => {
  const { own, other } = await start(t, ['ALTER ANY CONNECTION']);
  const [[spid]] = (await other.rows('SELECT @@SPID')) as [[number]];
  const refused = [[6102, 14, 1, 'User does not have permission to use the KILL statement.']];
  assert.deepEqual(said(await own.run(`KILL ${spid}`)), refused);
  assert.deepEqual(said(await own.run('KILL 30000')), refused);
  assert.deepEqual(await other.rows('SELECT 1'), [[1]]);
});

const asked: [permission: string, denied: ServerPermission[], answer: number | null][] = [
  ['VIEW SERVER STATE', [], 1],
  ['view server state', ['VIEW SERVER STATE'], 0],
  ['VIEW SERVER STATE', ['ALTER ANY CONNECTION'], 1],
  ['ALTER ANY CONNECTION', ['ALTER ANY CONNECTION'], 0],
  ['VIEW SERVER PERFORMANCE STATE', [], null],
];
for (const [permission, denied, answer] of asked) {
  it(`HAS_PERMS_BY_NAME of ${permission}, denied: ${denied.join() || 'nothing'}`, async (t) => {
    const { own } = await start(t, denied);
    const text = `SELECT HAS_PERMS_BY_NAME(NULL, NULL, '${permission}')`;
    assert.deepEqual(await own.rows(text), [[answer]]);
  });
}
