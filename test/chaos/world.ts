/** Everything one chaos run shares: Azurite, the SQL Server stand-in with the demo, the bundle. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { Flexibee } from 'flexibee-server';
import { startAzurite } from 'stand-in-kit/azurite';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { standInAt } from '../../demo/billing/connections.ts';
import { demoDatabases } from '../../demo/billing/index.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { installProduct } from '../../demo/billing/product.ts';
import { packageApp } from '../../demo/build.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { runQueueName } from '../../shared/app/run-queue.ts';
import { Databases } from '../../shared/database/databases.ts';
import { defaultContainer } from '../../shared/settings/storage.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { syncState } from '../../shared/sync/sync-state.ts';
import { layOutApp } from '../support/app-folder.ts';
import { type CatalogChange, chaosCatalog } from './catalog.ts';
import { addressOf, startCompanies } from './companies.ts';
import { installUnruly, type Unruly } from './unruly.ts';

/** About as many personal accounts as there must be: a source has at least three. */
const accounts = 100;

export interface World {
  /** Azurite's own: past every fault. */
  connectionString: string;
  blobs: BlobServiceClient;
  container: ContainerClient;
  state: SyncState;
  sql: SqlServer;
  flexibee: Flexibee;
  unruly: Unruly;
  /** Folder of the built app. */
  app: string;
  /** Settings of a worker, but for its storage. */
  settings: Record<string, string>;
  /** Puts an id on the run queue, as the Functions host writes messages. */
  send(id: string): Promise<void>;
  /** Has a company polled, as the timer does each minute. */
  poll(company: string): Promise<void>;
  /** The records of a company's evidence in the aggregate base that are not deleted, by number. */
  mirror(company: string, evidence: string): Promise<Map<string, unknown>>;
  /** Workers that start from now on have this one. */
  changeCatalog(change: CatalogChange): Promise<void>;
  /** Asks the stand-in's control interface. */
  control(method: string, path: string, body?: object): Promise<void>;
  /** The stand-in's sessions, and what they are at. */
  sessions(): Promise<{ spid: number; status: string; transactionCount: number }[]>;
  close(): Promise<void>;
}

/** @param catalog JSON of the one that workers have at first; each of its servers has an address */
export async function startWorld(catalog = chaosCatalog()): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'chaos-'));
  const [azurite, sql, flexibee] = await Promise.all([
    // On disk: in memory every write leaves an object behind, and after ten minutes Azurite's
    // collection of those takes it a minute in which it answers nobody.
    startAzurite({ directory: join(directory, 'storage') }),
    startSqlServer({
      databases: demoDatabases({ accounts, pace: Number.POSITIVE_INFINITY }),
      logins: { [demoLogin.user]: demoLogin.password },
      morePorts: serversOf(catalog)
        .slice(1)
        .map(() => 0),
    }),
    startCompanies(),
    packageApp(),
  ]);
  await installProduct(standInAt(sql.port), AbortSignal.timeout(30_000));
  await layOutApp(directory, catalog);
  const { connectionString } = azurite;
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const container = blobs.getContainerClient(defaultContainer);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const queue = queues.getQueueClient(runQueueName);
  const companyQueue = queues.getQueueClient(companyQueueName);
  const settings: Record<string, string> = {
    ...workerSettings(catalog, sql.ports, directory),
    FLEXIBEE_DEMO: addressOf(flexibee),
  };
  const base = new Databases([
    { id: 'ab', setting: 'SQL_AB', connectionString: settings['SQL_AB'] ?? '' },
  ]);
  const [unruly] = await Promise.all([
    installUnruly(settings),
    container.createIfNotExists(),
    queue.createIfNotExists(),
    companyQueue.createIfNotExists(),
  ]);
  return {
    connectionString,
    blobs,
    container,
    sql,
    flexibee,
    unruly,
    state: syncState(container, 15),
    app: directory,
    settings,
    send: (id) => send(queue, id),
    poll: (company) =>
      send(companyQueue, JSON.stringify({ company, why: 'timer', at: new Date().toISOString() })),
    async mirror(company, evidence) {
      const parameters = [
        { name: 'company', type: 'nvarchar(64)', value: company },
        { name: 'evidence', type: 'nvarchar(64)', value: evidence },
      ];
      const rows = await base.query('ab', mirrored, parameters, AbortSignal.timeout(30_000));
      return new Map(rows.map((row) => [String(row['id']), JSON.parse(String(row['payload']))]));
    },
    changeCatalog: (change) => writeFile(settings['CATALOG'] ?? '', chaosCatalog(change)),
    async control(method, path, body) {
      const response = await fetch(`http://127.0.0.1:${sql.controlPort}${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    },
    async sessions() {
      const response = await fetch(`http://127.0.0.1:${sql.controlPort}/sessions`);
      return (await response.json()) as Awaited<ReturnType<World['sessions']>>;
    },
    async close() {
      await unruly.close();
      await base.close();
      await Promise.allSettled([sql.close(), flexibee.close(), azurite.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const mirrored = `SELECT record_id AS id, payload FROM crude.flexibee_record
WHERE company = @company AND evidence = @evidence AND deleted = 0`;

async function send(queue: QueueClient, text: string): Promise<void> {
  await queue.sendMessage(Buffer.from(text).toString('base64'));
}

function databasesOf(catalog: string): { connection: string; server: string }[] {
  return JSON.parse(catalog).databases;
}

/** Ids of the servers that have databases. */
function serversOf(catalog: string): string[] {
  return [...new Set(databasesOf(catalog).map(({ server }) => server))];
}

/** All that the sample says, so that a developer's own settings do not matter. */
function workerSettings(
  catalog: string,
  sqlPorts: readonly number[],
  directory: string,
): Record<string, string> {
  const values: Record<string, string> = { ...sample.Values };
  const servers = serversOf(catalog);
  for (const { connection, server } of databasesOf(catalog)) {
    values[connection] = (values[connection] ?? '').replace(
      /127\.0\.0\.1,\d+/,
      `127.0.0.1,${sqlPorts[servers.indexOf(server)]}`,
    );
  }
  return {
    ...values,
    CATALOG: join(directory, 'catalog.json'),
    // The least that storage grants.
    LEASE_SECONDS: '15',
    // A second: many a run is handed on.
    SLICE_BUDGET: '1',
    // Workers start all the time: they share what the first one has compiled.
    NODE_COMPILE_CACHE: join(directory, 'compiled'),
  };
}
