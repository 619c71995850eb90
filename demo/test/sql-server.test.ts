/** The stand-in as a process: starts, is ticked from outside, keeps its data, ends in time. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sql from 'mssql';
import { scaled } from 'stand-in-kit/testing/patience';
import { endsWhen, ready, standInForks } from 'stand-in-kit/testing/stand-in-process';
import { standInAt } from '../billing/connections.ts';

/** The numbers of the product's scripts. */
const scripts = readdirSync(new URL('../../sql/install', import.meta.url))
  .map((name) => name.slice(0, 3))
  .sort();
const tickCommand = new URL('../billing/tick-command.ts', import.meta.url);

describe('stand-in as a process', () => {
  async function tick(port: number, seed: number): Promise<string[]> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(tickCommand),
        '--all',
        '--seed',
        String(seed),
      ],
      { env: { ...process.env, SQL_PORT: String(port) } },
    );
    return stdout.trim().split('\n');
  }

  /** Those that the aggregate base has. */
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

  it('is ready, changed by the tick command, ends within 2 s and keeps its data', async (test) => {
    const fork = await standInForks(test, {
      main: import.meta.resolve('../sql-server.ts'),
      settings: { SQL_PORT: '0', SQL_CONTROL_PORT: '0' },
    });
    const first = fork();
    const { port } = await ready(first);
    const once = await tick(port, 1);
    assert.deepEqual(await installed(port), scripts);
    assert.ok(once.length > 150, `${once.length} lines`);
    for (const line of once) assert.match(line, /^\w+ +\w+ +(insert|update|delete) [1-9]\d*$/);
    const asked = performance.now();
    await endsWhen(first, 'told');
    assert.ok(performance.now() - asked < scaled(2_000));

    // Over the same rows a second tick with the same seed would print the same.
    const second = fork();
    const again = await ready(second);
    assert.notDeepEqual(await tick(again.port, 1), once);
    assert.deepEqual(await installed(again.port), scripts);
    await endsWhen(second, 'left');
  });
});
