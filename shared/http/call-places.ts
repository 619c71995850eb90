/**
 * Which calls work at once in this worker. Whoever sends two hundred at once has a few of them under
 * way, and the others in line behind these: whoever else comes is next. Nothing is refused because
 * of the line alone.
 */

import { FairPlaces } from '../async/fair-places.ts';
import type { CallsUse } from '../telemetry/measurements.ts';
import type { CallPlace } from './call-place.ts';
import { type Caller, keyOf } from './caller.ts';
import { networkOf } from './network.ts';

/**
 * Beside three of another's a call takes about four times as long, since all of them take turns on
 * one loop. Measured: docs/performance.md, "One caller beside another".
 */
const mostOfOne = 3;

/** The first calls of whoever comes next begin at once, even where all others wait for a slow storage. */
const placesAtOnce = 12;

/** Where most of a call is waiting for storage, three at a time are slow: nobody else minds more. */
const alone = { most: 9, afterMs: 10_000 };

export class CallPlaces {
  readonly #callers = placesOfCalls();
  readonly #strangers = placesOfCalls();

  /** Of somebody who is known: strangers take nothing from him. @throws HttpProblem 503 */
  caller(
    caller: Pick<Caller, 'name' | 'principal' | 'weight'>,
    place: CallPlace,
  ): Promise<void> | undefined {
    return place.take(this.#callers, { name: keyOf(caller), weight: caller.weight });
  }

  /**
   * Of somebody who is not; the networks have their turns where the platform tells the address.
   *
   * @throws HttpProblem 503
   */
  stranger(address: string | undefined, place: CallPlace): Promise<void> | undefined {
    const name = address === undefined ? '' : networkOf(address);
    return place.take(this.#strangers, { name });
  }

  get use(): CallsUse {
    const [callers, strangers] = [this.#callers.use, this.#strangers.use];
    return {
      working: callers.used + strangers.used,
      waiting: callers.waiting + strangers.waiting,
    };
  }
}

/** Those that wait are bounded by how many requests may come. */
function placesOfCalls(): FairPlaces {
  return new FairPlaces(placesAtOnce, {
    most: mostOfOne,
    alone,
    mostWaiting: Number.POSITIVE_INFINITY,
  });
}
