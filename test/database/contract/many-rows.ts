/**
 * Worker thread: reads a stream to its end and tells what it saw. In a thread of its own the heap
 * is the reader's alone, and the test runner does not keep books of every promise.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Databases } from '../../../shared/database/databases.ts';
import { streamedRows } from '../../support/streamed-rows.ts';

export interface ManyRowsWork {
  connectionString: string;
  text: string;
}

export interface ManyRowsSeen {
  count: number;
  sum: number;
  /** Bytes in use after a garbage collection, each 50,000 rows. */
  used: number[];
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const { connectionString, text } = workerData as ManyRowsWork;
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
const seen: ManyRowsSeen = { count: 0, sum: 0, used: [] };
try {
  for await (const row of streamedRows(databases, 'ab', text, [], AbortSignal.timeout(60_000))) {
    seen.count += 1;
    seen.sum += row['n'] as number;
    if (seen.count % 50_000 === 25_000) {
      collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      seen.used.push(heapUsed + external);
    }
  }
} finally {
  await databases.close();
}
parentPort?.postMessage(seen);
