/** A frozen process keeps its server's fence: the session is ended from outside. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { Databases } from '../../shared/database/databases.ts';
import { stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

test('a frozen process that holds the fence: its session is killed, and the run is told', async (t) => {
  const server = await startSqlServer({
    logins: { app: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  t.after(() => server.close());
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('fence-child.ts', import.meta.url)),
      connectionString,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }], { size: 2 });
  t.after(() => databases.close());
  const runner = procedureRunner(databases, {}, { everyMs: 100, restMs: 500 });
  const told: string[] = [];
  const slot = await runner.open(stage('crude:a', 'ab'), 'waiting-run', soon(), (text) =>
    told.push(text),
  );
  await slot.close();
  assert.equal(told.length, 1, told.join());
  assert.match(
    told[0] ?? '',
    /^The session \d+ of .* \(frozen-run\), whose client does nothing any more, held syncboard\/procedure\/ab and was killed\.$/,
  );
});
