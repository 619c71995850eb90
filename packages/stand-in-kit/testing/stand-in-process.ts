/** A stand-in as the process that `npm start` makes of it, on ports that are free. */

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export interface StandIn {
  /** Its script, as `import.meta.resolve` gives it. */
  main: string;
  /** Settings of its ports: any that are free. */
  settings: Readonly<Record<string, string>>;
}

/** Forks over the same folder, as often as it is called; all is gone after the test. */
export async function standInForks(
  test: TestContext,
  { main, settings: ports }: StandIn,
): Promise<(settings?: Record<string, string>) => ChildProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const children: ChildProcess[] = [];
  test.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  return (settings = {}) => {
    const child = fork(fileURLToPath(main), ['--directory', directory], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...ports, ...settings },
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
