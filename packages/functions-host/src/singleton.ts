/**
 * One instance at a time, by a blob lease: whoever holds it works, the others ask again every
 * `listenerLockRecoveryPollingInterval`. So after a holder died another one takes over within
 * `listenerLockPeriod` plus that interval.
 *
 * The real host ends itself when a renewal is refused; here the work is stopped and the lock
 * asked for again.
 */

import { randomUUID } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { delay } from './delay.ts';
import type { SingletonOptions } from './host-json.ts';
import { statusOf } from './storage.ts';

export interface SingletonWork {
  /** Begins; must return soon. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Singleton {
  start(): void;
  /** Stops the work, then gives the lock up. */
  stop(): Promise<void>;
}

/** @param lockId `<host id>/Host.Functions.<name>.Listener`. */
export function createSingleton(
  container: ContainerClient,
  lockId: string,
  work: SingletonWork,
  options: SingletonOptions,
  warn: (text: string) => void,
): Singleton {
  const blob = container.getBlockBlobClient(`locks/${lockId}`);
  const lease = blob.getBlobLeaseClient(randomUUID());
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;

  async function compete(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (await acquire()) {
        await hold();
      } else {
        await delay(options.listenerLockRecoveryPollingInterval, stopping.signal);
      }
    }
  }

  async function hold(): Promise<void> {
    try {
      await work.start();
      await keep();
    } catch (error) {
      warn(`${lockId}: ${String(error)}`);
    } finally {
      await work.stop();
      // 409: lost already. Otherwise it ends by itself.
      await lease.releaseLease().catch(() => {});
    }
    // Not at once again: what failed may fail for good.
    await delay(1_000, stopping.signal);
  }

  async function acquire(): Promise<boolean> {
    try {
      await createBlob(container, blob);
      await lease.acquireLease(options.listenerLockPeriod / 1000);
      return true;
    } catch (error) {
      if (statusOf(error) !== 409) warn(`lock ${lockId} cannot be asked for: ${String(error)}`);
      return false;
    }
  }

  /** Returns when stopping, or when the lease is lost or may have run out. */
  async function keep(): Promise<void> {
    const normal = options.listenerLockPeriod / 2;
    let renewedAt = performance.now();
    for (let pause = normal; ; ) {
      await delay(pause, stopping.signal);
      if (stopping.signal.aborted) return;
      const asked = performance.now();
      try {
        await lease.renewLease();
        renewedAt = asked;
        pause = normal;
      } catch (error) {
        warn(`lock ${lockId} is not renewed: ${String(error)}`);
        const status = statusOf(error);
        const over = performance.now() - renewedAt >= options.listenerLockPeriod;
        if (over || (status !== undefined && status < 500)) return;
        pause = Math.max(pause / 2, 1_000);
      }
    }
  }

  return {
    start: () => {
      loop ??= compete();
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

/** An empty blob to hold the lease; an existing one, leased or not, is left as it is. */
async function createBlob(container: ContainerClient, blob: BlockBlobClient): Promise<void> {
  if (await blob.exists()) return;
  await container.createIfNotExists();
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    const status = statusOf(error);
    if (status !== 409 && status !== 412) throw error;
  }
}
