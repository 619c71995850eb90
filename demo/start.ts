/**
 * `npm start`: builds the app, starts storage, the stand-ins and the app, and prints what to type
 * next. `--fresh` begins without the state of earlier starts; `--workers N` runs N hosts;
 * `--state <folder>` keeps the state elsewhere than in `.local/`. With SQLSERVER_URL set the demo's
 * databases are those of that server (`npm run demo:sqlserver` installs them), not the stand-in's.
 */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { readSettings } from 'functions-host';
import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import { settingsFor } from './billing/connections.ts';
import { type Child, startChild } from './child.ts';
import { defaultPorts, type Ports, readPorts } from './ports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** First the workers, for whom a second is enough as a rule; they get what the platform gives. */
const workerGraceMs = 10_500;
const partGraceMs = 1_000;
/** How often to look whether npm, which passes signals on, is still there. */
const parentBeatMs = 500;

const { values: flags } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    workers: { type: 'string', default: '1' },
    state: { type: 'string', default: `${root}.local` },
  },
});
const { state } = flags;
const ports = readPorts(process.env);
const sqlServerUrl = process.env['SQLSERVER_URL'];
const workerCount = Number(flags.workers);
if (!Number.isInteger(workerCount) || workerCount < 1 || workerCount > 9) {
  throw new RangeError(`--workers is ${flags.workers}; it must be a whole number from 1 to 9`);
}

let azurite: Azurite | undefined;
let sqlServer: Child | undefined;
let flexibee: Child | undefined;
let abraGen: Child | undefined;
const workers: Child[] = [];
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
// A terminal that has gone takes no words; what runs must end in order all the same.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
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
  if (flags.fresh) await rm(state, { recursive: true, force: true });
  const parts = [startStorage(), startSqlServer(), startFlexibee(), startAbraGen()];
  await Promise.all([buildApp(), ...parts].map(watched));
  const settings = await workerSettings(ports, azurite);
  for (let number = 0; number < workerCount; number += 1) await startWorker(number, settings);
  for (const part of [sqlServer, flexibee, abraGen]) void part?.exited.then(() => stop(1));
  console.log(greeting(ports));
}

/** Whoever stops waits for its end. */
function watched<T>(started: Promise<T>): Promise<T> {
  starts.add(started);
  return started;
}

/** A worker that dies is started again, as the platform does. */
async function startWorker(number: number, settings: Record<string, string>): Promise<void> {
  const args = ['--port', String(ports.app + number)];
  const script = import.meta.resolve('functions-host/main');
  const worker = await watched(startChild(script, args, settings, workerGraceMs, stopping.signal));
  workers[number] = worker;
  void worker.exited.then(async (code) => {
    if (stopped !== undefined) return;
    console.error(`Worker ${number + 1} ended (${code ?? 'killed'}); it is started again.`);
    await startWorker(number, settings).catch(() => stop(1));
  });
}

/** In a process of its own: what the bundler takes is given back. */
async function buildApp(): Promise<void> {
  const script = fileURLToPath(import.meta.resolve('./build.ts'));
  const building = promisify(execFile)(process.execPath, [script], { signal: stopping.signal });
  const ended = once(building.child, 'close');
  await building.finally(() => ended);
}

async function startStorage(): Promise<void> {
  azurite = await startAzurite({
    directory: `${state}/azurite`,
    blobPort: ports.blob,
    queuePort: ports.queue,
    signal: stopping.signal,
  });
}

async function startSqlServer(): Promise<void> {
  if (sqlServerUrl) return;
  sqlServer = await startPart('sql-server', import.meta.resolve('./sql-server.ts'), {
    SQL_PORT: String(ports.sqlServer),
    SQL_PORT_2: String(ports.sqlServer2),
    SQL_PORT_3: String(ports.sqlServer3),
    SQL_PORT_4: String(ports.sqlServer4),
    SQL_CONTROL_PORT: String(ports.sqlServerControl),
  });
}

async function startFlexibee(): Promise<void> {
  flexibee = await startPart('flexibee', import.meta.resolve('flexibee-server/main'), {
    FLEXIBEE_PORT: String(ports.flexibee),
    FLEXIBEE_CONTROL_PORT: String(ports.flexibeeControl),
  });
}

async function startAbraGen(): Promise<void> {
  abraGen = await startPart('abra-gen', import.meta.resolve('abra-gen-server/main'), {
    ABRA_GEN_PORT: String(ports.abraGen),
    ABRA_GEN_CONTROL_PORT: String(ports.abraGenControl),
  });
}

/** A stand-in, with its state in the folder of that name. */
function startPart(
  folder: string,
  script: string,
  environment: Record<string, string>,
): Promise<Child> {
  const args = ['--directory', `${state}/${folder}`];
  return startChild(script, args, environment, partGraceMs, stopping.signal);
}

/** Where the settings' local addresses are not the default ones: another port, another server. */
async function workerSettings(
  actual: Ports,
  storage: Azurite | undefined,
): Promise<Record<string, string>> {
  const databases = sqlServerUrl ? settingsFor(sqlServerUrl) : {};
  const changed: Record<string, string> = {};
  for (const [name, value] of Object.entries(await readSettings(root, {}))) {
    if (name in process.env) continue;
    if (value === 'UseDevelopmentStorage=true' && storage !== undefined) {
      changed[name] = storage.connectionString;
    }
    const elsewhere = databases[name];
    if (elsewhere !== undefined) changed[name] = elsewhere;
    else {
      const moved = atPorts(value, actual);
      if (moved !== value) changed[name] = moved;
    }
  }
  return changed;
}

/** The sample's addresses of this machine, with the ports that are used now. */
function atPorts(value: string, actual: Ports): string {
  const sqlServers = ['sqlServer', 'sqlServer2', 'sqlServer3', 'sqlServer4'] as const;
  const forms: (readonly [part: keyof Ports, address: (port: number) => string])[] = [
    ...sqlServers.map((part) => [part, (port: number) => `Server=127.0.0.1,${port};`] as const),
    ['flexibee', (port) => `Url=http://127.0.0.1:${port};`],
    ['abraGen', (port) => `Url=http://127.0.0.1:${port};`],
  ];
  for (const [part, address] of forms) {
    const known = address(defaultPorts[part]);
    if (value.startsWith(known)) return value.replace(known, address(actual[part]));
  }
  const own = `http://127.0.0.1:${defaultPorts.app}`;
  return value === own ? `http://127.0.0.1:${actual.app}` : value;
}

function greeting({ app, flexibee: flexibeePort }: Ports): string {
  const url = `http://127.0.0.1:${app}`;
  return `syncboard ready on ${url}

  data sources   curl ${url}/valid_codes
  health         curl -H 'Authorization: Bearer demo-token' ${url}/health
  runs           curl -H 'Authorization: Bearer demo-token' ${url}/runs
  API            ${url}/openapi.json

Start a sync of data source 0c10 (demo token: demo-token):

  curl -i ${url}/data_source_sync -H 'Content-Type: application/json' \\
    -d '{"token": "demo-token", "user": "me", "code": "0c10", "month": 7, "year": 2019}'

Change a record of the FlexiBee company, and see it applied within a minute (or register the web
hook first: curl -X PUT -H 'Authorization: Bearer demo-token' ${url}/flexibee/flexi-demo/hook):

  curl -u winstrom:winstrom http://127.0.0.1:${flexibeePort}/c/demo/adresar.json \\
    -H 'Content-Type: application/json' \\
    -d '{"winstrom": {"adresar": [{"kod": "HELLO", "nazev": "Hello s.r.o."}]}}'
  curl -H 'Authorization: Bearer demo-token' ${url}/flexibee/flexi-demo

Ask ABRA Gen (demodata) or the aggregate base (ab) for the countries:

  curl -H 'Authorization: Bearer demo-token' ${url}/demodata/dynsql
  curl -H 'Authorization: Bearer demo-token' -H 'Content-Type: application/json' \\
    ${url}/ab/dynsql/01B4XCTHYNDL3C5P00CA141B44/exec \\
    -d '{"select": ["Code", "Name"], "where": {"id": "Code", "value": "C*"}, "orderby": {"id": "Name"}}'

Ctrl-C ends everything.`;
}
