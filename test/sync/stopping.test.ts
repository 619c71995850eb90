/** Told to stop, cancelled or out of time at the worst moment: what was not called was not called. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { WorkerStoppingError } from '../../shared/sync/interruption.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { postRun, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const never = new AbortController().signal;

async function newState(): Promise<SyncState> {
  return syncStateOf(await storage.container());
}

async function documentOf(state: SyncState, id: string) {
  const stored = await state.runs.read(id, soon());
  assert.ok(stored);
  return stored.value;
}

const unrepeatable = () => ({ ...stage('export:a:c', 'src'), repeatable: false });

describe('stopping', { concurrency: true }, () => {
  test('told to stop between the write of running and the call: pending, without an attempt', async (t) => {
    const proxy = await startFaultProxy(storage.connectionString);
    t.after(() => proxy.close());
    const { containerName } = await storage.container();
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
      retryOptions: { maxTries: 1 },
    });
    const state = syncStateOf(service.getContainerClient(containerName));
    const id = await postRun(state, [unrepeatable(), stage('export:b:c', 'src')], ['src']);
    const stopping = new AbortController();
    let writes = 0;
    proxy.decide = ({ method, path, query }) => {
      if (method !== 'PUT' || !path.includes('/runs/') || query.has('comp')) return undefined;
      writes += 1;
      // The first one takes the run over, the second one says running.
      if (writes !== 2) return undefined;
      stopping.abort(new WorkerStoppingError());
      return { kind: 'slow', until: 50 };
    };
    const called: string[] = [];
    const engine = engineOn(state, async ({ id: name }) => {
      called.push(name);
      return { rows: rowCounts([1]), returnValue: 0 };
    });
    assert.equal(await executeRun(engine, id, stopping.signal), 'stopped');
    assert.deepEqual(called, []);
    const [first] = (await documentOf(state, id)).stages;
    assert.deepEqual([first?.state, first?.attempts], ['pending', []]);
    assert.equal(await executeRun(engine, id, never), 'finished');
    assert.deepEqual(called, ['export:a:c', 'export:b:c']);
    assert.equal((await documentOf(state, id)).state, 'succeeded');
  });

  test('a run that was cancelled while it was queued calls nothing', async () => {
    const state = await newState();
    const id = await postRun(state, [stage('export:a:c', 'src')], ['src']);
    await state.cancellations.request(id, { by: 'operator', at: '2026-01-01T00:00:00Z' }, soon());
    const called: string[] = [];
    const engine = engineOn(state, async ({ id: name }) => {
      called.push(name);
      return { rows: rowCounts([]) };
    });
    assert.equal(await executeRun(engine, id, never), 'finished');
    assert.deepEqual(called, []);
    assert.equal((await documentOf(state, id)).state, 'cancelled');
  });

  test('waiting for the fence is over with the slice; nothing was attempted', async () => {
    const state = await newState();
    const id = await postRun(state, [stage('export:a:c', 'src')], ['src']);
    const engine = engineOn(state, undefined, {
      async open(_stage, _runId, signal) {
        if (!signal.aborted) await once(signal, 'abort');
        throw signal.reason;
      },
    });
    assert.equal(await executeRun({ ...engine, sliceMs: 100 }, id, never), 'handed on');
    const document = await documentOf(state, id);
    assert.deepEqual(
      document.stages.map((one) => [one.state, one.attempts]),
      [['pending', []]],
    );
    assert.equal(await executeRun(engineOn(state), id, never), 'finished');
  });

  test('so is waiting for the lease, and the fence is given back', async () => {
    const state = await newState();
    const id = await postRun(state, [stage('crude:a', 'ab')], ['src']);
    await state.leases.acquire('procedure/ab', crypto.randomUUID(), soon());
    let closed = 0;
    const engine = engineOn(state, undefined, {
      open: async () => ({
        fits: () => true,
        run: async () => assert.fail('called without its lease'),
        close: async () => {
          closed += 1;
        },
      }),
    });
    assert.equal(await executeRun({ ...engine, sliceMs: 100 }, id, never), 'handed on');
    assert.equal(closed, 1);
  });

  test('stages that wait for one whose turn does not come do not outlast the slice either', async () => {
    const state = await newState();
    const stages = [stage('export:a:c', 'src'), stage('crude:a', 'ab', ['export:a:c'])];
    const id = await postRun(state, stages, ['src']);
    const engine = engineOn(state, undefined, {
      async open(_stage, _runId, signal) {
        if (!signal.aborted) await once(signal, 'abort');
        throw signal.reason;
      },
    });
    assert.equal(await executeRun({ ...engine, sliceMs: 100 }, id, never), 'handed on');
  });

  test('stages that need no fence lock nothing', async () => {
    const state = await newState();
    const id = await postRun(state, [{ ...stage('load:a:c', 'ab'), kind: 'flexibee' }], ['ab']);
    const engine = engineOn(state);
    const seen: string[] = [];
    const flexibee = {
      unfenced: true as const,
      open: async () => ({
        fits: () => true,
        run: async () => {
          const locks = await state.leases.list('', soon());
          seen.push(...locks.map(({ name }) => name));
          return { rows: rowCounts([1]) };
        },
        close: async () => {},
      }),
    };
    assert.equal(await executeRun({ ...engine, runners: { flexibee } }, id, never), 'finished');
    assert.deepEqual(seen, ['sync/ab']);
  });
});

describe('clocks', { concurrency: true }, () => {
  for (const stepMs of [-3_600_000, 3_600_000]) {
    test(`a clock that steps by ${stepMs / 1000} s during a stage changes no duration`, async () => {
      const state = await newState();
      const id = await postRun(state, [stage('export:a:c', 'src')], ['src']);
      let step = 0;
      const engine = engineOn(state, async () => {
        step = stepMs;
        return { rows: rowCounts([1]) };
      });
      const now = () => new Date(Date.now() + step);
      assert.equal(await executeRun({ ...engine, now }, id, never), 'finished');
      const { stages, startedAt, endedAt } = await documentOf(state, id);
      const attempt = stages[0]?.attempts[0];
      for (const [from, to] of [
        [attempt?.startedAt, attempt?.endedAt],
        [startedAt, endedAt],
      ]) {
        const tookMs = Date.parse(to ?? '') - Date.parse(from ?? '');
        assert.ok(tookMs >= 0 && tookMs < 60_000, `${tookMs} ms`);
      }
    });
  }

  test('a worker whose clock is behind writes no time before those of the one before it', async () => {
    const state = await newState();
    const stages = [stage('export:a:c', 'src'), stage('export:b:c', 'src')];
    const id = await postRun(state, stages, ['src']);
    const stopping = new AbortController();
    const first = engineOn(state, async ({ id: name }, _onMessage, signal) => {
      if (name === 'export:b:c') stopping.abort(new WorkerStoppingError());
      signal.throwIfAborted();
      return { rows: rowCounts([1]) };
    });
    assert.equal(await executeRun(first, id, stopping.signal), 'stopped');
    const behind = { ...engineOn(state), now: () => new Date(Date.now() - 3_600_000) };
    assert.equal(await executeRun(behind, id, never), 'finished');
    const document = await documentOf(state, id);
    const times = document.log.map(({ at }) => at);
    assert.deepEqual(times, times.toSorted());
    const attempts = document.stages.flatMap((one) => one.attempts);
    for (const { startedAt, endedAt = '' } of attempts) assert.ok(startedAt <= endedAt);
  });
});

test('a retry that comes once a slice comes to its end, too', async () => {
  const state = await newState();
  const failed = { message: 'deadlock victim', meaning: 'transient' as const };
  const attempt = { startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:01Z' };
  const tried = {
    ...stage('export:a:c', 'src'),
    attempts: Array(4).fill({ ...attempt, error: failed }),
  };
  const id = await postRun(state, [tried], ['src']);
  const engine = engineOn(state, async () => {
    throw new Error('socket hang up', {
      cause: Object.assign(new Error(), { code: 'ECONNRESET' }),
    });
  });
  assert.equal(await executeRun(engine, id, never), 'finished');
  const document = await documentOf(state, id);
  assert.equal(document.state, 'failed');
  assert.equal(document.stages[0]?.attempts.length, 5);
});
