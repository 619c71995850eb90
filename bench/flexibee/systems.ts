/** What the benchmarks of FlexiBee work on, each in a process of its own. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BulkOptions } from 'flexibee-server';
import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import type { ArrivalsSummary } from './arrivals.ts';

export interface Digest {
  count: number;
  /** Of one line a record or change. */
  sha256: string;
}

export type Question =
  | { ask: 'bulk'; company: string; options: BulkOptions }
  | { ask: 'digest'; company: string }
  | { ask: 'requests'; company?: string }
  | { ask: 'latest' }
  | { ask: 'clear' };

export interface FlexibeeServer {
  url: string;
  bulk(company: string, options: BulkOptions): Promise<void>;
  digest(company: string): Promise<{ records: Record<string, Digest>; changes: Digest }>;
  /** By kind, of one company or of all; and how requests for changes came. */
  requests(company?: string): Promise<{ counts: Record<string, number> } & ArrivalsSummary>;
  /** Paths of the latest thousand requests. */
  latest(): Promise<string[]>;
  clear(): Promise<void>;
}

export interface Systems {
  azurite: Azurite;
  flexibee: FlexibeeServer;
  /** Of the aggregate base. */
  sqlServer: string;
  close(): Promise<void>;
}

/** Ends with its owner; resolves with what it says when it is ready. */
export async function forkReady<Ready>(
  script: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    env: { ...process.env, ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${script} ended before it was ready`);
  });
  const message = once(child, 'message').then(([first]) => first as Ready);
  const ready = await Promise.race([message, ended]);
  ended.catch(() => {});
  return { child, ready };
}

export async function startSystems(companies = 1): Promise<Systems> {
  // In memory each write is a piece of its own, and it stands still for minutes when it clears those
  // of thousands of companies.
  const directory = await mkdtemp(join(tmpdir(), 'syncboard-bench-'));
  const azurite = await startAzurite({ directory });
  const sql = await forkReady<{ connectionString: string }>('./sql-server.ts');
  const flexibee = await forkReady<{ url: string }>('./server.ts', [`${companies}`]);
  return {
    azurite,
    flexibee: flexibeeServer(flexibee.child, flexibee.ready.url),
    sqlServer: sql.ready.connectionString,
    async close() {
      for (const { child } of [flexibee, sql]) {
        const exit = once(child, 'exit');
        child.disconnect();
        await exit;
      }
      await azurite.close();
      await rm(directory, { recursive: true });
    },
  };
}

function flexibeeServer(child: ChildProcess, url: string): FlexibeeServer {
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let lastId = 0;
  const ask = <T>(question: Question): Promise<T> => {
    lastId += 1;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(lastId, resolve);
    child.send({ id: lastId, question });
    return promise as Promise<T>;
  };
  return {
    url,
    bulk: (company, options) => ask({ ask: 'bulk', company, options }),
    digest: (company) => ask({ ask: 'digest', company }),
    requests: (company) => ask({ ask: 'requests', ...(company !== undefined && { company }) }),
    latest: () => ask({ ask: 'latest' }),
    clear: () => ask({ ask: 'clear' }),
  };
}

/** How busy the machine is besides: a load above its number of cores falls on every figure. */
export const load = () =>
  `load average ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
