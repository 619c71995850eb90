/** The host's command line as a child process: one app a process, as it must be. */

import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface HostProcess {
  url: string;
  process: ChildProcess;
  /** Everything it has printed so far. */
  lines: string[];
  /** The first line, of the past or to come, that the expression fits. */
  line(expression: RegExp): Promise<string>;
  /** Resolves with the exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  /** SIGTERM, and waits. */
  stop(): Promise<number | string>;
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const lineTimeoutMilliseconds = 20_000;

/** Starts the host on a free port; `ready` is false when it ended before it listened. */
export async function startHostProcess(
  directory: string,
  environment: Record<string, string> = {},
  /** Of Node itself: a preload. */
  nodeArgv: readonly string[] = [],
): Promise<HostProcess & { ready: boolean }> {
  const child = fork(main, ['--port', '0', '--app', directory], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  const printed = new EventEmitter();
  printed.setMaxListeners(0);
  const outputs = [child.stdout, child.stderr].map(async (output) => {
    for await (const line of createInterface({ input: output as Readable })) {
      lines.push(line);
      printed.emit('line');
    }
  });
  // Not `close`, which never comes once the IPC channel was closed from this side.
  const exited = once(child, 'exit').then(async ([code, signal]) => {
    await Promise.all(outputs);
    return (signal ?? code) as number | string;
  });
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as { url: string }),
    exited.then(() => undefined),
  ]);
  return {
    ready: ready !== undefined,
    url: ready?.url ?? '',
    process: child,
    lines,
    exited,
    line: async (expression) => {
      const deadline = AbortSignal.timeout(lineTimeoutMilliseconds);
      for (;;) {
        const found = lines.find((line) => expression.test(line));
        if (found !== undefined) return found;
        await once(printed, 'line', { signal: deadline }).catch(() => {
          throw new Error(`no line fits ${expression}:\n${lines.join('\n')}`);
        });
      }
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      return await exited;
    },
  };
}
