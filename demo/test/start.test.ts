/** `npm start` is told to end at any moment: nothing is left of it, and the next start works. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
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
  const free = await freePorts(portNames.length);
  const ports = Object.fromEntries(portNames.map((port, index) => [port, String(free[index])]));
  const child = spawn(process.execPath, [quiet, '--import', preload, ...argv], {
    env: { ...process.env, SQLSERVER_URL: '', ...ports, [mark]: name, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  for (const output of outputs) output.on('line', (line) => lines.push(line));
  return {
    process: child,
    exited,
    lines,
    async line(expression) {
      for (;;) {
        const found = lines.find((line) => expression.test(line));
        if (found !== undefined) return found;
        const more = outputs.map((output) => once(output, 'line'));
        await Promise.race([...more, exited.then(() => assert.fail(lines.join('\n')))]);
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
        const worker = await workerOf(started);
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

async function workerOf(started: Started): Promise<number> {
  for (const pid of await started.left()) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'latin1');
    if (args.includes('functions-host/src/main.ts')) return pid;
  }
  return assert.fail('no worker runs');
}
