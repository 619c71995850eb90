/**
 * `npm start` is told to end at any moment: nothing is left of it, and the next start works. Two of
 * them don't meet, and workers that die end nothing.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { scaled } from '../../test/chaos/patience.ts';
import { freePorts } from '../../test/support/free-ports.ts';
import { portNames } from '../ports.ts';

const script = fileURLToPath(new URL('../start.ts', import.meta.url));
const preload = new URL('fixtures/signal-at-spawn.ts', import.meta.url).href;
const quiet = '--disable-warning=ExperimentalWarning';
/** In the environment of whatever it starts, and of what that starts. */
const mark = 'SYNCBOARD_TEST_START';

let state: string;
before(async () => {
  state = await mkdtemp(join(tmpdir(), 'syncboard-start-'));
});
after(() => rm(state, { recursive: true, force: true }));

/** A free port for each variable. */
async function freeVariables(): Promise<Record<string, string>> {
  const free = await freePorts(portNames.length);
  return Object.fromEntries(portNames.map((name, index) => [name, String(free[index])]));
}

interface Started {
  process: ChildProcess;
  exited: Promise<unknown[]>;
  /** Resolves with the first line that fits. */
  line(expression: RegExp): Promise<string>;
  lines: string[];
  /** Processes that belong to it, but itself. */
  left(): Promise<number[]>;
}

let starts = 0;

async function start(
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

async function endsWell(started: Started, since: number): Promise<void> {
  const [code, signal] = await started.exited;
  const took = performance.now() - since;
  assert.deepEqual([code, signal], [0, null], started.lines.join('\n'));
  assert.deepEqual(await started.left(), [], 'processes are left');
  assert.ok(took < scaled(5_000), `it took ${Math.round(took)} ms`);
}

const folder = () => [script, '--state', state];
const options = { skip: !existsSync('/proc/self/environ') && 'no /proc tells of processes' };

describe('npm start ends', options, () => {
  // Its storage, three stand-ins, the build, the worker, and one that is started in its place.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const nth of [1, 2, 3, 4, 5, 6, 7]) {
    const signal = signals[nth % signals.length];
    test(`by ${signal} at the moment in which it starts its process ${nth}`, async (t) => {
      const environment = { SIGNAL_AT_SPAWN: `${nth} ${signal}` };
      const started = await start(t, { environment, argv: folder() });
      if (nth === 7) {
        await started.line(/^syncboard ready/);
        const [worker = 0] = await workersOf(started);
        process.kill(worker, 'SIGKILL');
      }
      await started.line(/^Stopping/);
      await endsWell(started, performance.now());
    });
  }

  test('by SIGHUP of a terminal that has gone with its output', async (t) => {
    const started = await start(t, { argv: folder() });
    await started.line(/^syncboard ready/);
    started.process.stdout?.destroy();
    started.process.stderr?.destroy();
    started.process.kill('SIGHUP');
    await endsWell(started, performance.now());
  });

  test('when npm that started it has gone', async (t) => {
    // A parent that passes nothing on, as one that was killed.
    const parent = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ${JSON.stringify([quiet, ...folder()])}, { stdio: 'inherit' });
      console.log('started ' + child.pid);`;
    const environment = { npm_lifecycle_event: 'start' };
    const started = await start(t, { environment, argv: ['-e', parent] });
    await started.line(/^syncboard ready/);
    started.process.kill('SIGKILL');
    await started.exited;
    const since = performance.now();
    while ((await started.left()).length > 0) {
      assert.ok(performance.now() - since < scaled(10_000), 'processes are left');
    }
  });

  test('and starts again after all that', async (t) => {
    const started = await start(t, { argv: folder() });
    await started.line(/^syncboard ready/);
    started.process.kill('SIGINT');
    await endsWell(started, performance.now());
  });
});

describe('npm start', options, () => {
  test('beside a running one: says who it is, and touches nothing', async (t) => {
    const ports = await freeVariables();
    const running = await start(t, { environment: ports, argv: folder() });
    const url = (await running.line(/^syncboard ready/)).replace('syncboard ready on ', '');
    const sameFolder = ['--fresh', '--workers', '2'];
    for (const environment of [ports, {}]) {
      const second = await start(t, { environment, argv: [...folder(), ...sameFolder] });
      assert.deepEqual(await second.exited, [1, null]);
      const told = second.lines.join('\n');
      assert.match(told, /^syncboard runs already since /);
      assert.ok(told.includes(`process ${running.process.pid}, ${url}\n`), told);
      assert.ok(told.includes(`kill ${running.process.pid}`), told);
      assert.deepEqual(await second.left(), []);
    }
    assert.equal((await fetch(`${url}/valid_codes`)).status, 200);
    assert.ok((await readdir(state)).includes('azurite'));
    running.process.kill('SIGTERM');
    await endsWell(running, performance.now());
  });

  test('with a port that another process has: tells its setting, removes nothing', async (t) => {
    const ports = await freeVariables();
    const server = createServer();
    await once(server.listen(Number(ports['FLEXIBEE_PORT']), '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const started = await start(t, { environment: ports, argv: [...folder(), '--fresh'] });
    assert.deepEqual(await started.exited, [1, null]);
    assert.deepEqual(started.lines, [
      `FLEXIBEE_PORT is ${ports['FLEXIBEE_PORT']}, which another process has; set FLEXIBEE_PORT or --ports N`,
    ]);
    assert.ok((await readdir(state)).includes('azurite'));
  });

  test('--fresh after one that was killed: waits for its parts, then removes', async (t) => {
    const ports = await freeVariables();
    const killed = await start(t, { environment: ports, argv: folder() });
    await killed.line(/^syncboard ready/);
    const parts = await killed.left();
    killed.process.kill('SIGKILL');
    const next = await start(t, { environment: ports, argv: [...folder(), '--fresh'] });
    await next.line(/^syncboard ready/);
    for (const pid of parts) assert.throws(() => process.kill(pid, 0), `${pid} is left`);
    next.process.kill('SIGINT');
    await endsWell(next, performance.now());
  });

  test('goes on when workers are killed, also while they start', async (t) => {
    const started = await start(t, { argv: [...folder(), '--workers', '2'] });
    await started.line(/^SQL Server stand-in listening/);
    const first = await anyWorkerOf(started, []);
    process.kill(first, 'SIGKILL');
    await started.line(/^Worker 1 ended \(killed\) while it started; it is started again\.$/);
    const url = (await started.line(/^syncboard ready/)).replace('syncboard ready on ', '');
    const more = await started.line(/^ {2}more workers +http/);
    const before = await workersOf(started);
    assert.equal(before.length, 2);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const next = await anyWorkerOf(started, before);
    process.kill(next, 'SIGKILL');
    await started.line(/^Worker \d ended \(killed\) while it started; .* in 0\.\d+ s\.$/);
    for (const address of [url, more.trim().split(/ +/)[2]]) {
      while (!(await answers(`${address}/health/live`)))
        assert.equal(started.process.exitCode, null);
    }
    started.process.kill('SIGINT');
    await endsWell(started, performance.now());
  });
});

test('an older Node is told the cure in one line, before it reads anything else', async (t) => {
  const older = `data:text/javascript,
    Object.defineProperty(process, 'versions', { value: { node: '20.11.0' } });`;
  const version = new URL('../node-version.mjs', import.meta.url).href;
  const started = await start(t, { argv: ['--import', older, '--import', version, ...folder()] });
  assert.deepEqual(await started.exited, [1, null]);
  assert.equal(started.lines.length, 1, started.lines.join('\n'));
  assert.match(
    started.lines[0] ?? '',
    /^syncboard needs Node\.js 22 and this is 20\.11\.0: npm ci/,
  );
  const { scripts } = manifest;
  assert.match(scripts.start, /--import \.\/demo\/node-version\.mjs demo\/start\.ts$/);
});

/** Whether a worker is there again; it tells nobody but its owner. */
const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

async function workersOf(started: Started): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await started.left()) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    if (args.includes('functions-host/src/main.ts')) found.push(pid);
  }
  return found;
}

/** A worker that is not one of `known`, as soon as there is one. */
async function anyWorkerOf(started: Started, known: readonly number[]): Promise<number> {
  for (;;) {
    const pid = (await workersOf(started)).find((one) => !known.includes(one));
    if (pid !== undefined) return pid;
    assert.equal(started.process.exitCode, null, started.lines.join('\n'));
  }
}
