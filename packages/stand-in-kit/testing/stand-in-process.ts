/** A stand-in as the process that `npm start` makes of it, on ports that are free. */

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The settings of each stand-in's ports. */
const portSettings = {
  'abra-gen': { ABRA_GEN_PORT: '0', ABRA_GEN_CONTROL_PORT: '0' },
  flexibee: { FLEXIBEE_PORT: '0', FLEXIBEE_CONTROL_PORT: '0' },
  'sql-server': { SQL_PORT: '0', SQL_CONTROL_PORT: '0' },
};

export type StandInName = keyof typeof portSettings;

/** Forks over the same folder, as often as it is called; all is gone after the test. */
export async function standInForks(
  test: TestContext,
  name: StandInName,
): Promise<(settings?: Record<string, string>) => ChildProcess> {
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  const children: ChildProcess[] = [];
  test.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const main = fileURLToPath(new URL(`../../local/${name}/main.ts`, import.meta.url));
  return (settings = {}) => {
    const child = fork(main, ['--directory', directory], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...portSettings[name], ...settings },
    });
    children.push(child);
    return child;
  };
}

export interface Ready {
  type: 'ready';
  port: number;
  controlPort: number;
}

export async function ready(child: ChildProcess): Promise<Ready> {
  const [message] = await once(child, 'message');
  return message as Ready;
}

/** Told by a signal, or left by its owner, it closes and exits with 0. */
export async function endsWhen(child: ChildProcess, how: 'told' | 'left'): Promise<void> {
  const exited = once(child, 'exit');
  if (how === 'told') child.kill('SIGTERM');
  else child.disconnect();
  assert.deepEqual(await exited, [0, null]);
}
