/** Rows as they come, no faster than they are taken. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { partOf } from '../../support/some-of.ts';
import { soon } from '../../support/storage.ts';
import { namedRows, streamedRows } from '../../support/streamed-rows.ts';
import { failureOf } from './errors.ts';
import type { ManyRowsSeen, ManyRowsWork } from './many-rows.ts';
import type { Target } from './target.ts';

const million = `SELECT a.n * 1000 + b.n AS n
FROM contract.number AS a CROSS JOIN contract.number AS b`;

/** A million rows of some hundred bytes. */
const wide = million.replace(' AS n', " AS n, REPLICATE(N'сто байтов', 5) AS text");
const wideBytes = 100_000_000;

async function readInThread(work: ManyRowsWork): Promise<ManyRowsSeen> {
  const worker = new Worker(new URL('many-rows.ts', import.meta.url), { workerData: work });
  try {
    const [seen] = await once(worker, 'message');
    return seen as ManyRowsSeen;
  } finally {
    await worker.terminate();
  }
}

export function streams(target: Target): void {
  const minute = () => AbortSignal.timeout(60_000);

  describe('streams', () => {
    it('give rows in flat memory, however many', async () => {
      const count = partOf(1_000_000, 3 / 10);
      const text = `${million} WHERE a.n < ${count / 1_000}`;
      const seen = await readInThread({ connectionString: target.url(), text });
      assert.deepEqual([seen.count, seen.sum], [count, (count * (count - 1)) / 2]);
      const growth = Math.max(...seen.used) - Math.min(...seen.used);
      assert.ok(growth < 8_000_000, `grew by ${growth} bytes`);
    });

    it('hold the server back while nobody takes rows', async (t) => {
      const { session, proxy } = await target.open(t);
      const own = await session();
      const rows = namedRows(own.batches(wide, [], minute()));
      await rows.next();
      let before: number;
      do {
        before = proxy.received;
        // What is on its way fills the buffers of three sockets and stops.
        await sleep(200);
      } while (proxy.received > before);
      assert.ok(before < wideBytes / 4, `${before} bytes came without being asked for`);
      await rows.return();
    });

    it('end when the caller leaves, and the session goes on', {
      skip: target.except('attention'),
    }, async (t) => {
      const own = await (await target.open(t)).session();
      const taken: unknown[] = [];
      for await (const row of namedRows(own.batches(million, [], minute()))) {
        taken.push(row['n']);
        if (taken.length === 3) break;
      }
      assert.equal(taken.length, 3);
      assert.deepEqual(await own.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('end when the signal says so, with its reason', async (t) => {
      const { databases } = await target.open(t);
      const stop = new AbortController();
      const reason = new Error('not wanted any more');
      let count = 0;
      const reading = async () => {
        for await (const _row of streamedRows(databases, 'ab', million, [], stop.signal)) {
          count += 1;
          if (count === 1000) stop.abort(reason);
        }
      };
      await assert.rejects(reading(), reason);
      assert.ok(count < 100_000);
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('do not begin when the signal has said so before', async (t) => {
      const { databases, proxy } = await target.open(t);
      const reason = new Error('not wanted');
      const rows = streamedRows(databases, 'ab', million, [], AbortSignal.abort(reason));
      await assert.rejects(rows.next(), reason);
      assert.equal(proxy.connections, 0);
    });

    it('fail in the middle with the error of the statement, and the session goes on', async (t) => {
      const own = await (await target.open(t)).session();
      let count = 0;
      const reading = async () => {
        const text = 'SELECT 1000 / (@last - n) AS part FROM contract.number ORDER BY n';
        const parameters = [{ name: 'last', type: 'int', value: 900 }];
        for await (const _row of namedRows(own.batches(text, parameters, soon()))) count += 1;
      };
      const error = await failureOf(reading());
      assert.deepEqual([error.number, error.meaning], [8134, 'permanent']);
      assert.ok(count <= 900);
      assert.deepEqual(await own.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('fail with what a broken connection means', async (t) => {
      const { databases, proxy } = await target.open(t);
      let count = 0;
      const reading = async () => {
        for await (const _row of streamedRows(databases, 'ab', million, [], minute())) {
          count += 1;
          if (count === 1000) proxy.reset();
        }
      };
      assert.equal((await failureOf(reading())).meaning, 'transient');
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('fail with a connection that breaks when all rows have come and wait', async (t) => {
      const { databases, proxy } = await target.open(t);
      const rows = streamedRows(databases, 'ab', 'SELECT n FROM contract.number', [], minute());
      await rows.next();
      let before: number;
      do {
        before = proxy.received;
        await sleep(100);
      } while (proxy.received > before);
      proxy.reset();
      const rest = async () => {
        for await (const _row of rows);
      };
      assert.equal((await failureOf(rest())).meaning, 'transient');
      // Whatever the driver still makes of them.
      await sleep(100);
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('give rows by the batch, values in the order of the columns', async (t) => {
      const own = await (await target.open(t)).session();
      const text = 'SELECT n, n + @more AS sum FROM contract.number ORDER BY n';
      const rows: unknown[] = [];
      let batches = 0;
      for await (const batch of own.batches(
        text,
        [{ name: 'more', type: 'int', value: 5 }],
        soon(),
      )) {
        assert.deepEqual(batch.columns, ['n', 'sum']);
        batches += 1;
        rows.push(...batch.rows);
      }
      const numbers = Array.from({ length: 1000 }, (_, number) => number);
      assert.deepEqual(
        rows,
        numbers.map((number) => [number, number + 5]),
      );
      assert.ok(batches < 500, `${batches} batches`);
      assert.deepEqual(await own.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('give no rows where there are none, and NULLs as they are', async (t) => {
      const { databases } = await target.open(t);
      const all = async (text: string) => {
        const rows: unknown[] = [];
        for await (const row of streamedRows(databases, 'ab', text, [], soon())) rows.push(row);
        return rows;
      };
      assert.deepEqual(await all('SELECT n FROM contract.number WHERE n < 0'), []);
      assert.deepEqual(await all("SELECT NULL AS nothing, '' AS empty, 0 AS zero"), [
        { nothing: null, empty: '', zero: 0 },
      ]);
    });
  });
}
