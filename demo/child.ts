/** A part of the local set-up in a process of its own, which ends when its owner does. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Child {
  /** Resolves with the exit code (null: a signal) once the process is gone. */
  readonly exited: Promise<number | null>;
  /** Asks with SIGTERM, forces with SIGKILL after `graceMs`, and waits for the end. */
  stop(graceMs: number): Promise<void>;
}

/** Loaded before the script: when the owner dies without a word the IPC channel breaks. */
const endWithOwner = `data:text/javascript,
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();`;

/**
 * Starts `script` (as `import.meta.resolve` gives it) and resolves when it sends `{ type: 'ready' }`.
 *
 * @param graceMs how long it may take to end where `signal` is aborted before it is ready
 * @throws Error when it ends before it is ready, its own words are on the console; the reason of
 *   `signal`, when the process is gone
 */
export async function startChild(
  script: string,
  args: readonly string[],
  environment: Record<string, string | undefined>,
  graceMs: number,
  signal: AbortSignal,
): Promise<Child> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(script), args, {
    // A process group of its own: Ctrl-C in a terminal reaches the owner alone, which ends the
    // parts in order.
    detached: true,
    env: { ...process.env, ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', endWithOwner],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ready = Promise.withResolvers<void>();
  child.on('message', (message: { type?: string }) => {
    if (message.type === 'ready') ready.resolve();
  });
  exited.then((code) => {
    const name = script.split('/').slice(-3).join('/');
    const early = new Error(`${name} ended with code ${code} before it was ready`);
    ready.reject(signal.aborted ? signal.reason : early);
  }, ready.reject);
  const leave = () => void stop(child, exited, graceMs);
  signal.addEventListener('abort', leave, { once: true });
  try {
    await ready.promise;
  } finally {
    signal.removeEventListener('abort', leave);
  }
  return { exited, stop: (milliseconds) => stop(child, exited, milliseconds) };
}

async function stop(child: ChildProcess, exited: Promise<unknown>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(force);
}
