/** In a thread of its own: a client that asks two light routes every 50 ms and notes how long. */

import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { url, token } = workerData as { url: string; token: string };
const authorization = `Bearer ${token}`;
const intervalMs = 50;
const paths = ['/valid_codes', '/sync_status'];
let took: number[] = [];
let failed: string[] = [];

parentPort?.on('message', () => {
  parentPort?.postMessage({ took, failed });
  took = [];
  failed = [];
});

for (let turn = 0; ; turn += 1) {
  const path = paths[turn % paths.length] ?? '';
  const start = performance.now();
  try {
    const response = await fetch(url + path, { headers: { authorization } });
    await response.text();
    if (response.status !== 200) failed.push(`${path}: ${response.status}`);
  } catch (error) {
    failed.push(`${path}: ${error}`);
  }
  took.push(performance.now() - start);
  await sleep(intervalMs);
}
