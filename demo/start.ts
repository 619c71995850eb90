/**
 * `npm start`: builds the app, starts storage, the stand-ins and the app, and prints what to type
 * next. See `--help`.
 */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import { commandLine, outliveReader } from '../shared/command-line/command-line.ts';
import { wholeNumber } from '../shared/command-line/options.ts';
import { writeAddresses } from './addresses.ts';
import { type Child, startChild } from './child.ts';
import { greeting } from './greeting.ts';
import { portsOption, readPorts, takenPorts, usedPorts, workerPorts } from './ports.ts';
import { sampleToken } from './sample-token.ts';
import {
  catalogInUse,
  settingsForTerminals,
  settingsOfTerminal,
  startSettings,
} from './settings.ts';
import { type State, takeState } from './state.ts';
import { type KeptWorker, keepWorker } from './worker.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** First the workers, for whom a second is enough as a rule; they get what the platform gives. */
const workerGraceMs = 10_500;
const partGraceMs = 1_000;
/** How often to look whether npm, which passes signals on, is still there. */
const parentBeatMs = 500;

const flags = commandLine({
  name: 'npm start --',
  what: 'Builds the app and starts it with everything it needs on this machine.',
  options: {
    fresh: { type: 'flag', help: 'without the state of earlier starts' },
    ports: portsOption('N for the app, N+1 to N+11 for the others, not the usual ones'),
    workers: wholeNumber("hosts; from the second on at free ports above the app's", 1, 9, 1),
    state: { type: 'text', value: 'FOLDER', help: "the state's folder (.local/<the app's port>)" },
  },
  more: `A single port is a variable, which wins over --ports: APP_PORT, BLOB_PORT, QUEUE_PORT, SQL_PORT,
SQL_PORT_2, SQL_PORT_3, SQL_PORT_4, SQL_CONTROL_PORT, FLEXIBEE_PORT, FLEXIBEE_CONTROL_PORT,
ABRA_GEN_PORT, ABRA_GEN_CONTROL_PORT; --ports gives them out in this order. DEMO_PACE (600): by how
much faster the demo's procedures are than the operators' notes. SQLSERVER_URL: a SQL Server in
place of the stand-in; npm run demo:sqlserver installs the demo there.`,
});
const sqlServerUrl = process.env['SQLSERVER_URL'];

let state: State | undefined;
let azurite: Azurite | undefined;
let sqlServer: Child | undefined;
let flexibee: Child | undefined;
let abraGen: Child | undefined;
const workers: KeptWorker[] = [];
/** What is being started; it ends by itself once `stopping` is aborted. */
const starts = new Set<Promise<unknown>>();
const stopping = new AbortController();
let stopped: Promise<void> | undefined;

/** Ends everything, in the opposite order of the start. */
function stop(exitCode: number): Promise<void> {
  stopped ??= (async () => {
    stopping.abort(new Error('npm start ends'));
    await Promise.allSettled(starts);
    await Promise.all(workers.map((worker) => worker.stop(workerGraceMs)));
    const parts = [sqlServer, flexibee, abraGen].map((part) => part?.stop(partGraceMs));
    await Promise.all([...parts, azurite?.close()]);
    await state?.release();
    process.exit(exitCode);
  })();
  return stopped;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log('Stopping…');
    void stop(0);
  });
}
// What runs must end in order all the same.
outliveReader();
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop(0);
  }, parentBeatMs).unref();
}

try {
  await start();
} catch (error) {
  if (stopped === undefined) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

async function start(): Promise<void> {
  const ports = readPorts(process.env, flags.ports);
  const folder = resolve(flags.state ?? `${root}.local/${ports.app}`);
  const url = `http://127.0.0.1:${ports.app}`;
  const running = { pid: process.pid, since: new Date().toISOString(), url };
  state = await watched(takeState(folder, running, (line) => console.log(line), stopping.signal));
  const { preload } = state;
  const taken = await takenPorts(ports, usedPorts(Boolean(sqlServerUrl)));
  if (taken.length > 0) throw new Error(taken.join('\n'));
  stopping.signal.throwIfAborted();
  if (flags.fresh) await watched(state.clear());

  /** A stand-in, with its state in the folder of that name. */
  const part = (name: string, script: string, environment: Record<string, number>) => {
    const args = ['--directory', `${folder}/${name}`];
    const texts = Object.entries(environment).map(([key, value]) => [key, String(value)]);
    const variables = Object.fromEntries(texts) as Record<string, string>;
    return startChild(script, args, variables, [preload], partGraceMs, stopping.signal);
  };
  const parts: Promise<unknown>[] = [
    startAzurite({
      directory: `${folder}/azurite`,
      blobPort: ports.blob,
      queuePort: ports.queue,
      preloads: [preload],
      signal: stopping.signal,
    }).then((started) => {
      azurite = started;
    }),
    part('flexibee', import.meta.resolve('flexibee-server/main'), {
      FLEXIBEE_PORT: ports.flexibee,
      FLEXIBEE_CONTROL_PORT: ports.flexibeeControl,
    }).then((started) => {
      flexibee = started;
    }),
    part('abra-gen', import.meta.resolve('abra-gen-server/main'), {
      ABRA_GEN_PORT: ports.abraGen,
      ABRA_GEN_CONTROL_PORT: ports.abraGenControl,
    }).then((started) => {
      abraGen = started;
    }),
  ];
  if (!sqlServerUrl) {
    parts.push(
      part('sql-server', import.meta.resolve('./sql-server.ts'), {
        SQL_PORT: ports.sqlServer,
        SQL_PORT_2: ports.sqlServer2,
        SQL_PORT_3: ports.sqlServer3,
        SQL_PORT_4: ports.sqlServer4,
        SQL_CONTROL_PORT: ports.sqlServerControl,
      }).then((started) => {
        sqlServer = started;
      }),
    );
  }
  await Promise.all([buildApp(), ...parts].map(watched));
  const storage = azurite?.connectionString ?? '';
  const settings = await startSettings(root, ports, storage, sqlServerUrl, process.env);
  const addresses = await workerPorts(ports, flags.workers);
  for (const [index, port] of addresses.entries()) {
    await startWorker(index + 1, port, settings.changed);
  }
  endAfter('Azurite', azurite?.exited);
  endAfter('The SQL Server stand-in', sqlServer?.exited);
  endAfter('The FlexiBee stand-in', flexibee?.exited);
  endAfter('The ABRA Gen stand-in', abraGen?.exited);
  const { inUse } = settings;
  const catalog = await catalogInUse(inUse, stopping.signal);
  const terminals = await writeAddresses(folder, ports, settingsForTerminals(settings, catalog));
  const isOwn = Boolean(inUse['CATALOG']?.trim());
  const started = {
    ...{ workers: addresses, flexibee: ports.flexibee, state: folder, terminals },
    catalog: isOwn ? catalog : undefined,
    ofTerminal: settingsOfTerminal(settings, catalog),
    token: sampleToken(inUse, new Date()),
  };
  console.log(greeting(started));
}

/** Without one of its parts the rest is of no use. */
function endAfter(part: string, exited: Promise<unknown> | undefined): void {
  void exited?.then(() => {
    if (stopped === undefined) console.error(`${part} has ended: everything ends.`);
    return stop(1);
  });
}

/** Whoever stops waits for its end. */
function watched<T>(started: Promise<T>): Promise<T> {
  starts.add(started);
  return started;
}

async function startWorker(
  number: number,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const script = import.meta.resolve('functions-host/main');
  const args = ['--port', String(port)];
  const start = () =>
    watched(startChild(script, args, settings, [], workerGraceMs, stopping.signal));
  const say = (line: string) => console.error(line);
  workers.push(await keepWorker(`Worker ${number}`, start, say, stopping.signal));
}

/** In a process of its own: what the bundler takes is given back. */
async function buildApp(): Promise<void> {
  const script = fileURLToPath(import.meta.resolve('./build.ts'));
  const building = promisify(execFile)(process.execPath, [script, '--quick'], {
    signal: stopping.signal,
  });
  const ended = once(building.child, 'close');
  await building.finally(() => ended);
}
