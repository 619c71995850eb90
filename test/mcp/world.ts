/** The app behind real HTTP, with storage, an aggregate base and ABRA Gen, and clients of the SDK's. */

import { createHash } from 'node:crypto';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId } from '../../shared/sync/run-id.ts';
import { type ServedApp, serveApp } from '../cli/served-app.ts';
import { startConnections } from '../support/dynsql-connections.ts';
import { run, stage } from '../support/runs.ts';
import { soon, startStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const everything = { codes: ['*'], connections: ['*'] };
const tokens = [
  { name: 'reader', sha256: sha256('reader-secret'), ...everything, roles: ['read'] },
  { name: 'runner', sha256: sha256('runner-secret'), ...everything, roles: ['read', 'run'] },
  { name: 'narrow', sha256: sha256('narrow-secret'), codes: ['mo'], roles: ['read', 'run'] },
  { name: 'blind', sha256: sha256('blind-secret'), ...everything, roles: ['run'] },
];

export interface World {
  served: ServedApp;
  container: ContainerClient;
  client(token: string): Promise<Client>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const [storage, connections] = await Promise.all([startStorage(), startConnections()]);
  const app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify(tokens),
    SQL_AB: connections.connectionString,
    ABRA_GEN_DEMODATA: `Url=${connections.abraGen.url};User Id=Supervisor;Password=supervisor`,
    MCP_ORIGINS: 'https://inspector.example',
  });
  const service = BlobServiceClient.fromConnectionString(storage.connectionString);
  const container = service.getContainerClient('syncboard');
  await container.createIfNotExists();
  const served = await serveApp(app);
  const clients: Client[] = [];
  return {
    served,
    container,
    async client(token) {
      const requestInit = { headers: { authorization: `Bearer ${token}` } };
      const transport = new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`), {
        requestInit,
      });
      const client = new Client({ name: 'test', version: '1' });
      // Its own types of an optional session id are not exact.
      await client.connect(transport as Parameters<Client['connect']>[0]);
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      served.close();
      await app.stop();
      await Promise.all([connections.close(), storage.close()]);
    },
  };
}

/** What a tool has answered, as a model reads it. */
export interface Told {
  isError: boolean;
  text: string;
  notes: string[];
}

export async function told(client: Client, name: string, args: object = {}): Promise<Told> {
  const { content, isError = false } = await client.callTool({ name, arguments: { ...args } });
  const [text = '', ...notes] = content.map((one) => (one.type === 'text' ? one.text : one.type));
  return { isError, text, notes };
}

/** What a tool has answered as JSON. */
export async function jsonOf(client: Client, name: string, args: object = {}) {
  const { isError, text } = await told(client, name, args);
  if (isError) throw new Error(`${name}: ${text}`);
  return JSON.parse(text);
}

/** A run that has failed half an hour ago, as a worker leaves it. */
export async function failedRun(container: ContainerClient): Promise<Run> {
  const begun = new Date(Date.now() - 1_800_000);
  const startedAt = begun.toISOString();
  const endedAt = new Date(begun.getTime() + 60_000).toISOString();
  const failed = {
    ...stage('export:payment:0c10', 'dcdb'),
    ...{ state: 'failed' as const, attempts: [{ startedAt, endedAt }] },
    error: { message: "Could not find stored procedure 'dbo.x'", meaning: 'permanent' as const },
  };
  const skipped = { ...stage('crude:payment', 'ab', [failed.id]), state: 'skipped' as const };
  const document: Run = {
    ...run(newRunId(begun), [failed, skipped]),
    ...{ state: 'failed', createdAt: startedAt, startedAt, endedAt },
    freshness: [{ entity: 'payment', code: '0c10' }],
    calls: [
      { codes: ['0c10'], names: ['payment'], whole: false, periods: [{ month: 7, year: 2019 }] },
    ],
  };
  const { runs, failures } = syncStateOf(container);
  await runs.create(document, soon());
  await failures.note(document, new Set(), soon());
  return document;
}
