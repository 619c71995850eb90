/** What several callers share has a limit of its own; when it is over, storage has not answered. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Looks } from '../../shared/async/looks.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { isTransientStorageError } from '../../shared/storage/storage-error.ts';
import { SyncService } from '../../shared/sync/service.ts';

const never = new AbortController().signal;

/** Storage that says nothing. */
const silent = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const shared: Record<string, () => Promise<unknown>> = {
  'a look at a document': () => new Looks((_id, signal) => silent(signal)).look('x', 1_000, never),
  'what runs': () =>
    new SyncService({
      catalog: shippedCatalog(),
      state: silent,
      now: () => new Date(),
      send: async () => {},
    }).active(never),
};

for (const [what, ask] of Object.entries(shared)) {
  test(`${what}: whoever asks is told to come again`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const asking = ask();
    const told = assert.rejects(asking, isTransientStorageError);
    t.mock.timers.tick(25_000);
    await told;
  });
}
