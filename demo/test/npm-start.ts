/** `npm start` in processes of its own, for tests. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scaled } from 'stand-in-kit/testing/patience';
import { freePorts } from '../../test/support/free-ports.ts';
import { portNames } from '../ports.ts';

const script = fileURLToPath(new URL('../start.ts', import.meta.url));
const preload = new URL('fixtures/signal-at-spawn.ts', import.meta.url).href;
export const quiet = '--disable-warning=ExperimentalWarning';
/** In the environment of whatever it starts, and of what that starts. */
const mark = 'SYNCBOARD_TEST_START';

/** A folder for the state, of the file's own; tests of one file follow one another in it. */
export let state: string;
before(async () => {
  state = await mkdtemp(join(tmpdir(), 'syncboard-start-'));
});
after(() => rm(state, { recursive: true, force: true }));

/** A free port for each variable. */
export async function freeVariables(): Promise<Record<string, string>> {
  const free = await freePorts(portNames.length);
  return Object.fromEntries(portNames.map((name, index) => [name, String(free[index])]));
}

export interface Started {
  process: ChildProcess;
  exited: Promise<unknown[]>;
  /** Resolves with the first line that fits. */
  line(expression: RegExp): Promise<string>;
  lines: string[];
  /** Processes that belong to it, but itself. */
  left(): Promise<number[]>;
}

let starts = 0;

export async function start(
  t: TestContext,
  { environment = {}, argv = [script] }: { environment?: object; argv?: string[] },
): Promise<Started> {
  starts += 1;
  const name = `${process.pid}-${starts}`;
  const ports = await freeVariables();
  const child = spawn(process.execPath, [quiet, '--import', preload, ...argv], {
    env: { ...process.env, SQLSERVER_URL: '', ...ports, [mark]: name, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  const news = new EventEmitter();
  for (const output of outputs) {
    output.on('line', (line) => {
      lines.push(line);
      news.emit('line');
    });
  }
  return {
    process: child,
    exited,
    lines,
    async line(expression) {
      for (;;) {
        const found = lines.find((line) => expression.test(line));
        if (found !== undefined) return found;
        const ended = exited.then(() => assert.fail(lines.join('\n')));
        await Promise.race([once(news, 'line'), ended]);
      }
    },
    left: () => marked(name, child.pid),
  };
}

/** Processes with the mark in their environment, which their children have from them. */
async function marked(name: string, but: number | undefined): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === but) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`${mark}=${name}`)) found.push(pid);
  }
  return found;
}

export async function endsWell(started: Started, since: number): Promise<void> {
  const [code, signal] = await started.exited;
  const took = performance.now() - since;
  assert.deepEqual([code, signal], [0, null], started.lines.join('\n'));
  assert.deepEqual(await started.left(), [], 'processes are left');
  assert.ok(took < scaled(5_000), `it took ${Math.round(took)} ms`);
}

export const folder = () => [script, '--state', state];
export const options = { skip: !existsSync('/proc/self/environ') && 'no /proc tells of processes' };

/**
 * Tells it to end at the moment in which it starts its process `nth`: its storage, three stand-ins,
 * the build, the worker, and one that is started in its place.
 */
export async function endsAtSpawn(t: TestContext, nth: number): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const environment = { SIGNAL_AT_SPAWN: `${nth} ${signals[nth % signals.length]}` };
  const started = await start(t, { environment, argv: folder() });
  if (nth === 7) {
    await started.line(/^syncboard ready/);
    const [worker = 0] = await workersOf(started);
    process.kill(worker, 'SIGKILL');
  }
  await started.line(/^Stopping/);
  await endsWell(started, performance.now());
}

/** Whether a worker is there again; it tells nobody but its owner. */
export const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

export async function workersOf(started: Started): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await started.left()) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (args.includes('functions-host/src/main.ts')) found.push(pid);
  }
  return found;
}

/** A worker that is not one of `known`, as soon as there is one. */
export async function anyWorkerOf(started: Started, known: readonly number[]): Promise<number> {
  for (;;) {
    const pid = (await workersOf(started)).find((one) => !known.includes(one));
    if (pid !== undefined) return pid;
    assert.equal(started.process.exitCode, null, started.lines.join('\n'));
  }
}
