/** Turns that are broken off, and releases that come late: nothing is left held, nothing freed. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { LeasedDocuments } from '../../shared/lock/leased-document.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { Turn } from '../../shared/sync/turn.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { stage } from '../support/runs.ts';
import { formOf, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** A container by way of a proxy, and past it. */
async function containers(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  return { proxy, direct, proxied: service.getContainerClient(direct.containerName) };
}

function turnOn(leases: Leases, onClose = () => {}): Turn {
  const slot = {
    fits: () => false,
    run: async () => ({ rows: rowCounts([]) }),
    close: async () => onClose(),
  };
  return new Turn({ runners: { procedure: { open: async () => slot } }, leases, runId: 'r' });
}

describe('turns', { concurrency: true }, () => {
  test('a turn that is called off while storage grants its lease leaves nothing held', async (t) => {
    const { proxy, direct, proxied } = await containers(t);
    const other = new Leases(direct, 15);
    const leaving = new AbortController();
    // Once before, so that the blob is there.
    const first = turnOn(other);
    await first.take(stage('crude:a', 'ab'), soon());
    await first.giveBack();
    const answer = Promise.withResolvers<void>();
    proxy.decide = ({ headers }) => {
      if (headers['x-ms-lease-action'] !== 'acquire') return undefined;
      setTimeout(() => {
        leaving.abort(new Error('cancelled'));
        answer.resolve();
      }, 100);
      return { kind: 'slow', until: answer.promise };
    };
    let closed = 0;
    const turn = turnOn(new Leases(proxied, 15), () => {
      closed += 1;
    });
    await assert.rejects(turn.take(stage('crude:a', 'ab'), leaving.signal), /cancelled/);
    await turn.giveBack();
    assert.equal(closed, 1);
    assert.equal((await other.state('procedure/ab', soon())).held, false);
  });

  test("a company's lock that is called off while storage grants it is free", async (t) => {
    const { proxy, direct, proxied } = await containers(t);
    const schema = z.object({ n: z.number() });
    const own = new LeasedDocuments(direct, 'flexibee/', formOf(schema), 15);
    await (await own.acquire('c', soon()))?.release();
    const leaving = new AbortController();
    const answer = Promise.withResolvers<void>();
    proxy.decide = ({ headers }) => {
      if (headers['x-ms-lease-action'] !== 'acquire') return undefined;
      setTimeout(() => {
        leaving.abort(new Error('stopping'));
        answer.resolve();
      }, 100);
      return { kind: 'slow', until: answer.promise };
    };
    const asking = new LeasedDocuments(proxied, 'flexibee/', formOf(schema), 15);
    await assert.rejects(asking.acquire('c', leaving.signal), /stopping/);
    const held = await own.acquire('c', soon());
    assert.ok(held);
    await held.release();
  });

  test('a release that arrives late does not free the turn that the same lane has by then', async (t) => {
    const { proxy, direct, proxied } = await containers(t);
    const other = new Leases(direct, 15);
    const turn = turnOn(new Leases(proxied, 15));
    await turn.take(stage('crude:a', 'ab'), soon());
    const go = Promise.withResolvers<void>();
    proxy.decide = ({ headers }) =>
      headers['x-ms-lease-action'] === 'release' ? { kind: 'late', until: go.promise } : undefined;
    // Gives up after 5 s; the lease it had runs out 10 s later.
    await turn.giveBack();
    proxy.decide = () => undefined;
    const held = await turn.take(stage('crude:b', 'ab'), soon());
    go.resolve();
    await proxy.idle();
    await sleep(100);
    assert.equal((await other.state('procedure/ab', soon())).held, true);
    assert.equal(await other.acquire('procedure/ab', crypto.randomUUID(), soon()), false);
    assert.equal(held.lost.aborted, false);
    await turn.giveBack();
  });
});
