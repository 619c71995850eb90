/**
 * Worker thread: calls a procedure that gives a lot, and tells what came of it and what it held
 * meanwhile. In a thread of its own the heap is the caller's alone.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Databases } from '../../../shared/database/databases.ts';
import type { RowCounts } from '../../../shared/database/row-counts.ts';

export interface VolubleCallWork {
  connectionString: string;
  /** In the schema `contract`. */
  procedure: string;
}

export interface VolubleCallSeen {
  rows: RowCounts;
  /** Bytes in use after a garbage collection, each 100 ms; the first before the call. */
  used: number[];
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const { connectionString, procedure } = workerData as VolubleCallWork;
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
const used: number[] = [];
function measure(): void {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  used.push(heapUsed + external);
}
const signal = AbortSignal.timeout(240_000);
const session = await databases.session('ab', signal);
await session.query('SELECT 1 AS one', [], signal);
measure();
const sampling = setInterval(measure, 100);
try {
  const call = { procedure: { schema: 'contract', name: procedure }, parameters: [] };
  const { rows } = await session.call(call, () => {}, signal);
  measure();
  parentPort?.postMessage({ rows, used } satisfies VolubleCallSeen);
} finally {
  clearInterval(sampling);
  session.destroy();
  await databases.close();
}
