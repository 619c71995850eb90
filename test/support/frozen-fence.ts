/** A process that holds a fence and is frozen, on a stand-in of SQL Server. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerPermission } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';

interface Test {
  after(work: () => unknown): void;
}

/** @param denied what no login may do */
export async function startServer(t: Test, denied: readonly ServerPermission[] = []) {
  const server = await startSqlServer({
    logins: { app: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    denied,
  });
  t.after(() => server.close());
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }], { size: 3 });
  t.after(() => databases.close());
  const control = async (method: string, path: string, body?: object) => {
    const url = `http://127.0.0.1:${server.controlPort}${path}`;
    const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return { connectionString, databases, control };
}

/** The fence `syncboard/procedure/ab`, held by the run `frozen-run`. */
export async function freezeWithFence(t: Test, connectionString: string) {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('../sync/fence-child.ts', import.meta.url)),
      connectionString,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return child;
}
