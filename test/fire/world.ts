/** Everything one fire test shares: Azurite, the aggregate base, the companies, the ways to them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { startAzurite } from 'stand-in-kit/azurite';
import { scaled } from 'stand-in-kit/testing/patience';
import { packageApp } from '../../demo/build.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { runQueueName } from '../../shared/app/run-queue.ts';
import { type Cursor, cursorForm } from '../../shared/flexibee/cursor.ts';
import { defaultContainer } from '../../shared/settings/storage.ts';
import { startAggregateBases } from '../support/aggregate-bases.ts';
import { layOutApp } from '../support/app-folder.ts';
import { hash, type Random, seededRandom } from '../support/random.ts';
import { companies, connection, fireCatalog } from './companies.ts';
import { type HarmfulProxy, startProxy } from './proxy.ts';
import { Workers } from './workers.ts';

/** On an idle machine. */
const queryLimitMs = 30_000;

const login = { user: 'winstrom', password: 'winstrom' };

export interface World {
  flexibee: Flexibee;
  /** Before the FlexiBee server. */
  proxy: HarmfulProxy;
  /** Before the workers, as a load balancer: for hooks and people. */
  door: HarmfulProxy;
  workers: Workers;
  /** Asks the aggregate base, in a session of our own. */
  query(text: string): Promise<Record<string, unknown>[]>;
  /** Has a company polled, as the timer does each minute. */
  poll(code: string): Promise<void>;
  /** Where the company's cursor is; undefined where it is none. */
  cursor(code: string): Promise<Cursor | undefined>;
  /** Asks a worker, as people do. @returns undefined when no answer came */
  ask<T>(method: string, path: string, body?: object): Promise<Said<T> | undefined>;
  /** As the server gives it to anybody, past the proxy. */
  fromServer(path: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Said<T> {
  status: number;
  value: T;
}

/** @param size about how many addresses a company has at first */
export async function startWorld(seed: number, size: number): Promise<World> {
  const random = (part: string): Random => seededRandom(hash(`${seed} ${part}`));
  const directory = await mkdtemp(join(tmpdir(), 'fire-'));
  const [azurite, bases, flexibee] = await Promise.all([
    // On disk: in memory every write leaves an object behind.
    startAzurite({ directory: join(directory, 'storage') }),
    startAggregateBases(),
    startFlexibee({
      companies: companies.map(({ name, timestamps }, index) => ({
        name,
        timestamps,
        data: { seed: seed + index, size },
      })),
      accounts: { [login.user]: login.password },
      // So that a hook that failed is called again within an episode.
      hooks: { penaltyMilliseconds: 2_000, longestPenaltyMilliseconds: 8_000 },
    }),
    packageApp(),
  ]);
  const base = bases.at(-1) ?? unreachable();
  await layOutApp(directory, fireCatalog());
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const container = blobs.getContainerClient(defaultContainer);
  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const queue = queues.getQueueClient(companyQueueName);
  await Promise.all([
    container.createIfNotExists(),
    queue.createIfNotExists(),
    queues.getQueueClient(runQueueName).createIfNotExists(),
  ]);
  const [proxy, door] = await Promise.all([
    startProxy(() => flexibee.url),
    startProxy(() => workers.url()),
  ]);
  const settings = {
    ...sample.Values,
    AzureWebJobsStorage: azurite.connectionString,
    CATALOG: join(directory, 'catalog.json'),
    SQL_AB: base.connectionString,
    [connection]: `Url=${proxy.url};User Id=${login.user};Password=${login.password}`,
    PUBLIC_URL: door.url,
    // The least that storage grants: a killed worker's company waits for so long.
    LEASE_SECONDS: '15',
    SLICE_BUDGET: '3',
    NODE_COMPILE_CACHE: join(directory, 'compiled'),
  };
  const workers = new Workers(directory, settings, random('workers'));
  return {
    flexibee,
    proxy,
    door,
    workers,
    async query(text) {
      const limitMs = scaled(queryLimitMs);
      try {
        return await base.databases.query('ab', text, [], AbortSignal.timeout(limitMs));
      } catch (error) {
        throw new Error(`the base does not answer within ${limitMs} ms: ${text}`, { cause: error });
      }
    },
    async poll(company) {
      const message = { company, why: 'timer', at: new Date().toISOString() };
      await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
    },
    cursor: (code) => cursorOf(container, code),
    ask: (method, path, body) => ask(door.url, method, path, body),
    async fromServer(path) {
      const authorization = `Basic ${btoa(`${login.user}:${login.password}`)}`;
      // A connection that was kept may be closed just now, so none is.
      const headers = { authorization, connection: 'close' };
      const response = await fetch(`${flexibee.url}${path}`, { headers });
      return await response.json();
    },
    async close() {
      await workers.close();
      await Promise.allSettled([door.close(), proxy.close()]);
      await Promise.allSettled([base.close(), flexibee.close(), azurite.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function cursorOf(container: ContainerClient, code: string): Promise<Cursor | undefined> {
  const blob = container.getBlobClient(`flexibee/${code}.json`);
  // One request: what is read in parts may be of two writes.
  const answer = await blob.download().catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
  if (answer?.readableStreamBody === undefined) return undefined;
  const body = await text(answer.readableStreamBody);
  // Before its first poll: the lock is there earlier.
  if (body === '') return undefined;
  const { version: _, ...cursor } = JSON.parse(body);
  return cursorForm.schema.parse(cursor);
}

async function ask<T>(
  origin: string,
  method: string,
  path: string,
  body?: object,
): Promise<Said<T> | undefined> {
  try {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, value: (await response.json()) as T };
  } catch {
    // Its worker was killed.
    return undefined;
  }
}

function unreachable(): never {
  throw new Error('there is always the stand-in');
}
