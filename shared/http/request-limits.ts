/**
 * How many requests one caller, one address and all strangers together may make of this worker. Who
 * is known has an account of his own: whatever strangers do, at his address or any other, he goes on.
 */

import type { Settings } from '../settings/settings.ts';
import { type Caller, keyOf } from './caller.ts';
import { networkOf } from './network.ts';
import { HttpProblem } from './problem.ts';
import { RateLimit } from './rate-limit.ts';

/** As many strangers as so many addresses may send have room beside one another. */
const addressesAtOnce = 10;

type Policy = 'caller' | 'address' | 'strangers';

export class RequestLimits {
  readonly #limits: Readonly<Record<Policy, RateLimit>>;

  /** @param now monotonic milliseconds */
  constructor(
    {
      requestsPerCaller,
      requestsPerAddress,
    }: Pick<Settings, 'requestsPerCaller' | 'requestsPerAddress'>,
    now: () => number = () => performance.now(),
  ) {
    this.#limits = {
      caller: new RateLimit(requestsPerCaller, now),
      address: new RateLimit(requestsPerAddress, now),
      strangers: new RateLimit(requestsPerAddress * addressesAtOnce, now),
    };
  }

  /** Of somebody who is known. @throws HttpProblem 429 */
  caller(caller: Pick<Caller, 'name' | 'principal'>): void {
    this.#take('caller', keyOf(caller));
  }

  /**
   * Of somebody who is not; of one address where the platform tells it.
   *
   * @throws HttpProblem 429
   */
  stranger(address: string | undefined): void {
    // One that is refused takes no place from the others.
    if (address !== undefined) this.#take('address', networkOf(address));
    this.#take('strangers', '');
  }

  /** Of somebody who may yet say who he is, in a body: nothing is counted. @throws HttpProblem 429 */
  perhapsKnown(address: string | undefined): void {
    if (address === undefined) return;
    const waitMs = this.#limits.address.waitMs(networkOf(address));
    if (waitMs !== undefined) throw this.#refusal('address', waitMs);
  }

  #take(policy: Policy, key: string): void {
    const waitMs = this.#limits[policy].take(key);
    if (waitMs !== undefined) throw this.#refusal(policy, waitMs);
  }

  /** With the fields of draft-ietf-httpapi-ratelimit-headers-10. */
  #refusal(policy: Policy, waitMs: number): HttpProblem {
    const { quota } = this.#limits[policy];
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    return new HttpProblem('rate-limited', `${texts[policy]} Try again later.`, {
      headers: {
        'retry-after': String(seconds),
        ratelimit: `"${policy}";r=0;t=${seconds}`,
        'ratelimit-policy': `"${policy}";q=${quota};w=60`,
      },
    });
  }
}

const texts: Readonly<Record<Policy, string>> = {
  caller: 'More requests came of this token or account than a minute may have.',
  address: 'More requests came from this address without a good token than a minute may have.',
  strangers: 'More requests came without a good token than a minute may have.',
};
