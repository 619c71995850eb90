/** Interleavings that went wrong, each forced: the order of events is the test's, not chance's. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient } from '@azure/storage-blob';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { claimServers, ownServers } from '../../shared/sync/claim.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { newRunId } from '../../shared/sync/run-store.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { requestFor } from '../support/requests.ts';
import { postRun, run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const never = new AbortController().signal;
const lifeMs = 15_000;

/** State through a proxy of the test's, and past it. */
async function newState(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const container = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const proxied = service.getContainerClient(container.containerName);
  return { proxy, container, state: syncStateOf(proxied), other: syncStateOf(container) };
}

async function documentOf(state: SyncState, id: string) {
  const stored = await state.runs.read(id, soon());
  assert.ok(stored);
  return stored.value;
}

async function listed({ runs }: SyncState): Promise<string[]> {
  const page = await runs.list({ limit: 10 }, soon());
  return page.runs.map(({ user, state }) => `${user}: ${state}`);
}

const requestOf = (user: string) => requestFor(['0c10'], ['city'], { user });

const isDocument = ({
  method,
  path,
  query,
}: {
  method: string;
  path: string;
  query: URLSearchParams;
}) => method === 'PUT' && path.includes('/runs/') && !query.has('comp');

describe('a live run is not stolen', { concurrency: true }, () => {
  const unrepeatable = () => ({ ...stage('export:a:c', 'src'), repeatable: false });

  test('a message that waited for most of its lease: a second worker leaves, the sweeper sees it', async (t) => {
    const { other: state } = await newState(t);
    const claimedAt = performance.now();
    const id = await postRun(state, [unrepeatable()], ['src']);
    await sleep(claimedAt + lifeMs - 2_500 - performance.now());
    const called = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    let calls = 0;
    const engine = engineOn(state, async () => {
      calls += 1;
      called.resolve();
      await going.promise;
      return { rows: rowCounts([1]) };
    });
    const first = executeRun(engine, id, never);
    await called.promise;
    await sleep(claimedAt + lifeMs + 500 - performance.now());
    assert.equal((await state.leases.state('sync/src', soon())).held, true);
    assert.deepEqual(await abandonedRuns(state, new Date(), soon()), []);
    assert.equal(await executeRun(engine, id, never), 'left');
    going.resolve();
    assert.equal(await first, 'finished');
    assert.equal(calls, 1);
    assert.equal((await documentOf(state, id)).state, 'succeeded');
  });

  test('a POST that is answered 409 leaves a lease that has just run out to its worker', async (t) => {
    const { other: state } = await newState(t);
    const id = await postRun(state, [unrepeatable()], ['src']);
    const document = await documentOf(state, id);
    const leaseId = document.locks[0]?.leaseId ?? '';
    await sleep(lifeMs + 500);
    assert.equal((await state.leases.state('sync/src', soon())).held, false);
    const looks = Array.from({ length: 20 }, async () => {
      const outcome = await postingService({
        ...state,
        // The shipped catalogue's server stands for the test's.
        leases: renamed(state.leases, { 'sync/dcdb': 'sync/src' }),
      }).start(requestOf('second'), soon());
      assert.equal(outcome.outcome, 'busy');
    });
    // Whoever holds it renews, however many look at it meanwhile.
    let renewed = 0;
    const renewing = (async () => {
      for (; renewed < 20; renewed += 1) {
        assert.ok(await state.leases.renew('sync/src', leaseId, soon()), `renewal ${renewed}`);
      }
    })();
    await Promise.all([...looks, renewing]);
    assert.equal(renewed, 20);
  });
});

/** Leases under other names. */
function renamed(leases: SyncState['leases'], names: Record<string, string>): SyncState['leases'] {
  return new Proxy(leases, {
    get: (target, key) => {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (name: string, ...rest: unknown[]) => value.call(target, names[name] ?? name, ...rest);
    },
  });
}

describe('no ghosts', { concurrency: true }, () => {
  /** Ends what nobody may execute, once a lease's life has passed. */
  async function sweptLater(state: SyncState): Promise<string[]> {
    assert.deepEqual(await endOrphans(state, new Date(), soon()), [], 'too early to say');
    await sleep(lifeMs + 1_500);
    return endOrphans(state, new Date(), soon());
  }

  test('a POST frozen between its claim and its document, for longer than a lease lives, is refused', async (t) => {
    const { proxy, container, other: state } = await newState(t);
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    proxy.decide = ({ path }) => {
      if (!path.endsWith('state/durations.json')) return undefined;
      asked.resolve();
      return { kind: 'slow', until: answer.promise };
    };
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(new URL('posting-child.ts', import.meta.url)),
        ...[proxy.connectionString, container.containerName],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(async () => void child.kill('SIGKILL'));
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    const exit = once(child, 'exit');
    await asked.promise;
    child.kill('SIGSTOP');
    answer.resolve();
    await sleep(lifeMs + 500);
    const second = await postingService(state).start(requestOf('second'), soon());
    assert.ok(second.outcome === 'started');
    child.kill('SIGCONT');
    await exit;
    assert.notEqual(printed, 'started');
    assert.equal(await executeRun(engineOn(state), second.id, never), 'finished');
    await sleep(lifeMs + 1_500);
    await endOrphans(state, new Date(), soon());
    const runs = await listed(state);
    assert.ok(runs.includes('second: succeeded'));
    assert.ok(!runs.includes('first: queued'), runs.join());
  });

  test('a document that reaches storage after its POST was given up is never executed, and ended', async (t) => {
    const { proxy, state, other } = await newState(t);
    const go = Promise.withResolvers<void>();
    proxy.decide = (request) =>
      isDocument(request) ? { kind: 'late', until: go.promise } : undefined;
    await assert.rejects(postingService(state).start(requestOf('first'), soon()), {
      name: 'StorageDeadlineError',
    });
    go.resolve();
    await proxy.idle();
    const [{ id } = { id: '' }] = (await other.runs.list({ limit: 1 }, soon())).runs;
    assert.deepEqual(await listed(other), ['first: queued']);
    assert.deepEqual(await abandonedRuns(other, new Date(Date.now() + 1e8), soon()), []);
    assert.equal(await executeRun(engineOn(other), id, never), 'left');
    assert.equal(
      (await postingService(other).start(requestOf('second'), soon())).outcome,
      'started',
    );
    assert.deepEqual(await sweptLater(other), [id]);
    assert.match(
      (await documentOf(other, id)).log.map(({ text }) => text).join(' '),
      /It was never begun: it is not the owner of sync\/dcdb\..*Ended: interrupted/,
    );
  });

  test('a POST that was answered by an error is not executed, though its document was written', async (t) => {
    const { proxy, state, other } = await newState(t);
    const go = Promise.withResolvers<void>();
    proxy.decide = (request) =>
      isDocument(request) ? { kind: 'slow', until: go.promise } : undefined;
    const starting = postingService(state).start(requestOf('first'), soon());
    await assert.rejects(starting, { name: 'StorageDeadlineError' });
    go.resolve();
    assert.deepEqual(await listed(other), ['first: queued']);
    const [id] = await sweptLater(other);
    assert.equal((await documentOf(other, id ?? '')).state, 'interrupted');
  });

  test('a run whose servers were entered, but whose POST never knew, is started', async (t) => {
    const { proxy, state, other } = await newState(t);
    const go = Promise.withResolvers<void>();
    t.after(async () => go.resolve());
    proxy.decide = ({ operation }) =>
      operation.includes('metadata locks/') ? { kind: 'slow', until: go.promise } : undefined;
    const outcome = await postingService(state).start(requestOf('first'), soon());
    assert.ok(outcome.outcome === 'started');
    assert.equal(await executeRun(engineOn(other), outcome.id, never), 'finished');
  });

  test('a deleted lock: its worker stops, the run ends and says why, the server is free', async (t) => {
    const { container, other: state } = await newState(t);
    const id = await postRun(state, [stage('export:a:c', 'src')], ['src']);
    const called = Promise.withResolvers<void>();
    const engine = engineOn(state, async (_stage, _onMessage, signal) => {
      called.resolve();
      if (!signal.aborted) await once(signal, 'abort');
      throw signal.reason;
    });
    const first = executeRun(engine, id, never);
    await called.promise;
    await container.deleteBlob('locks/sync/src', {
      conditions: { leaseId: (await documentOf(state, id)).holder ?? '' },
    });
    assert.equal(await first, 'stopped');
    assert.equal(await executeRun(engine, id, never), 'left');
    assert.deepEqual(await sweptLater(state), [id]);
    const document = await documentOf(state, id);
    assert.equal(document.state, 'interrupted');
    assert.match(document.log.map(({ text }) => text).join(' '), /not the owner of sync\/src/);
    await postRun(state, [], ['src']);
  });

  test('a sweeper frozen between the locks and the document does not end what was entered meanwhile', async (t) => {
    const { other: state } = await newState(t);
    const claim = await claimServers(state, ['src'], soon());
    assert.ok('leaseId' in claim);
    const document = run(newRunId(new Date()), [stage('export:a:c', 'src')]);
    document.locks = [{ server: 'src', leaseId: claim.leaseId }];
    await state.runs.create(document, soon());
    let lists = 0;
    const leases: SyncState['leases'] = Object.create(state.leases, {
      lifeMs: { value: lifeMs },
      list: {
        value: async (prefix: string, signal: AbortSignal) => {
          const locks = await state.leases.list(prefix, signal);
          lists += 1;
          if (lists > 1) return locks;
          assert.deepEqual(await ownServers(state.leases, document, soon()), []);
          await sleep(lifeMs + 1_500);
          return locks;
        },
      },
    });
    const sweeping = endOrphans({ ...state, leases }, new Date(), never);
    assert.deepEqual(await sweeping, []);
    assert.equal(await executeRun(engineOn(state), document.id, never), 'finished');
    assert.equal((await documentOf(state, document.id)).state, 'succeeded');
  });

  test('a run that owns only some of its servers blocks none of them for ever', async (t) => {
    const { container, other: state } = await newState(t);
    const id = await postRun(state, [stage('export:a:c', 'one')], ['one', 'two']);
    const { locks } = await documentOf(state, id);
    await container.deleteBlob('locks/sync/two', {
      conditions: { leaseId: locks[1]?.leaseId ?? '' },
    });
    await state.leases.letGo('sync/one', locks[0]?.leaseId ?? '');
    assert.deepEqual(await sweptLater(state), [id]);
    await postRun(state, [], ['one', 'two']);
  });
});
