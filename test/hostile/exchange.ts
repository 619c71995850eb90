/** Sends one hostile request over a connection of its own and reads what comes back. */

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostileRequest } from './requests.ts';

export interface Outcome {
  /** Of every answer that came, but `100 Continue`. */
  statuses: number[];
  /** Whether the connection still waited for something when patience ended. */
  isHung: boolean;
  /** Milliseconds from the last byte sent to the end. */
  took: number;
  text: string;
}

/** Bytes of an answer that are kept to look at. */
const keptBytes = 64 * 1024;

/**
 * Resolves when the server has answered and closed, or when what is left of the connection is
 * ours to close: `break off` does so at once, `wait` once a whole answer is there.
 */
export async function exchange(
  port: number,
  { pieces, pauseMs, end }: HostileRequest,
  patienceMs: number,
): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let text = '';
  let isReset = false;
  // What follows is told by `close`: the server may cut off whoever is so odd.
  socket.on('error', () => {
    isReset = true;
  });
  socket.on('close', () => closed.resolve());
  socket.on('end', () => closed.resolve());
  socket.on('data', (chunk: Buffer) => {
    if (text.length < keptBytes) text += chunk.toString('latin1');
    if (isWholeAnswer(text)) answered.resolve();
  });
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && pauseMs > 0) await sleep(pauseMs);
    if (isReset || socket.destroyed) break;
    socket.write(piece);
  }
  const sentAt = performance.now();
  const done = end === 'wait' ? Promise.race([answered.promise, closed.promise]) : closed.promise;
  if (end === 'break off') socket.destroy();
  if (end === 'half-close' && !socket.destroyed) socket.end();
  const patience = new AbortController();
  const late = sleep(patienceMs, true, { signal: patience.signal }).catch(() => false);
  const isHung = await Promise.race([done.then(() => false), late]);
  patience.abort();
  const took = performance.now() - sentAt;
  socket.destroy();
  return { statuses: statusesOf(text), isHung, took, text };
}

/** A first answer with its whole body; a longer one than is kept counts as whole. */
function isWholeAnswer(text: string): boolean {
  if (text.length >= keptBytes) return true;
  const answer = text.replace(/^(HTTP\/1\.1 100 [^\r]*\r\n\r\n)+/, '');
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const head = answer.slice(0, headEnd).toLowerCase();
  if (/^http\/1\.1 (204|304)/.test(head)) return true;
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  const body = answer.slice(headEnd + 4);
  if (/\r\ntransfer-encoding: chunked/.test(head)) return body.endsWith('0\r\n\r\n');
  // An answer to HEAD has a length and no body: it cannot be told from a cut one, so it counts.
  return length === undefined || body.length >= Number(length) || body.length === 0;
}

/** What a server says before it closes when what follows is no request: the end of a body cut off. */
const lastWord = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

function statusesOf(text: string): number[] {
  const isMore = text.endsWith(lastWord) && text.length > lastWord.length;
  const answers = isMore ? text.slice(0, -lastWord.length) : text;
  const found = answers.matchAll(/HTTP\/1\.1 (\d{3}) /g);
  return [...found].map(([, status]) => Number(status)).filter((status) => status !== 100);
}
