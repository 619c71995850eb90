/** The stand-in as a process: starts, is ticked from outside, keeps its data, ends in time. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import sql from 'mssql';
import { standInAt } from '../../../local/demo/connections.ts';

const root = new URL('../../../', import.meta.url);
const main = new URL('local/sql-server/main.ts', root);
const tickCommand = new URL('local/demo/tick-command.ts', root);
const execArgv = ['--disable-warning=ExperimentalWarning'];

interface Ready {
  type: 'ready';
  port: number;
  controlPort: number;
}

describe('stand-in as a process', () => {
  let directory = '';
  const children: ChildProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stand-in-'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  async function start(settings: Record<string, string> = {}) {
    const child = fork(main, ['--directory', directory], {
      execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, SQL_PORT: '0', SQL_CONTROL_PORT: '0', ...settings },
    });
    children.push(child);
    const [ready] = await once(child, 'message');
    return { child, ready: ready as Ready };
  }

  async function tick(port: number, seed: number): Promise<string[]> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...execArgv, tickCommand.pathname, '--seed', String(seed)],
      { env: { ...process.env, SQL_PORT: String(port) } },
    );
    return stdout.trim().split('\n');
  }

  /** The numbers of the product's scripts in the aggregate base. */
  async function installed(port: number): Promise<string[]> {
    const pool = await new sql.ConnectionPool(`${standInAt(port)};Database=AB`).connect();
    try {
      const { recordset } = await pool.query(
        'SELECT LEFT(name, 3) AS number FROM syncboard.applied_script ORDER BY name',
      );
      return recordset.map(({ number }) => number);
    } finally {
      await pool.close();
    }
  }

  it('is ready, changed by the tick command, ends within 2 s and keeps its data', async () => {
    const first = await start();
    const once1 = await tick(first.ready.port, 1);
    assert.deepEqual(await installed(first.ready.port), ['001', '002', '003']);
    assert.ok(once1.length > 150, `${once1.length} lines`);
    for (const line of once1) assert.match(line, /^\w+ +\w+ +(insert|update|delete) [1-9]\d*$/);
    const exited = once(first.child, 'exit');
    const asked = performance.now();
    first.child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - asked < 2_000);

    // Over the same rows a second tick with the same seed would print the same.
    const second = await start();
    assert.notDeepEqual(await tick(second.ready.port, 1), once1);
    assert.deepEqual(await installed(second.ready.port), ['001', '002', '003']);
    second.child.disconnect();
    assert.deepEqual(await once(second.child, 'exit'), [0, null]);
  });

  it('refuses a setting out of range, naming it', async () => {
    const child = fork(main, ['--directory', directory], {
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, DEMO_PACE: '-1' },
    });
    children.push(child);
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors += data;
    });
    const [code] = await once(child, 'close');
    assert.notEqual(code, 0);
    assert.match(errors, /DEMO_PACE: expected a number above 0, or Infinity, got '-1'/);
  });
});
