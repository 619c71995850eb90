/** The place of one call among those that work at once. */

import type { Deadline } from '../async/deadline.ts';
import type { FairPlaces, Holder } from '../async/fair-places.ts';
import { clientGone } from './outgoing.ts';
import { tooBusy } from './too-busy.ts';

/** Many clients give up after 30 s: they are told before, and when to come again. */
const waitMs = 25_000;

/** What takes longer, in milliseconds, and is no work of ours keeps no other call from beginning. */
export const patienceMs = 100;

export class CallPlace {
  readonly #invocationId: string;
  readonly #deadline: Deadline | undefined;
  #from: { places: FairPlaces; holder: Holder } | undefined;
  #giveBack: (() => void) | undefined;
  #hasEnded = false;

  /**
   * Of a call that takes none yet, and perhaps never.
   *
   * @param deadline of the call; it does not run while the call is in line
   */
  constructor(invocationId: string, deadline?: Deadline) {
    this.#invocationId = invocationId;
    this.#deadline = deadline;
  }

  /**
   * Waits for a place, for 25 s at most; one who has been given a place keeps it.
   *
   * @throws HttpProblem 503, also where the client has gone meanwhile
   */
  take(places: FairPlaces, holder: Holder): Promise<void> | undefined {
    if (this.#from !== undefined) return undefined;
    this.#from = { places, holder };
    return this.#again();
  }

  /**
   * What the call only waits for: its place is another's meanwhile. Not for what changes anything,
   * since it may be refused afterwards.
   *
   * @param afterMs once it has taken so long; at once unless told
   * @throws what `work` throws, then without a place: whoever is refused waits for none; or
   *   HttpProblem 503 where no place is to be had afterwards
   */
  async aside<T>(work: () => Promise<T>, afterMs = 0): Promise<T> {
    const leave = () => this.#release();
    if (afterMs === 0) leave();
    const timer = afterMs === 0 ? undefined : setTimeout(leave, afterMs);
    let result: T;
    try {
      result = await work();
    } finally {
      clearTimeout(timer);
    }
    if (this.#giveBack === undefined) await this.#again();
    return result;
  }

  /** The call has ended, or needs none any more. */
  end(): void {
    this.#hasEnded = true;
    this.#release();
  }

  #release(): void {
    this.#giveBack?.();
    this.#giveBack = undefined;
  }

  #again(): Promise<void> | undefined {
    if (this.#from === undefined || this.#hasEnded) return undefined;
    const { places, holder } = this.#from;
    const now = places.takeNow(holder);
    if (now === undefined) return this.#wait(places, holder);
    this.#keep(now);
    return undefined;
  }

  async #wait(places: FairPlaces, holder: Holder): Promise<void> {
    const gone = clientGone(this.#invocationId);
    const goOn = this.#deadline?.hold();
    let giveBack: () => void;
    try {
      giveBack = await places.take(holder, waitMs, gone);
    } catch (error) {
      throw tooBusy(error);
    } finally {
      goOn?.();
    }
    this.#keep(giveBack);
  }

  /** It may have ended while it waited. */
  #keep(giveBack: () => void): void {
    if (this.#hasEnded) giveBack();
    else this.#giveBack = giveBack;
  }
}
