import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
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

/** Polls that were queued, by code. */
const queued: string[] = [];
beforeEach(() => {
  queued.length = 0;
  proxy.decide = () => undefined;
});

function flagsIn(container: ContainerClient, staleMs?: number): HookFlags {
  const queuePoll = async (company: string) => {
    queued.push(company);
  };
  return new HookFlags(container, queuePoll, staleMs);
}

/** The next call for the flag is answered when `until` is. */
function slowly(until: Promise<void>): Promise<void> {
  const asked = Promise.withResolvers<void>();
  proxy.decide = ({ path }) => {
    if (!path.endsWith(`hooks/${code}`)) return undefined;
    proxy.decide = () => undefined;
    asked.resolve();
    return { kind: 'slow', until };
  };
  return asked.promise;
}

test('the first hook has the company polled, and the first after the poll began', async () => {
  const flags = flagsIn(await storage.container());
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
  const processes = [flagsIn(container), flagsIn(container)];
  const before = proxy.requests.length;
  const raised = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => processes[index % 2]?.raise(code, soon())),
  );
  assert.equal(raised.filter((isFirst) => isFirst).length, 1);
  assert.deepEqual(queued, [code]);
  // Each process: the call under way and the one that all the others share, two requests each.
  assert.ok(proxy.requests.length - before <= 8, `${proxy.requests.length - before} requests`);
});

test('a hook that comes while a call is under way is not answered by that call', async () => {
  const container = await storage.container();
  const flags = flagsIn(proxied(container));
  const answer = Promise.withResolvers<void>();
  const asked = slowly(answer.promise);
  const first = flags.raise(code, soon());
  await asked;
  const flag = container.getBlobClient(`hooks/${code}`);
  while (!(await flag.exists())) await new Promise(setImmediate);
  // The poll has looked already: what the second hook is about, it has not seen.
  await flagsIn(container).lower(code, soon());
  const later = Array.from({ length: 10 }, () => flags.raise(code, soon()));
  answer.resolve();
  assert.equal(await first, true);
  assert.deepEqual((await Promise.all(later)).filter(Boolean).length, 1);
});

test('a flag whose poll was lost is raised again', async () => {
  const container = await storage.container();
  assert.equal(await flagsIn(container).raise(code, soon()), true);
  const later = [flagsIn(container, -1), flagsIn(container, -1)];
  const raised = await Promise.all(later.map((flags) => flags.raise(code, soon())));
  assert.ok(raised.includes(true));
  assert.equal(await flagsIn(container).raise(code, soon()), false);
});

test('storage that fails fails those who shared the call, and no later one', async () => {
  const flags = flagsIn(proxied(await storage.container()));
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

test('callers who run into their deadline leave no flag without its poll', async () => {
  const container = await storage.container();
  const flags = flagsIn(proxied(container));
  assert.equal(await flags.raise(code, soon()), true);
  const answer = Promise.withResolvers<void>();
  const asked = slowly(answer.promise);
  const finding = flags.raise(code, soon());
  await asked;
  await flagsIn(container).lower(code, soon());
  // One owns the call that follows, the others share it; none of them waits for its end.
  const leaving = new AbortController();
  const left = Array.from({ length: 3 }, () => flags.raise(code, leaving.signal));
  leaving.abort(new Error('deadline'));
  for (const one of await Promise.allSettled(left)) assert.equal(one.status, 'rejected');
  answer.resolve();
  await finding;
  const later = await Promise.all(Array.from({ length: 5 }, () => flags.raise(code, soon())));
  assert.deepEqual(later, [false, false, false, false, false]);
  assert.equal(queued.length, 2, 'the first poll, and that of those who left');
});

test('a caller who owns the call under way and leaves has its poll queued, too', async () => {
  const flags = flagsIn(proxied(await storage.container()));
  const answer = Promise.withResolvers<void>();
  const asked = slowly(answer.promise);
  const leaving = new AbortController();
  const owner = flags.raise(code, leaving.signal);
  await asked;
  leaving.abort(new Error('deadline'));
  await assert.rejects(owner, /deadline/);
  answer.resolve();
  assert.equal(await flags.raise(code, soon()), false);
  assert.deepEqual(queued, [code]);
});

test('a flag whose answer was lost is ours all the same', async () => {
  const flags = flagsIn(proxied(await storage.container()));
  const lost = [true];
  proxy.decide = ({ path }) =>
    path.endsWith(`hooks/${code}`) && lost.pop() ? { kind: 'lost answer' } : undefined;
  assert.equal(await flags.raise(code, soon()), true);
  assert.deepEqual(queued, [code]);
});

test('a flag whose poll could not be queued is nobody’s: the next hook raises it at once', async () => {
  const container = await storage.container();
  const failing = new HookFlags(container, async () => {
    throw new Error('no queue');
  });
  const failed = await Promise.allSettled([1, 2, 3].map(() => failing.raise(code, soon())));
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(await flagsIn(container).raise(code, soon()), true);
  assert.deepEqual(queued, [code]);
});

test('a flag that is kept is not stale, and one that was lowered meanwhile is there again', async () => {
  const container = await storage.container();
  const flags = flagsIn(container, 1_500);
  assert.equal(await flags.raise(code, soon()), true);
  for (let round = 0; round < 3; round += 1) {
    await setTimeout(1_000);
    await flags.keep(code, soon());
    assert.equal(await flags.raise(code, soon()), false);
  }
  await flags.lower(code, soon());
  await flags.keep(code, soon());
  assert.equal(await flags.raise(code, soon()), false);
});
