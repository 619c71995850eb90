import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { HookFlags } from '../../shared/flexibee/hook-flags.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
let proxy: FaultProxy;
before(async () => {
  storage = await startStorage();
  proxy = await startFaultProxy(storage.connectionString);
});
after(async () => {
  await proxy.close();
  await storage.close();
});

/** The same container, by way of the proxy. */
function proxied({ containerName }: ContainerClient): ContainerClient {
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  return service.getContainerClient(containerName);
}

const code = 'flexi-demo';

test('the first hook has the company polled, and the first after the poll began', async () => {
  const flags = new HookFlags(await storage.container());
  assert.equal(await flags.raise(code, soon()), true);
  assert.equal(await flags.raise(code, soon()), false);
  assert.equal(await flags.raise('another', soon()), true);
  await flags.lower(code, soon());
  assert.equal(await flags.raise(code, soon()), true);
  await flags.lower(code, soon());
  await flags.lower(code, soon());
});

test('a burst of a thousand hooks in two processes: one poll, and a handful of calls', async () => {
  const container = proxied(await storage.container());
  const processes = [new HookFlags(container), new HookFlags(container)];
  const before = proxy.requests.length;
  const raised = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => processes[index % 2]?.raise(code, soon())),
  );
  assert.equal(raised.filter((isFirst) => isFirst).length, 1);
  // Each process: the call under way and the one that all the others share, two requests each.
  assert.ok(proxy.requests.length - before <= 8, `${proxy.requests.length - before} requests`);
});

test('a hook that comes while a call is under way is not answered by that call', async () => {
  const container = await storage.container();
  const flags = new HookFlags(proxied(container));
  const answer = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  proxy.decide = ({ path }) => {
    if (!path.endsWith(`hooks/${code}`)) return undefined;
    proxy.decide = () => undefined;
    done.resolve();
    return { kind: 'slow', until: answer.promise };
  };
  const first = flags.raise(code, soon());
  await done.promise;
  const flag = container.getBlobClient(`hooks/${code}`);
  while (!(await flag.exists())) await new Promise(setImmediate);
  // The poll has looked already: what the second hook is about, it has not seen.
  await new HookFlags(container).lower(code, soon());
  const later = Array.from({ length: 10 }, () => flags.raise(code, soon()));
  answer.resolve();
  assert.equal(await first, true);
  assert.deepEqual((await Promise.all(later)).filter(Boolean).length, 1);
});

test('a flag whose poll was lost is raised again', async () => {
  const container = await storage.container();
  assert.equal(await new HookFlags(container).raise(code, soon()), true);
  const later = [new HookFlags(container, -1), new HookFlags(container, -1)];
  const raised = await Promise.all(later.map((flags) => flags.raise(code, soon())));
  assert.ok(raised.includes(true));
  assert.equal(await new HookFlags(container).raise(code, soon()), false);
});

test('storage that fails fails those who shared the call, and no later one', async () => {
  const flags = new HookFlags(proxied(await storage.container()));
  proxy.decide = () => ({ kind: 'status', status: 403 });
  const failed = await Promise.allSettled(
    Array.from({ length: 5 }, () => flags.raise(code, soon())),
  );
  assert.ok(failed.every(({ status }) => status === 'rejected'));
  proxy.decide = () => undefined;
  assert.equal(await flags.raise(code, soon()), true);
  const gone = AbortSignal.abort(new Error('hung up'));
  await assert.rejects(flags.raise(code, gone), /hung up/);
});
