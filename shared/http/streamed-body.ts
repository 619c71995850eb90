/** A body that is made while it is sent. */

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { errorReport } from './error-report.ts';
import { ClientGone, clientGone, outgoing } from './outgoing.ts';
import { Pace } from './pace.ts';

/** A client that takes nothing for so long is cut off: it keeps connections to databases. */
const stallMs = 60_000;

/**
 * Waits for the first piece, so that what fails before it can be answered as any other failure.
 * From then on pieces are made no faster than the client takes them; a failure breaks the
 * connection off, so that no client takes what it got for the whole; a client who goes, or takes
 * less than 10 KB a second for a minute, ends the making.
 *
 * @param make is aborted when the client has gone, and by `signal`
 * @param invocationId of the call that the body answers
 * @throws what `make` fails with before its first piece
 */
export async function streamedBody(
  invocationId: string,
  make: (signal: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController();
  const response = outgoing(invocationId);
  const gone = clientGone(invocationId);
  gone.addEventListener('abort', () => stop.abort(gone.reason), { once: true });
  if (gone.aborted) stop.abort(gone.reason);
  const limit = AbortSignal.any([signal, stop.signal]);
  const pieces = make(limit);
  // Also of a body that nobody reads: what it holds is given back.
  const left = once(limit, 'abort').then(() => pieces.return());
  left.catch(() => {});
  const pace = new Pace();
  let next: IteratorResult<Uint8Array, void> | undefined = await pieces.next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await drained(response, pace, limit);
          const { done, value } = next ?? (await pieces.next());
          next = undefined;
          // One that was left ends as if it were whole.
          limit.throwIfAborted();
          if (done) {
            controller.close();
            return;
          }
          pace.sent(value.byteLength);
          controller.enqueue(value);
        } catch (error) {
          const hasGone = stop.signal.reason instanceof ClientGone;
          stop.abort(error);
          response?.destroy();
          // Nobody is there who could be told of a failure.
          if (hasGone) controller.close();
          else controller.error(new Error(`The body broke off. ${errorReport(error)}`));
        }
      },
      async cancel(reason) {
        stop.abort(reason);
        await left;
      },
    },
    // The library takes a piece only after it has written the one before.
    { highWaterMark: 0 },
  );
}

/** Waits until what was written is on its way. @throws the reason of `signal`, or of a stall */
async function drained(
  response: ServerResponse | undefined,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  if (response === undefined || !response.writableNeedDrain) return;
  const since = performance.now();
  const stalled = AbortSignal.timeout(stallMs);
  const limit = AbortSignal.any([signal, stalled]);
  await once(response, 'drain', { signal: limit }).catch(() => {
    signal.throwIfAborted();
    throw new Error(`The client took nothing for ${stallMs / 1000} s`);
  });
  pace.waited(performance.now() - since);
}
