/** Everything one chaos run shares: Azurite, the SQL Server stand-in with the demo, the bundle. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { runQueueName } from '../../functions/run-queue.ts';
import { startAzurite } from '../../local/azurite.ts';
import { buildApp } from '../../local/build.ts';
import { demoDatabases } from '../../local/demo/index.ts';
import { demoLogin } from '../../local/demo/login.ts';
import type { SqlServer } from '../../local/sql-server/procedure.ts';
import { startSqlServer } from '../../local/sql-server/server.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { Leases } from '../../shared/lock/leases.ts';
import { containerName } from '../../shared/storage/container.ts';
import { Cancellations } from '../../shared/sync/cancellations.ts';
import { DurationStore } from '../../shared/sync/durations.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { chaosCatalog } from './catalog.ts';

/** About as many personal accounts as there must be: a source has at least three. */
const accounts = 100;

export interface World {
  /** Azurite's own: past every fault. */
  connectionString: string;
  blobs: BlobServiceClient;
  state: SyncState;
  sql: SqlServer;
  /** Settings of a worker, but for its storage. */
  settings: Record<string, string>;
  /** Puts an id on the run queue, as the Functions host writes messages. */
  send(id: string): Promise<void>;
  /** Asks the stand-in's control interface. */
  control(method: string, path: string, body?: object): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const [azurite, sql, directory] = await Promise.all([
    startAzurite(),
    startSqlServer({
      databases: demoDatabases({ accounts, pace: Number.POSITIVE_INFINITY }),
      logins: { [demoLogin.user]: demoLogin.password },
    }),
    mkdtemp(join(tmpdir(), 'chaos-')),
    buildApp(),
  ]);
  const catalog = join(directory, 'catalog.json');
  await writeFile(catalog, chaosCatalog());
  const { connectionString } = azurite;
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const container = blobs.getContainerClient(containerName);
  const queue =
    QueueServiceClient.fromConnectionString(connectionString).getQueueClient(runQueueName);
  await Promise.all([container.createIfNotExists(), queue.createIfNotExists()]);
  return {
    connectionString,
    blobs,
    sql,
    state: {
      leases: new Leases(container, 15),
      runs: new RunStore(container),
      cancellations: new Cancellations(container),
      durations: new DurationStore(container),
    },
    settings: workerSettings(sql.port, catalog),
    send: (id) => send(queue, id),
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
    async close() {
      await Promise.allSettled([
        sql.close(),
        azurite.close(),
        rm(directory, { recursive: true, force: true }),
      ]);
    },
  };
}

async function send(queue: QueueClient, id: string): Promise<void> {
  await queue.sendMessage(Buffer.from(id).toString('base64'));
}

/** All that the sample says, so that a developer's own settings do not matter. */
function workerSettings(sqlPort: number, catalog: string): Record<string, string> {
  const values: Record<string, string> = { ...sample.Values };
  for (const { connection } of shipped.databases) {
    values[connection] = (values[connection] ?? '').replace(
      /127\.0\.0\.1,\d+/,
      `127.0.0.1,${sqlPort}`,
    );
  }
  // The least that storage grants.
  return { ...values, CATALOG: catalog, LEASE_SECONDS: '15' };
}
