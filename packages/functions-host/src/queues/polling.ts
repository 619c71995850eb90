/** How long to wait before an empty queue is asked again: exponential, a little at random. */

const minimumMilliseconds = 100;
const randomness = 0.2;

export interface Polling {
  /** @param found whether a message was found since the last wait. */
  next(found: boolean): number;
}

/** @param maximum milliseconds; as the real host from 100 ms on, doubling. */
export function createPolling(maximum: number, random: () => number = Math.random): Polling {
  let current = 0;
  let exponent = 0;
  return {
    next: (found) => {
      if (found) {
        current = Math.min(minimumMilliseconds, maximum);
        exponent = 1;
      } else if (current !== maximum) {
        const factor = 1 - randomness + 2 * randomness * random();
        const increment = exponent > 0 ? factor * 2 ** (exponent - 1) * minimumMilliseconds : 0;
        current = Math.min(minimumMilliseconds + increment, maximum);
        exponent += 1;
      }
      return current;
    },
  };
}
