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

/** It was over before it was ready; its own words are on the console. */
export class EarlyEnd extends Error {
  /** null: a signal. */
  readonly code: number | null;

  constructor(name: string, code: number | null) {
    super(`${name} ended (${code ?? 'killed'}) before it was ready`);
    this.code = code;
  }
}

/** Loaded before the script: when the owner dies without a word the IPC channel breaks. */
const endWithOwner = `data:text/javascript,
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();`;

/**
 * Starts `script` (as `import.meta.resolve` gives it) and resolves when it sends `{ type: 'ready' }`.
 *
 * @param preloads modules that are loaded before it
 * @param graceMs how long it may take to end where `signal` is aborted before it is ready
 * @throws EarlyEnd; the reason of `signal`, when the process is gone
 */
export async function startChild(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  preloads: readonly string[],
  graceMs: number,
  signal: AbortSignal,
): Promise<Child> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(script), args, {
    // A process group of its own: Ctrl-C in a terminal reaches the owner alone, which ends the
    // parts in order.
    detached: true,
    env: { ...process.env, ...environment },
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...[endWithOwner, ...preloads].flatMap((module) => ['--import', module]),
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ready = Promise.withResolvers<void>();
  child.on('message', (message: { type?: string }) => {
    if (message.type === 'ready') ready.resolve();
  });
  exited.then((code) => {
    const name = script.split('/').slice(-3).join('/');
    ready.reject(signal.aborted ? signal.reason : new EarlyEnd(name, code));
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
