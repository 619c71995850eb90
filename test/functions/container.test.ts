/** Two apps in one storage account, each with a container and queues of its own. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { post } from './app.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

test('runs, locks and the audit are in the container that the setting names', async (t) => {
  const account = { ...sample.Values, AzureWebJobsStorage: storage.connectionString };
  const service = BlobServiceClient.fromConnectionString(storage.connectionString);
  const body = { token: 'demo-token', user: 'me', code: 'stek', name: 'meter' };
  // Of the same server, at the same time: neither sees the other's lock.
  for (const name of ['syncboard', 'syncboard-test']) {
    const app = await App.start({ ...account, STORAGE_CONTAINER: name });
    t.after(() => app.stop());
    const reply = await post(app, 'entity_sync', body);
    assert.equal(reply.status, 202, reply.text);
    const id = reply.headers.get('location')?.replace('/runs/', '');
    const blobs: string[] = [];
    for await (const blob of service.getContainerClient(name).listBlobsFlat()) {
      blobs.push(blob.name);
    }
    assert.ok(blobs.includes(`runs/${id}.json`), blobs.join());
    assert.equal((await app.current.syncs.list({ limit: 9 }, soon())).runs.length, 1);
  }
});

test('queues are called by the container', async () => {
  const source = `
    const names = ['run', 'company', 'after'];
    for (const name of names) {
      const queue = await import(new URL(\`./shared/app/\${name}-queue.ts\`, import.meta.resolve('../../x')));
      const output = queue[\`\${name}QueueOutput\`].queueName;
      console.log(queue[\`\${name}QueueName\`], output);
    }`.replace('../../x', new URL('../../x', import.meta.url).href);
  for (const [given, container] of [
    ['syncboard-test', 'syncboard-test'],
    ['', 'syncboard'],
    ['Not One', 'syncboard'],
  ] as const) {
    const env = { ...process.env, STORAGE_CONTAINER: given };
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const names = ['runs', 'companies', 'after-changes'].map((name) => `${container}-${name}`);
    assert.deepEqual(
      stdout.trim().split('\n'),
      names.map((name) => `${name} ${name}`),
    );
  }
});
