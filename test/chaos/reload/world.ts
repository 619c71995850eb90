/** Three workers over one storage, whose catalogue is exchanged beneath them; their queue is pumped here. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import functions from '@azure/functions';
import { QueueServiceClient } from '@azure/storage-queue';
import { executeRun } from '../../../functions/sync/execute-run.ts';
import sample from '../../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../../shared/app/app.ts';
import { runQueueName, runQueueOutput } from '../../../shared/app/run-queue.ts';
import { Databases } from '../../../shared/database/databases.ts';
import {
  type RecordedSqlServer,
  startRecordedSqlServer,
} from '../../support/recorded-sql-server.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { codes, publish } from './catalog.ts';

/** Messages that one worker carries out at a time. */
const atOnce = 2;
/** How long the queue rests where it was empty. */
const restMs = 50;

const procedure = `CREATE PROCEDURE dbo.sp_call @rev int, @run nvarchar(60), @entity nvarchar(60), @code nvarchar(60) = NULL AS
BEGIN
  WAITFOR DELAY '00:00:00.040';
  INSERT INTO dbo.called (rev, run, changed) VALUES (@rev, @run, SYSUTCDATETIME());
END`;

export interface ReloadWorld {
  workers: readonly App[];
  sql: RecordedSqlServer;
  /** Puts another catalogue in its place. */
  publish: (number: number, fault?: Parameters<typeof publish>[2]) => Promise<void>;
  /** Puts a run on the queue. */
  send(id: string): Promise<void>;
  /** What functions threw. */
  thrown: unknown[];
  close(): Promise<void>;
}

/** @param lookMs how often each worker looks at its catalogue */
export async function startReloadWorld(lookMs: number): Promise<ReloadWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'reload-'));
  const places = [...codes, 'ab'];
  const [storage, sql]: [TestStorage, RecordedSqlServer] = await Promise.all([
    startStorage(),
    startRecordedSqlServer({
      logins: { app: 'secret' },
      databases: places.map((id) => ({ name: id.toUpperCase(), server: id, schema: '' })),
    }),
  ]);
  const addressOf = (id: string) =>
    `Server=127.0.0.1,${sql.port};Database=${id.toUpperCase()};User Id=app;Password=secret;Encrypt=false`;
  const settings = places.map((id) => [`SQL_${id.toUpperCase()}`, addressOf(id)] as const);
  const own = new Databases(
    places.map((id) => ({ id, setting: id, connectionString: addressOf(id) })),
  );
  for (const id of places) {
    const session = await own.session(id, soon());
    const table = 'CREATE TABLE dbo.called (rev int, run nvarchar(60), changed datetime2(3))';
    for (const batch of [table, procedure]) await session.batch(batch, soon());
    session.release();
  }
  await own.close();
  await publish(folder, 0);
  const environment = {
    ...sample.Values,
    ...Object.fromEntries(settings),
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: join(folder, 'current', 'catalog.json'),
    DYNSQL: join(folder, 'current'),
    // So that runs pass from worker to worker.
    SLICE_BUDGET: '1',
  };
  const workers = await Promise.all([1, 2, 3].map(() => App.start(environment, lookMs)));
  const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
    runQueueName,
  );
  await queue.createIfNotExists();
  const send = async (id: string) => {
    await queue.sendMessage(Buffer.from(id).toString('base64'));
  };
  const over = new AbortController();
  const thrown: unknown[] = [];
  const pump = async (worker: App) => {
    while (!over.signal.aborted) {
      const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 60 });
      const [message] = receivedMessageItems;
      if (message === undefined) {
        await sleep(restMs);
        continue;
      }
      const context = new functions.InvocationContext({
        functionName: 'execute_run',
        logHandler: () => {},
      });
      try {
        const id = Buffer.from(message.messageText, 'base64').toString();
        await executeRun(() => worker)(id, context);
        const again = context.extraOutputs.get(runQueueOutput);
        if (again !== undefined) await send(String(again));
        await queue.deleteMessage(message.messageId, message.popReceipt);
      } catch (error) {
        thrown.push(error);
      }
    }
  };
  const sweep = async (worker: App) => {
    while (!over.signal.aborted) {
      const { abandoned, startable } = await worker.sweepRuns();
      for (const id of new Set([...abandoned, ...startable])) await send(id);
      await sleep(1_000);
    }
  };
  const pumps = [
    ...workers.flatMap((worker) => Array.from({ length: atOnce }, () => pump(worker))),
    ...workers.slice(0, 1).map(sweep),
  ];
  return {
    ...{ workers, sql, send, thrown },
    publish: (number, fault) => publish(folder, number, fault),
    async close() {
      over.abort();
      await Promise.all(pumps);
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all([storage.close(), sql.close()]);
      await rm(folder, { recursive: true });
    },
  };
}
