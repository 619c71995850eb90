/** `npm run sql:install … | head`: a reader who leaves early ends nothing. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sql from 'mssql';
import { startSqlServer } from 'tds-sqlite';
import { readScripts } from '../../sql/scripts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Nobody reads what it writes. */
async function install(...args: string[]) {
  const quiet = '--disable-warning=ExperimentalWarning';
  const child = spawn(process.execPath, [quiet, 'sql/install.ts', '--database', 'ab', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  child.stderr.setEncoding('utf8');
  const [[code, signal], errors] = await Promise.all([
    once(child, 'close'),
    child.stderr.toArray(),
  ]);
  return { code, signal, errors: errors.join('') };
}

const well = { code: 0, signal: null, errors: '' };

test('what is printed may be cut short', async () => {
  assert.deepEqual(await install('--grants', '--print'), well);
  assert.deepEqual(await install('--indexes'), well);
});

test('what is installed is installed to its end', async (t) => {
  const server = await startSqlServer({
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    logins: { demo: 'demo' },
  });
  t.after(() => server.close());
  const url = `Server=127.0.0.1,${server.port};Database=AB;User Id=demo;Password=demo;Encrypt=false`;
  assert.deepEqual(await install('--url', url, '--print'), well);
  assert.deepEqual(await install('--url', url), well);
  const pool = await new sql.ConnectionPool(url).connect();
  t.after(() => pool.close());
  const { recordset } = await pool.query('SELECT COUNT(*) AS n FROM syncboard.applied_script');
  assert.equal(recordset[0]?.n, (await readScripts(`${root}sql/install`)).length);
});
