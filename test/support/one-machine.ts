/** The whole system as `npm start` makes it, on ports and in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../shared/sync/run.ts';
import { type Describes, describedAt } from './described.ts';
import { freePorts } from './free-ports.ts';

export interface Reply {
  status: number;
  text: string;
  headers: Headers;
}

export interface OneMachine {
  readonly url: string;
  readonly sqlPort: number;
  /** All four of the stand-in, in the order of the catalogue's servers. */
  readonly sqlPorts: readonly number[];
  readonly controlUrl: string;
  /** The FlexiBee stand-in: its own API, and its control. */
  readonly flexibeeUrl: string;
  readonly flexibeeControlUrl: string;
  readonly abraGenUrl: string;
  /** Control of the ABRA Gen stand-in. */
  readonly abraGenControlUrl: string;
  /** The databases' folder. */
  readonly databases: string;
  /** Everything that was printed so far. */
  readonly lines: readonly string[];
  start(environment?: Record<string, string>, args?: readonly string[]): Promise<void>;
  /** As Ctrl-C does; resolves with the exit code. */
  interrupt(): Promise<number | null>;
  /** What is answered, and what was asked with success, must be what `/openapi.json` says. */
  request(path: string, init?: RequestInit): Promise<Reply>;
  /** The same with a token, as are those below. */
  post(path: string, body: unknown): Promise<Reply>;
  get(path: string): Promise<Reply>;
  run(id: string): Promise<Run>;
  /** Waits for the end of a run. */
  finished(id: string): Promise<Run>;
  /** Interrupts what runs and removes the folder. */
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const authorization = 'Bearer demo-token';
const finalStates = ['succeeded', 'failed', 'cancelled', 'interrupted'];

export async function oneMachine(): Promise<OneMachine> {
  const state = await mkdtemp(join(tmpdir(), 'syncboard-'));
  const [app = 0, blob = 0, queue = 0, sqlPort = 0, control = 0, ...stands] = await freePorts(12);
  const [flexi = 0, flexiControl = 0, abraGen = 0, abraGenControl = 0, ...morePorts] = stands;
  const sqlPorts = [sqlPort, ...morePorts];
  const url = `http://127.0.0.1:${app}`;
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  let describes: Promise<Describes> | undefined;

  async function request(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
    const { status, headers } = response;
    const text = await response.text();
    describes ??= describedAt(url);
    const body = typeof init.body === 'string' ? init.body : undefined;
    const asked = { headers: new Headers(init.headers), body };
    (await describes)({ method: init.method ?? 'GET', path, status, headers, text, asked });
    return { status, text, headers };
  }

  const machine: OneMachine = {
    url,
    sqlPort,
    sqlPorts,
    controlUrl: `http://127.0.0.1:${control}`,
    flexibeeUrl: `http://127.0.0.1:${flexi}`,
    flexibeeControlUrl: `http://127.0.0.1:${flexiControl}`,
    abraGenUrl: `http://127.0.0.1:${abraGen}`,
    abraGenControlUrl: `http://127.0.0.1:${abraGenControl}`,
    databases: join(state, 'sql-server'),
    lines,
    async start(environment = {}, args = []) {
      const ports = {
        APP_PORT: app,
        BLOB_PORT: blob,
        QUEUE_PORT: queue,
        SQL_PORT: sqlPort,
        SQL_PORT_2: sqlPorts[1],
        SQL_PORT_3: sqlPorts[2],
        SQL_PORT_4: sqlPorts[3],
        SQL_CONTROL_PORT: control,
        FLEXIBEE_PORT: flexi,
        FLEXIBEE_CONTROL_PORT: flexiControl,
        ABRA_GEN_PORT: abraGen,
        ABRA_GEN_CONTROL_PORT: abraGenControl,
      };
      const variables = Object.entries(ports).map(([name, port]) => [name, String(port)]);
      const started = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', 'demo/start.ts', '--state', state, ...args],
        {
          cwd: root,
          // SQLSERVER_URL of the tests is not meant for this machine, unless it is given.
          env: {
            ...process.env,
            SQLSERVER_URL: '',
            ...Object.fromEntries(variables),
            ...environment,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      child = started;
      const ready = Promise.withResolvers<void>();
      for (const output of [started.stdout, started.stderr]) {
        createInterface({ input: output }).on('line', (line) => {
          lines.push(line);
          if (line.startsWith('syncboard ready')) ready.resolve();
        });
      }
      started.once('exit', (code) =>
        ready.reject(new Error(`ended with ${code}:\n${lines.slice(-20).join('\n')}`)),
      );
      await ready.promise;
    },
    async interrupt() {
      if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
      const exit = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = (await exit) as [number | null];
      return code;
    },
    request,
    post: (path, body) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path) => request(path, { headers: { authorization } }),
    async run(id) {
      return JSON.parse((await machine.get(`/runs/${id}`)).text) as Run;
    },
    async finished(id) {
      for (;;) {
        const run = await machine.run(id);
        if (finalStates.includes(run.state)) return run;
        // A run has no event for its clients: they poll, as a frontend does.
        await sleep(100);
      }
    },
    async close() {
      await machine.interrupt();
      await rm(state, { recursive: true, force: true });
    },
  };
  return machine;
}
