/** No password and no connection string in an error, in /health or in what a run would keep. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { checkDatabase } from '../../shared/app/health/check-part.ts';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { Databases } from '../../shared/database/databases.ts';
import { command } from '../../sql/command.ts';
import { stage } from '../support/runs.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { soon } from '../support/storage.ts';
import { streamedRows } from '../support/streamed-rows.ts';

const password = 'hush-Тише;1';
const secret = /hush|Тише/;

let server: SqlServer;
before(async () => {
  server = await startSqlServer({
    logins: { app: password },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
});
after(() => server.close());

const url = (changes: { port?: number; password?: string; more?: string } = {}) =>
  `Server=127.0.0.1,${changes.port ?? server.port};Database=AB;User Id=app;Password="${changes.password ?? password}";Encrypt=false${changes.more ?? ''}`;

/** Nothing listens at port 9 (discard) of this machine. */
const failing: [name: string, connectionString: () => string][] = [
  ['a wrong password', () => url({ password: 'hush-wrong' })],
  ['a server that is not there', () => url({ port: 9 })],
  ['a database that is not there', () => url({ more: ';Initial Catalog=NOWHERE' })],
  ['a port that is none', () => `Server=127.0.0.1,hush;Password=${password}`],
  ['a quote without end', () => 'Server=127.0.0.1;Password="hush'],
  ['a form that is not JSON', () => '{"server": "127.0.0.1", "password": "hush"'],
  [
    'a certificate that nobody has signed',
    () => url({ more: ';Encrypt=true' }).replace('127.0.0.1', 'localhost'),
  ],
];

function show(value: unknown): string {
  return `${inspect(value, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null })} ${JSON.stringify(value)}`;
}

for (const [name, connectionString] of failing) {
  test(`kept secret: ${name}`, async (t) => {
    const databases = new Databases(
      [{ id: 'ab', setting: 'SQL_AB', connectionString: connectionString() }],
      { patienceMs: 100 },
    );
    t.after(() => databases.close());
    const errors = await Promise.all(
      [
        databases.query('ab', 'SELECT 1', [], soon()),
        procedureRunner(databases).open(stage('crude:meter', 'ab'), 'run', soon()),
        streamedRows(databases, 'ab', 'SELECT 1', [], soon()).next(),
      ].map((work) =>
        work.then(
          () => assert.fail('it did not fail'),
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors) assert.doesNotMatch(show(error), secret);
    assert.doesNotMatch(show(databases), secret);
    const health = await checkDatabase(databases, 'ab', soon());
    assert.equal(health.state, 'failing');
    assert.doesNotMatch(show(health), /hush|Тише|127\.0\.0\.1|Server=/);

    const lines: string[] = [];
    const installing = command(
      ['--database', 'ab', '--url', connectionString()],
      {},
      (line) => lines.push(line),
      soon(),
    );
    await assert.rejects(installing, (error) => !secret.test(show(error)));
    assert.doesNotMatch(lines.join(), secret);
  });
}

test('kept secret: errors of statements, and of connections that break', async (t) => {
  const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
  const connectionString = url({ port: proxy.port });
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  t.after(async () => {
    await databases.close();
    await proxy.close();
  });
  const [first, second] = [
    await databases.session('ab', soon()),
    await databases.session('ab', soon()),
  ];
  const procedure = { schema: 'dbo', name: 'sp_nowhere' };
  const missing = await first
    .call({ procedure, parameters: [] }, () => {}, soon())
    .catch((error: unknown) => error);
  assert.doesNotMatch(show(missing), secret);
  const breaking = second
    .query("WAITFOR DELAY '01:00'", [], soon())
    .catch((error: unknown) => error);
  await databases.query('ab', 'SELECT 1', [], soon());
  proxy.reset();
  assert.doesNotMatch(show(await breaking), secret);
  first.destroy();
  second.destroy();
});
