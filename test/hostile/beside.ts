/** What a quiet client beside the hostile ones sees. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Seen {
  count: number;
  medianMs: number;
  slowestMs: number;
  p95Ms: number;
  /** Of answers that were not 200. */
  failed: string[];
}

export interface QuietClient {
  /** What it has seen since it was asked before. */
  seen(): Promise<Seen>;
  close(): Promise<void>;
}

/** @param token whoever is known is not counted among strangers */
export function quietClient(url: string, token = 'demo-token'): QuietClient {
  const worker = new Worker(new URL('./quiet.ts', import.meta.url), {
    workerData: { url, token },
  });
  return {
    async seen() {
      worker.postMessage('seen');
      const [{ took, failed }] = (await once(worker, 'message')) as [
        { took: number[]; failed: string[] },
      ];
      const sorted = took.toSorted((a, b) => a - b);
      const at = (share: number) =>
        Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
      return { count: took.length, medianMs: at(0.5), p95Ms: at(0.95), slowestMs: at(1), failed };
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** The medians are of parts of about the same size. */
export function together(parts: readonly Seen[]): Seen {
  const medians = parts.map(({ medianMs }) => medianMs).sort((a, b) => a - b);
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    medianMs: medians[Math.floor(medians.length / 2)] ?? 0,
    p95Ms: Math.max(...parts.map(({ p95Ms }) => p95Ms)),
    slowestMs: Math.max(...parts.map(({ slowestMs }) => slowestMs)),
    failed: parts.flatMap(({ failed }) => failed),
  };
}
