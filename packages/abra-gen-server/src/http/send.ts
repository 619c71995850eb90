/** Sends an answer as it is made, no faster than it is taken; whole, or broken on demand. */

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

export interface Answer {
  status: number;
  type: string;
  headers?: Readonly<Record<string, string>>;
  pieces: Iterable<string | Buffer>;
}

/** Smaller pieces travel together. */
const packetSize = 16 * 1024;
const garbage = Buffer.from('\u0000\ufffd<<<{"name": "MAIN", Proxy Error');

/** @param gone aborted when the connection closes */
export async function send(
  response: ServerResponse,
  answer: Answer,
  gone: AbortSignal,
  broken?: 'truncated' | 'cut' | 'garbage',
): Promise<void> {
  response.writeHead(broken === 'garbage' ? 200 : answer.status, {
    'content-type': answer.type,
    'cache-control': 'no-cache',
    ...answer.headers,
  });
  if (broken === 'garbage') response.end(garbage);
  else if (broken !== undefined) {
    const whole = Buffer.concat([...packets(answer.pieces)]);
    const half = whole.subarray(0, Math.floor(whole.length / 2));
    if (broken === 'cut') response.end(half);
    else response.write(half, () => response.destroy());
  } else {
    // Leaving the loop ends what makes the pieces, and its statements.
    for (const packet of packets(answer.pieces)) {
      if (response.destroyed) return;
      if (!response.write(packet)) {
        await once(response, 'drain', { signal: gone }).catch(() => {});
      }
    }
    response.end();
  }
}

function* packets(pieces: Iterable<string | Buffer>): Generator<Buffer> {
  let packet: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    packet.push(bytes);
    size += bytes.length;
    if (size < packetSize) continue;
    yield Buffer.concat(packet);
    packet = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(packet);
}
