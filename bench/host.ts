/** The app under the local Functions host, in a process of its own, with its storage calls counted. */

import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface BenchHost {
  url: string;
  /** The answer's text. @throws Error when its status is not 200 */
  get(path: string): Promise<string>;
  /** Requests that the process has made to storage so far. */
  storageRequests(): number;
  /** The same, each with its path after the account, query included. */
  requests(): readonly { method: string; path: string }[];
  /** Seconds of processor time that the process has taken, as of the last second. */
  cpuSeconds(): number;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Loaded before the host: reports every request to Azurite's account, and the processor time. */
const reporter = `data:text/javascript,
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('http.client.request.start', ({ request }) => {
    const [, path] = /^\\/devstoreaccount1(\\/.*)/.exec(request.path) ?? [];
    if (path) process.send({ type: 'request', method: request.method, path });
  });
  setInterval(() => process.send({ type: 'cpu', ...process.cpuUsage() }), 1_000).unref();`;

type Message =
  | { type: 'request'; method: string; path: string }
  /** Microseconds. */
  | { type: 'cpu'; user: number; system: number }
  | { type: 'ready'; url: string };

/** Only what answers HTTP: nothing else is to use storage, or to touch the runs that are there. */
export const idle: Readonly<Record<string, string>> = Object.fromEntries(
  ['execute_run', 'expire_runs', 'clock', 'poll_company', 'call_after_changes'].map((name) => [
    `AzureWebJobs.${name}.Disabled`,
    'true',
  ]),
);

export async function buildApp(): Promise<void> {
  await promisify(execFile)(process.execPath, [`${root}demo/build.ts`, '--quick']);
}

/**
 * @param environment settings over those of the sample; default: only what answers HTTP runs
 * @param folder of another copy of this one, with its own host
 */
export async function startHost(
  connectionString: string,
  environment: Readonly<Record<string, string>> = idle,
  folder = root,
): Promise<BenchHost> {
  const main = join(folder, 'packages/functions-host/src/main.ts');
  const child = fork(main, ['--port', '0', '--app', folder], {
    env: { ...process.env, ...environment, AzureWebJobsStorage: connectionString },
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', reporter],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const requests: { method: string; path: string }[] = [];
  const ready = Promise.withResolvers<string>();
  let cpuSeconds = 0;
  child.on('message', (message: Message) => {
    if (message.type === 'request') requests.push(message);
    else if (message.type === 'cpu') cpuSeconds = (message.user + message.system) / 1e6;
    else ready.resolve(message.url);
  });
  child.once('exit', (code) => ready.reject(new Error(`the host ended with ${code}`)));
  const url = await ready.promise;
  return {
    url,
    async get(path) {
      const response = await fetch(`${url}${path}`, {
        headers: { accept: 'application/json', authorization: 'Bearer demo-token' },
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return text;
    },
    storageRequests: () => requests.length,
    requests: () => requests,
    cpuSeconds: () => cpuSeconds,
    async close() {
      if (child.exitCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}
