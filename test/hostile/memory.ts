/** What a process holds once its garbage is collected: its own inspector does that, and tells. */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Whole MiB. */
export interface Memory {
  /** As the system counts it, with what the collector keeps for later. */
  resident: number;
  /** Objects that are in use. */
  heap: number;
  /** Bytes outside of the heap that objects hold: buffers for the most part. */
  external: number;
}

/** For the environment of the process: an inspector that is asked for listens on any free port. */
export const inspectable = { NODE_OPTIONS: '--inspect-port=0' };

interface Reply {
  id?: number;
  result?: { result?: { value?: string } };
}

/**
 * Opens the inspector of a process.
 *
 * @param lines what the process prints, from then on, too: it says where its inspector listens
 * @returns what measures; the process stands still for as long as a full collection takes
 */
export async function memoryOf(
  pid: number,
  lines: readonly string[],
): Promise<() => Promise<Memory>> {
  const from = lines.length;
  process.kill(pid, 'SIGUSR1');
  let address: string | undefined;
  while (address === undefined) {
    await sleep(20);
    const told = lines.slice(from).find((line) => line.startsWith('Debugger listening on ws:'));
    address = told?.split(' ').at(-1);
  }
  const inspector = new WebSocket(address);
  await once(inspector, 'open');
  let last = 0;
  const ask = async (method: string, params: object = {}): Promise<string | undefined> => {
    last += 1;
    const id = last;
    inspector.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = (await once(inspector, 'message')) as [{ data: string }];
      const reply = JSON.parse(data) as Reply;
      if (reply.id === id) return reply.result?.result?.value;
    }
  };
  return async () => {
    await ask('HeapProfiler.collectGarbage');
    const used = await ask('Runtime.evaluate', { expression: usage });
    const { heapUsed, external } = JSON.parse(used ?? '{}') as NodeJS.MemoryUsage;
    return {
      resident: await residentMiB(pid),
      heap: mebibytes(heapUsed),
      external: mebibytes(external),
    };
  };
}

const usage = 'JSON.stringify(process.memoryUsage())';

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

async function residentMiB(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Math.round(Number(stdout) / 1024);
}

/** Process id of the host that listens there. */
export async function workerAt(port: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-eo', 'pid=,args=']);
  const line = stdout.split('\n').find((one) => one.includes(`main.ts --port ${port}`));
  if (line === undefined) throw new Error(`No worker runs on port ${port}`);
  return Number.parseInt(line, 10);
}
