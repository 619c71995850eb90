/** Procedures that give more than a worker may hold. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { soon } from '../../support/storage.ts';
import { failureOf } from './errors.ts';
import type { Target } from './target.ts';
import type { VolubleCallSeen, VolubleCallWork } from './voluble-call.ts';

async function callInThread(work: VolubleCallWork): Promise<VolubleCallSeen> {
  const worker = new Worker(new URL('voluble-call.ts', import.meta.url), { workerData: work });
  try {
    const [seen] = await once(worker, 'message');
    return seen as VolubleCallSeen;
  } finally {
    await worker.terminate();
  }
}

export function volumes(target: Target): void {
  describe('volumes', () => {
    it('80,000 rows of 1 KB are counted and not kept', async () => {
      const seen = await callInThread({
        connectionString: target.url(),
        procedure: 'sp_gives_rows',
      });
      assert.deepEqual(seen.rows, {
        sum: 80_000,
        statements: 1,
        last: [80_000],
        returned: 80_000,
      });
      const growth = Math.max(...seen.used) - (seen.used[0] ?? 0);
      assert.ok(growth < 30_000_000, `grew by ${growth} bytes`);
    });

    it('5,000 statements leave their sum, their number and the last of them', {
      skip: target.except('assignments do not count'),
    }, async () => {
      const seen = await callInThread({
        connectionString: target.url(),
        procedure: 'sp_counts_often',
      });
      assert.deepEqual(seen.rows, { sum: 5_000, statements: 5_000, last: [1, 1, 1, 1, 1] });
    });

    it('of 1,000 errors the first is told, and the others as messages', async (t) => {
      const session = await (await target.open(t)).session();
      const call = { procedure: { schema: 'contract', name: 'sp_fails_often' }, parameters: [] };
      const messages: string[] = [];
      const hear = (text: string) => messages.push(text);
      const error = await failureOf(session.call(call, hear, soon()));
      assert.equal(error.message, 'failure 0');
      assert.equal(messages.length, 999);
      assert.match(messages.at(-1) ?? '', /^Msg 50000, Level 16, State 1, .*: failure 999$/);
    });
  });
}
