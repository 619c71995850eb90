/** Azurite, the real storage emulator, as a child process: blob and queue services. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface AzuriteOptions {
  /** Where the data lives and survives a restart; absent: in memory, gone at close. */
  directory?: string;
  /** Absent or 0: any free port. */
  blobPort?: number;
  /** Absent or 0: any free port. */
  queuePort?: number;
  /** Gets every line Azurite writes. */
  log?: (line: string) => void;
  /** Modules that are loaded before it (`--import`). */
  preloads?: readonly string[];
  /** Aborted before it listens: it is ended. */
  signal?: AbortSignal;
}

export interface Azurite {
  /** With explicit endpoints, so that it holds on any port. */
  connectionString: string;
  blobPort: number;
  queuePort: number;
  /** Resolves once the process is gone, whoever ended it. */
  exited: Promise<void>;
  /** Ends the process, after it has written its data; safe to call twice. */
  close(): Promise<void>;
}

/** It takes 0.7 s; on a machine with thirty others who want to run, more than a minute. */
const startTimeoutMilliseconds = 180_000;
const closeTimeoutMilliseconds = 5_000;
/** It has served nobody: while it starts it may not hear that it is to end. */
const startingTimeoutMilliseconds = 500;

/** Nothing is kept: there is nothing to be saved at the end. */
const inMemory = '--inMemoryPersistence';

/** Azurite's documented account, the same on every machine: not a secret. */
const account = 'devstoreaccount1';
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Loaded before Azurite: lets it save its data and leave when the owner dies without a word (the
 * IPC channel breaks then), and keeps that channel from holding it after SIGTERM. Nobody would end
 * one that goes on for minutes: what it has in memory it clears piece by piece, with an index made
 * anew for each.
 */
const endWithOwner = `data:text/javascript,
  const keepsNothing = process.argv.includes('${inMemory}');
  process.on('disconnect', () => {
    process.kill(process.pid, keepsNothing ? 'SIGKILL' : 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${closeTimeoutMilliseconds}).unref();
  });
  process.on('SIGTERM', () => process.channel?.unref());`;

const listening = /Azurite (Blob|Queue|Table) service is successfully listening at \S*:(\d+)/;

/**
 * Starts Azurite on 127.0.0.1 and resolves when all its services listen (about 0.7 s).
 * @throws Error with Azurite's own last words when it ends before that, e.g. on a taken port;
 *   the reason of `signal`. No process is left then.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { signal } = options;
  if (options.directory) await mkdir(options.directory, { recursive: true });
  signal?.throwIfAborted();
  const entry = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const child = fork(entry, azuriteArguments(options), {
    cwd: tmpdir(),
    // Names a database in which it would keep its documents, with those of whoever else does.
    env: { ...process.env, AZURITE_DB: undefined },
    // Its own process group: Ctrl-C in a terminal must not end it before those who use it.
    detached: true,
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...[endWithOwner, ...(options.preloads ?? [])].flatMap((module) => ['--import', module]),
    ],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => {});
  // Whoever starts it hears of a process that was none.
  exited.catch(() => {});
  try {
    const ports = await listeningPorts(child, options.log, signal);
    const { Blob: blobPort = 0, Queue: queuePort = 0 } = ports;
    return {
      connectionString:
        `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};` +
        `BlobEndpoint=http://127.0.0.1:${blobPort}/${account};` +
        `QueueEndpoint=http://127.0.0.1:${queuePort}/${account};`,
      blobPort,
      queuePort,
      exited,
      close: () => end(child, options.directory ? closeTimeoutMilliseconds : 0),
    };
  } catch (error) {
    await end(child, startingTimeoutMilliseconds);
    throw error;
  }
}

function azuriteArguments(options: AzuriteOptions): string[] {
  return [
    ...['--blobPort', String(options.blobPort ?? 0)],
    ...['--queuePort', String(options.queuePort ?? 0)],
    // Nothing uses tables; any free port keeps it out of the way.
    ...['--tablePort', '0'],
    ...(options.directory ? ['--location', options.directory] : [inMemory]),
    '--silent',
    '--loose',
    '--disableTelemetry',
    // The storage SDK can speak a newer API version than the newest Azurite knows.
    '--skipApiVersionCheck',
  ];
}

function listeningPorts(
  child: ChildProcess,
  log: (line: string) => void = () => {},
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, number>>();
  const ports: Record<string, number> = {};
  const lines: string[] = [];
  const read = (line: string): void => {
    log(line);
    lines.push(line);
    const [, service, port] = listening.exec(line) ?? [];
    if (service) ports[service] = Number(port);
    if (Object.keys(ports).length === 3) resolve(ports);
  };
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output as Readable }).on('line', read);
  }
  const fail = (why: string): void =>
    reject(new Error(`Azurite did not start (${why}): ${lastWords(lines)}`));
  const deadline = setTimeout(() => fail('no answer'), startTimeoutMilliseconds);
  child.once('error', (error) => fail(error.message));
  // `close` comes after the last output, `exit` may come before.
  child.once('close', (code, killedBy) => fail(`exit ${killedBy ?? code}`));
  const leave = () => reject(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  return promise.finally(() => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', leave);
  });
}

function lastWords(lines: string[]): string {
  const errors = lines.filter((line) => /error/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
}

/** @param graceMilliseconds to save what it has; 0: nothing */
async function end(child: ChildProcess, graceMilliseconds: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(graceMilliseconds === 0 ? 'SIGKILL' : 'SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  await exit;
  clearTimeout(force);
}
