import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../src/azurite.ts';

test('serves blobs and queues on free ports, in memory', async (t) => {
  const azurite = await startAzurite();
  t.after(() => azurite.close());
  assert.ok(azurite.blobPort > 0 && azurite.queuePort > 0);
  const container = BlobServiceClient.fromConnectionString(
    azurite.connectionString,
  ).getContainerClient('one');
  await container.create();
  await container.getBlockBlobClient('a').upload('text', 4);
  assert.equal(String(await container.getBlobClient('a').downloadToBuffer()), 'text');
  const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(
    'two',
  );
  await queue.create();
  await queue.sendMessage('hello');
  const { receivedMessageItems } = await queue.receiveMessages();
  assert.equal(receivedMessageItems[0]?.messageText, 'hello');
});

test('a database that the environment names for Azurite is not its', async (t) => {
  process.env['AZURITE_DB'] = 'mssql://sa:secret@127.0.0.1:9/azurite';
  t.after(() => {
    delete process.env['AZURITE_DB'];
  });
  const azurite = await startAzurite();
  await azurite.close();
});

test('keeps data in a directory across a restart, and close may be called twice', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'azurite-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const first = await startAzurite({ directory });
  t.after(() => first.close());
  const names = async (connectionString: string): Promise<string[]> => {
    const found: string[] = [];
    const service = BlobServiceClient.fromConnectionString(connectionString);
    for await (const container of service.listContainers()) found.push(container.name);
    return found;
  };
  await BlobServiceClient.fromConnectionString(first.connectionString).createContainer('kept');
  await first.close();
  const second = await startAzurite({ directory });
  t.after(() => second.close());
  assert.deepEqual(await names(second.connectionString), ['kept']);
});

test('a taken port is told in Azurite’s own words', async (t) => {
  const server = createServer();
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  await assert.rejects(startAzurite({ blobPort: port }), /Azurite did not start .*EADDRINUSE/);
});

for (const directory of [undefined, 'kept']) {
  test(`ends with an owner who dies without a word, ${directory ?? 'in memory'}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const options = directory === undefined ? {} : { directory: join(folder, directory) };
    const source = new URL('../src/azurite.ts', import.meta.url).href;
    const script = `import { startAzurite } from '${source}';
      const { blobPort } = await startAzurite(${JSON.stringify(options)});
      console.log(blobPort);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => owner.kill('SIGKILL'));
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const socket = connect(Number(`${line}`), '127.0.0.1');
    await once(socket, 'connect');
    owner.kill('SIGKILL');
    // Reset or closed: either way nobody listens.
    socket.on('error', () => {});
    await once(socket, 'close');
  });
}
