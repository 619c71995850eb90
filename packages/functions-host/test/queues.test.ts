import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { Azurite } from 'stand-in-kit/azurite';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import type { Executor } from '../src/executor.ts';
import type { HostFunction } from '../src/functions.ts';
import type { QueueOptions } from '../src/host-json.ts';
import { createLog } from '../src/log.ts';
import { createQueueListener } from '../src/queues/listener.ts';
import { createStorage } from '../src/storage.ts';
import { type AppFolder, createAppFolder } from '../testing/app-folder.ts';
import { type HostProcess, startHostProcess } from '../testing/host-process.ts';

let azurite: Azurite;
let folder: AppFolder;
let host: HostProcess;

before(async () => {
  azurite = await startAzurite();
  folder = await createAppFolder({
    source: new URL('fixtures/app.ts', import.meta.url),
    hostJson: {
      extensions: {
        http: { routePrefix: '' },
        queues: { maxPollingInterval: '00:00:00.200', maxDequeueCount: 2 },
      },
    },
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      SCHEDULE: '0 0 0 1 1 *',
    },
  });
  host = await startHostProcess(folder.directory);
});

after(async () => {
  await host.stop();
  await azurite.close();
  await folder.remove();
});

function queue(name: string): QueueClient {
  return QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(name);
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** The next message of a queue, waited for. */
async function receive(name: string): Promise<unknown> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const { receivedMessageItems } = await queue(name)
      .receiveMessages()
      .catch(() => ({ receivedMessageItems: [] }));
    const [message] = receivedMessageItems;
    if (message) {
      await queue(name).deleteMessage(message.messageId, message.popReceipt);
      return JSON.parse(Buffer.from(message.messageText, 'base64').toString());
    }
  }
  throw new Error(`queue ${name} stays empty`);
}

async function waitFor(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await what())) assert.ok(Date.now() < deadline, 'waited for 10 s');
}

test('a message runs the function with its metadata; the return value is a message; then it is gone', async () => {
  await queue('inbox').createIfNotExists();
  await queue('inbox').sendMessage(encode({ run: 'r1' }));
  assert.deepEqual(await receive('returned'), { message: { run: 'r1' }, dequeueCount: 1 });
  const line = await host.line(/INFO {2}\[inbox \w+\] got .*"r1"/);
  for (const member of [
    'queueTrigger',
    'id',
    'insertionTime',
    'expirationTime',
    'nextVisibleTime',
    'popReceipt',
    'run',
  ]) {
    assert.ok(line.includes(`"${member}":`), `${member} is not in ${line}`);
  }
  await waitFor(async () => (await queue('inbox').getProperties()).approximateMessagesCount === 0);
});

test('a message that fails comes again, and goes to the poison queue after maxDequeueCount', async () => {
  const message = { fail: true, run: 'r2' };
  await queue('inbox').createIfNotExists();
  await queue('inbox').sendMessage(encode(message));
  assert.deepEqual(await receive('inbox-poison'), message);
  assert.equal(host.lines.filter((line) => /got .*"r2"/.test(line)).length, 2);
  await host.line(/WARN {2}\[inbox\].*failed 2 times: moved to inbox-poison/);
  await waitFor(async () => (await queue('inbox').getProperties()).approximateMessagesCount === 0);
});

test('a message of another encoding goes to the poison queue unseen', async () => {
  await queue('inbox').createIfNotExists();
  await queue('inbox').sendMessage('not base64!');
  await host.line(/is not base64: moved to inbox-poison/);
  const { receivedMessageItems } = await queue('inbox-poison').receiveMessages();
  assert.equal(receivedMessageItems[0]?.messageText, 'not base64!');
});

test('outputs of a streamed HTTP function become messages, one an element', async () => {
  const body = JSON.stringify([{ n: 1 }, { n: 2 }]);
  const response = await fetch(`${host.url}/enqueue`, { method: 'POST', body });
  assert.equal(response.status, 202);
  assert.deepEqual([await receive('outbox'), await receive('outbox')], [{ n: 1 }, { n: 2 }]);
});

/** A listener of this process, on a function that the test ends itself. */
function listener(name: string, options: Partial<QueueOptions> = {}) {
  const calls: { input: string; end: (error?: Error) => void }[] = [];
  const called = new EventTarget();
  const executor: Pick<Executor, 'run'> = {
    run: async (_target, invocation) => {
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      const end = (error?: Error): void => (error ? reject(error) : resolve({}));
      calls.push({ input: invocation.input.string ?? '', end });
      called.dispatchEvent(new Event('call'));
      return await promise;
    },
  };
  const settings = { AzureWebJobsStorage: azurite.connectionString };
  const trigger = { type: 'queue', queueName: name, connection: 'AzureWebJobsStorage' } as const;
  const target = { name } as HostFunction;
  const created = createQueueListener(target, trigger, {
    storage: createStorage(settings),
    executor: executor as Executor,
    log: createLog(() => {}, {}),
    visibilityMilliseconds: 1_000,
    options: {
      batchSize: 2,
      newBatchThreshold: 1,
      maxDequeueCount: 5,
      maxPollingInterval: 100,
      visibilityTimeout: 0,
      messageEncoding: 'none',
      ...options,
    },
  });
  const calledTimes = async (times: number): Promise<void> => {
    while (calls.length < times) await once(called, 'call');
  };
  return { listener: created, calls, calledTimes };
}

test('a message that fails is hidden for visibilityTimeout each time, then moved', async () => {
  await queue('paused').create();
  await queue('paused').sendMessage('m');
  const options = { visibilityTimeout: 1_000, maxDequeueCount: 3 };
  const { listener: it, calls, calledTimes } = listener('paused', options);
  const startedAt = performance.now();
  it.start();
  for (let times = 1; times <= 3; times += 1) {
    await calledTimes(times);
    calls.at(-1)?.end(new Error('no'));
  }
  // Two pauses between three tries; the service counts in whole seconds.
  assert.ok(performance.now() - startedAt >= 1_900, String(performance.now() - startedAt));
  await it.stop();
  assert.equal((await queue('paused').getProperties()).approximateMessagesCount, 0);
  assert.equal((await queue('paused-poison').getProperties()).approximateMessagesCount, 1);
});

test('a message stays invisible as long as its function runs', async () => {
  await queue('renewed').create();
  await queue('renewed').sendMessage('m');
  const { listener: it, calls, calledTimes } = listener('renewed');
  it.start();
  await calledTimes(1);
  // Taken for 1 s at a time: without a renewal it would be seen again before 2.2 s are over.
  const deadline = Date.now() + 2_200;
  while (Date.now() < deadline) {
    const { peekedMessageItems } = await queue('renewed').peekMessages();
    assert.equal(peekedMessageItems.length, 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  calls[0]?.end();
  await it.stop();
  assert.equal(calls.length, 1);
  assert.equal((await queue('renewed').getProperties()).approximateMessagesCount, 0);
});

test('no more run at once than batchSize and newBatchThreshold allow', async () => {
  await queue('batches').create();
  for (let n = 0; n < 6; n += 1) await queue('batches').sendMessage(String(n));
  const { listener: it, calls, calledTimes } = listener('batches');
  it.start();
  await calledTimes(2);
  calls[0]?.end();
  await calledTimes(3);
  // One of the first two and two new ones run: the limit. The rest waits.
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(calls.length <= 4, `${calls.length} were started`);
  const all = async (): Promise<void> => {
    for (let n = 0; n < 6; n += 1) {
      await calledTimes(n + 1);
      calls[n]?.end();
    }
  };
  await all();
  await it.stop();
  assert.deepEqual(calls.map(({ input }) => input).sort(), ['0', '1', '2', '3', '4', '5']);
});

test('stop waits for what runs and takes nothing more', async () => {
  await queue('stopping').create();
  await queue('stopping').sendMessage('first');
  const { listener: it, calls, calledTimes } = listener('stopping');
  it.start();
  await calledTimes(1);
  let stopped = false;
  const stop = it.stop().then(() => {
    stopped = true;
  });
  await queue('stopping').sendMessage('second');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(stopped, false);
  calls[0]?.end();
  await stop;
  assert.equal(calls.length, 1);
  const { peekedMessageItems } = await queue('stopping').peekMessages();
  assert.equal(peekedMessageItems[0]?.messageText, 'second');
});
