/** Logins that may not look at others' sessions, nor end them: what SQL Server 2019 says. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Denial, ServerPermission } from '../src/procedure.ts';
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

const objects = `CREATE SCHEMA heap
GO
CREATE TABLE heap.meter (id int NOT NULL, read_at date NULL)
GO
CREATE PROCEDURE dbo.export_meter @code varchar(4), @from date = NULL, @rows int OUTPUT AS RETURN 0
GO
CREATE PROCEDURE dbo.count_meters AS SELECT COUNT(*) FROM heap.meter`;

describe('an object that nobody has a right to', () => {
  const startWith = async (t: TestContext, denied: readonly Denial[]) => {
    const instance = await startInstance({
      databases: [{ name: 'A', server: 'one', schema: objects, procedures: [] }],
      denied,
    });
    t.after(() => instance.close());
    return await instance.session('A');
  };
  const permission = (object: string, right: string) =>
    `SELECT HAS_PERMS_BY_NAME('${object}', 'OBJECT', '${right}'), CASE WHEN OBJECT_ID('${object}') IS NULL THEN 0 ELSE 1 END`;

  it('is called by nobody, seen by nobody, and told of by a 0', async (t) => {
    const own = await startWith(t, ['EXECUTE ON dbo.export_meter', 'SELECT ON heap.meter']);
    const refused = (right: string, name: string, schema: string) => [
      [
        229,
        14,
        5,
        `The ${right} permission was denied on the object '${name}', database 'A', schema '${schema}'.`,
      ],
    ];
    assert.deepEqual(
      said(await own.run("EXEC dbo.export_meter @code = 'a', @rows = 1")),
      refused('EXECUTE', 'export_meter', 'dbo'),
    );
    assert.deepEqual(
      said(await own.run('SELECT * FROM heap.meter')),
      refused('SELECT', 'meter', 'heap'),
    );
    // Whoever may call a procedure has what it reads.
    assert.deepEqual(await own.rows('EXEC dbo.count_meters'), [[0]]);
    assert.deepEqual(await own.rows(permission('dbo.export_meter', 'EXECUTE')), [[0, 0]]);
    assert.deepEqual(await own.rows(permission('[heap].[meter]', 'SELECT')), [[0, 0]]);
    assert.deepEqual(await own.rows(permission('dbo.count_meters', 'EXECUTE')), [[1, 1]]);
    assert.deepEqual(await own.rows(permission('dbo.nothing', 'EXECUTE')), [[null, 0]]);
    assert.deepEqual(await own.rows('SELECT name FROM sys.objects'), [['count_meters']]);
  });

  it('of others the parameters are in sys.parameters, without their defaults', async (t) => {
    const own = await startWith(t, []);
    assert.deepEqual(
      await own.rows(
        'SELECT name, TYPE_NAME(system_type_id), max_length, is_output, has_default_value FROM sys.parameters ORDER BY parameter_id',
      ),
      [
        ['@code', 'varchar', 4, false, false],
        ['@from', 'date', 3, false, false],
        ['@rows', 'int', 4, true, false],
      ],
    );
  });

  it('a query is described and not run, or why it has no columns', async (t) => {
    const own = await startWith(t, []);
    const described = (text: string) =>
      own.rows(
        `SELECT name, system_type_name, error_number, error_message FROM sys.dm_exec_describe_first_result_set(N'${text}', N'@id int', 0)`,
      );
    assert.deepEqual(await described('SELECT id, read_at FROM heap.meter WHERE id = @id'), [
      ['id', 'int', null, null],
      ['read_at', 'date', null, null],
    ]);
    assert.deepEqual(await described('SELECT id FROM heap.metre'), [
      [null, null, 208, "Invalid object name 'heap.metre'."],
    ]);
    assert.deepEqual(await described('SELECT changed FROM heap.meter'), [
      [null, null, 207, "Invalid column name 'changed'."],
    ]);
  });
});
