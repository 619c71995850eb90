/**
 * Holds the built app to what a start may cost: loads it as a worker does, and looks which of its
 * chunks were read until it had registered its functions, and until its start hook had ended.
 */

import { readFile, stat } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { commandLine } from '../../shared/command-line/command-line.ts';

/** Packages that nothing needs before somebody asks for a database, storage, a report or a mail. */
export const heavy = [
  '@azure/identity',
  '@azure/msal-node',
  '@azure/storage-blob',
  '@azure/storage-queue',
  'fontkit',
  'jose',
  'mssql',
  '@modelcontextprotocol/server',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-metrics',
  '@azure/monitor-opentelemetry-exporter',
  'nodemailer',
  'pdfkit',
  'tedious',
  'yazl',
];

/** What is read until then: no package beyond those, and no more bytes. */
const limits = {
  'at load': { packages: [...heavy, 'croner', 'zod'], bytes: 2_400_000 },
  'at the start': { packages: heavy, bytes: 3_200_000 },
};
type Moment = keyof typeof limits;

export interface Chunk {
  bytes: number;
  /** Of what its source map names; files of JSON are no code. */
  packages: ReadonlySet<string>;
}

/** Reads the chunk at `path`, which has its source map beside it. */
export async function readChunk(path: string): Promise<Chunk> {
  const { size } = await stat(path);
  const { sources } = JSON.parse(await readFile(`${path}.map`, 'utf8')) as { sources: string[] };
  const names = sources.flatMap((source) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*(?<!\.json)$/.exec(source) ?? [];
    return name ?? [];
  });
  return { bytes: size, packages: new Set(names) };
}

/** What is wrong where `chunks` were read until `when`. */
export function startFaults(when: Moment, chunks: readonly Chunk[]): string[] {
  const { packages, bytes } = limits[when];
  const read = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const found = packages.filter((name) => chunks.some((chunk) => chunk.packages.has(name)));
  return [
    ...found.map((name) => `${when}, ${name} is loaded: nothing may need it until it is used`),
    ...(read > bytes ? [`${when}, ${read} bytes are loaded: ${bytes} are the most`] : []),
  ];
}

type Hook = () => Promise<void>;

/** Those that every worker of the programming model knows (Node worker 3.9); it refuses others. */
const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation'];

/** Loads and starts the app in `folder`, in this process. @returns what is wrong with that */
async function checkStart(folder: string): Promise<string[]> {
  const main = join(folder, 'main.cjs');
  const hooks: Hook[] = [];
  supplyCore((name, hook) => {
    if (name === 'appStart') hooks.push(hook);
  });
  const require = createRequire(import.meta.url);
  const loaded = () => {
    const paths = Object.keys(require.cache).filter((path) => path.startsWith(join(folder, '/')));
    return Promise.all(paths.filter((path) => path !== main).map(readChunk));
  };
  require(main);
  const faults = startFaults('at load', await loaded());
  Object.assign(process.env, sample.Values);
  for (const hook of hooks) await hook();
  return [...faults, ...startFaults('at the start', await loaded())];
}

/** What an app asks of `@azure/functions-core`, which the worker gives to its `require`. */
function supplyCore(registerHook: (name: string, hook: Hook) => void): void {
  let model: unknown;
  const core = {
    registerHook: (name: string, hook: Hook) => {
      if (!hookNames.includes(name)) throw new RangeError(`Unrecognized hook "${name}"`);
      registerHook(name, hook);
      return { dispose() {} };
    },
    registerFunction: () => {},
    setProgrammingModel: (set: unknown) => {
      model = set;
    },
    getProgrammingModel: () => model,
    log: () => {},
    Disposable: class {},
  };
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (require, module, parameters) =>
      parameters[0] === '@azure/functions-core' ? core : Reflect.apply(require, module, parameters),
  });
}

if (import.meta.main) {
  commandLine({
    name: 'node demo/build/check-start.ts',
    what: 'Looks what the built app in dist/app reads at a start: no more than registrations need.',
    options: {},
  });
  const faults = await checkStart(fileURLToPath(new URL('../../dist/app', import.meta.url)));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
