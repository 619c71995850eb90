/** An answer in its turn: no token has more than half of what all ask through, and none has it for good. */

import type { FairPlaces, Holder } from '../../async/fair-places.ts';

/** A query that has not begun by then is told to come again. */
export const waitMs = 5_000;

/** Of an answer, from its first piece to its last: 36 MB at the slowest that is put up with. */
const longestMs = 3_600_000;

/** The answer was not whole in time. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';

  constructor(ms: number) {
    super(`The answer was not whole within ${ms / 60_000} min`);
  }
}

/**
 * `make` once there is a place, which is given back at its end however it ends.
 *
 * @throws NoPlaceError after 5 s without a place, TooLongError, what `make` does, or the reason of
 *   `signal`
 */
export async function* fairAnswer(
  places: FairPlaces,
  holder: Holder,
  make: (signal: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const giveBack = await places.take(holder, waitMs, signal);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new TooLongError(longestMs)), longestMs);
  try {
    yield* make(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
    giveBack();
  }
}
