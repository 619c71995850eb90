/** Messages that the host has given up: who hears of them, over real queues. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import functions from '@azure/functions';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { executeRun } from '../../functions/sync/execute-run.ts';
import hostJson from '../../host.json' with { type: 'json' };
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { givenUpText, lookForGivenUp } from '../../shared/app/poison-queues.ts';
import type { GivenUpMessage } from '../../shared/storage/given-up.ts';
import { Queues } from '../../shared/storage/queues.ts';
import { breakLeases } from '../support/odd-blobs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';
import { call, post } from './app.ts';

const company = 'flexi-demo';
const headers = { authorization: 'Bearer demo-token' };

let storage: TestStorage;
let app: App;
let container: ContainerClient;
before(async () => {
  storage = await startStorage();
  app = await startApp();
  container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
    'syncboard',
  );
});
after(async () => {
  await app.stop();
  await storage.close();
});

function startApp(): Promise<App> {
  return App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
}

async function giveUp(queue: string, text: string): Promise<string> {
  const client = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
    `${queue}-poison`,
  );
  await client.createIfNotExists();
  return (await client.sendMessage(text)).messageId;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function start(): Promise<string> {
  const body = {
    token: 'demo-token',
    user: 'me',
    code: '0c10',
    name: 'meter',
    month: 7,
    year: 2019,
  };
  const reply = await post(app, 'entity_sync', body);
  assert.equal(reply.status, 202, reply.text);
  return reply.headers.get('location')?.slice('/runs/'.length) ?? '';
}

async function runLog(id: string): Promise<string[]> {
  const run = await app.current.syncs.read(id, soon());
  return run?.log.map(({ text }) => text) ?? [];
}

async function queueParts(worker: App) {
  const parts = await worker.current.health(soon());
  return parts
    .filter(({ part }) => part.startsWith('queue '))
    .map(({ part, state, poison }) => [part, state, poison]);
}

/** Those that were told of messages: about what, and by which. */
async function told() {
  const { events } = syncStateOf(container);
  const found: Record<string, unknown>[] = [];
  for await (const id of events.ids(undefined, soon())) {
    const { kind, queue, message, run, codes } = (await events.read(id, soon()))?.value ?? {};
    if (kind === 'queue.poison') found.push({ queue, message, run, codes });
  }
  return found;
}

test('host.json gives a message up after an hour of tries', () => {
  const { visibilityTimeout, maxDequeueCount } = hostJson.extensions.queues;
  const [hours = 0, minutes = 0, seconds = 0] = visibilityTimeout.split(':').map(Number);
  const pause = hours * 3_600 + minutes * 60 + seconds;
  assert.equal(pause * (maxDequeueCount - 1), 3_600);
});

test('of a run: its log says so, once, when no worker has it; the log of the app, too', async () => {
  const id = await start();
  const message = await giveUp('syncboard-runs', base64(id));
  const lines: string[] = [];
  await app.lookForGivenUp((text) => lines.push(text));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', new RegExp(`^${id}: .*${message} was given up .*-poison`));
  // Somebody has the run: only that one writes its document.
  assert.ok(!(await runLog(id)).some((text) => text.includes(message)));
  await breakLeases(container);
  for (let round = 0; round < 3; round += 1) {
    await app.lookForGivenUp((text) => lines.push(text));
  }
  assert.equal((await runLog(id)).filter((text) => text.includes(message)).length, 1);
  assert.equal(lines.length, 1);
  assert.deepEqual(await told(), [{ queue: 'syncboard-runs', message, run: id, codes: undefined }]);
});

test('of a company: its state says so until the queue is emptied', async (t) => {
  const at = new Date().toISOString();
  const text = JSON.stringify({ company, why: 'hook', at });
  const message = await giveUp('syncboard-companies', base64(text));
  const lines: string[] = [];
  await app.lookForGivenUp((line) => lines.push(line));
  assert.match(lines.join(), new RegExp(`${company}: .*${message}`));
  assert.deepEqual(
    (await told()).filter((event) => event['message'] === message),
    [{ queue: 'syncboard-companies', message, run: undefined, codes: [company] }],
  );
  const warnings = async (worker: App) => {
    const reply = await call(worker, 'company', { params: { company }, headers });
    assert.equal(reply.status, 200, reply.log);
    return String(JSON.parse(reply.text).warnings);
  };
  assert.match(await warnings(app), new RegExp(message));
  assert.deepEqual(await queueParts(app), [
    ['queue syncboard-runs', 'degraded', 1],
    ['queue syncboard-companies', 'degraded', 1],
    ['queue syncboard-after-changes', 'ok', 0],
  ]);
  const queues = QueueServiceClient.fromConnectionString(storage.connectionString);
  for (const queue of ['syncboard-runs', 'syncboard-companies']) {
    await queues.getQueueClient(`${queue}-poison`).clearMessages();
  }
  await app.lookForGivenUp(() => {});
  // Another worker remembers nothing of before; this one would for 5 s.
  const other = await startApp();
  t.after(() => other.stop());
  assert.doesNotMatch(await warnings(other), /given up/);
  assert.deepEqual(await queueParts(other), [
    ['queue syncboard-runs', 'ok', 0],
    ['queue syncboard-companies', 'ok', 0],
    ['queue syncboard-after-changes', 'ok', 0],
  ]);
});

test('messages that nobody of us has sent are told, and harm nothing', async () => {
  const odd = ['no base64 at all: ž', '', base64('../x'), base64('{"company":'), base64('[]')];
  for (const queue of ['syncboard-runs', 'syncboard-companies']) {
    for (const text of odd) await giveUp(queue, text);
  }
  const lines: string[] = [];
  await app.lookForGivenUp((text) => lines.push(text));
  assert.equal(lines.length, 2 * odd.length);
  for (const line of lines) assert.match(line, /^Nobody known: /);
});

test('more than one answer of the service brings', async () => {
  const many = 70;
  for (let n = 0; n < many; n += 1) await giveUp('many', base64(`run-${n}`));
  const opened = await Queues.open({
    kind: 'connection string',
    connectionString: storage.connectionString,
  });
  const queues = {
    length: async (name: string) => (name.includes('runs') ? many : 0),
    look: (_name: string, most: number) => opened.look('many-poison', most, soon()),
  };
  let known: GivenUpMessage[] = [];
  const givenUp = {
    update: async (change: (before: GivenUpMessage[]) => Promise<GivenUpMessage[]>) => {
      known = await change(known);
    },
  };
  const lines: string[] = [];
  const state = syncStateOf(await storage.container());
  const dependencies = { ...state, queues, givenUp, now: () => new Date() };
  await lookForGivenUp({ ...dependencies, log: (text) => lines.push(text) }, soon());
  // They are hidden now: known all the same.
  await lookForGivenUp({ ...dependencies, log: (text) => lines.push(text) }, soon());
  assert.deepEqual([lines.length, known.length], [many, many]);
  assert.equal(new Set(known.map(givenUpText)).size, many);
});

test('a message that names no run is shown as it came, in the error by which it is given up', async () => {
  const context = new functions.InvocationContext({ logHandler: () => {} });
  const messages: [message: unknown, shown: string][] = [
    [{ id: 7 }, '{"id":7}'],
    [['a'], '["a"]'],
    [7, '7'],
    ['nobody-s', 'nobody-s'],
  ];
  for (const [message, shown] of messages) {
    await assert.rejects(
      Promise.resolve(executeRun(() => app)(message, context)),
      ({ message: text }: Error) => text.startsWith(`There is no run ${shown} (`),
      shown,
    );
  }
});
