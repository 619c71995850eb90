/** Ports for servers that listen where they are told, and again after a restart. */

import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take ports for connections: one of those would be gone again
 * by the time the server listens. Test files run side by side, so each process begins elsewhere.
 */
const first = 12_000;
const aProcess = 50;
const processes = 400;

let next = first + (process.pid % processes) * aProcess;

/** Ports that nobody listens on now, each given once in this process. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = next++;
    if (await isFree(port)) found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
