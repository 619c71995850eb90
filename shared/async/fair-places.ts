/**
 * Places that several share fairly: nobody has more than a part of them, so that one whose places
 * come back late leaves some to the others, and whoever has least gets the next one.
 */

import { unlessAborted } from './abort.ts';

/** Somebody who takes places. */
export interface Holder {
  readonly name: string;
  /** Of two who wait, one of weight 2 gets twice as much; default 1. */
  readonly weight?: number | undefined;
}

/** No place in time. */
export class NoPlaceError extends Error {
  override readonly name = 'NoPlaceError';
  /** Whether the holder has as many as it may; otherwise others have all that there are. */
  readonly isOwn: boolean;

  constructor(isOwn: boolean, { most, places }: { most: number; places: number }) {
    super(
      isOwn
        ? `It has as many queries under way as it may (${most} of ${places})`
        : `All ${places} places are taken`,
    );
    this.isOwn = isOwn;
  }
}

export interface HolderUse {
  name: string;
  used: number;
  waiting: number;
}

export interface PlacesUse {
  places: number;
  used: number;
  waiting: number;
  /** Milliseconds since somebody was last sent away because all places were taken. */
  refusedMs: number | undefined;
  /** Those who have or wait for some, the most first. */
  holders: HolderUse[];
}

interface Waiting {
  since: number;
  /** Hands a place over. */
  give(): void;
}

interface Account {
  readonly name: string;
  weight: number;
  used: number;
  waiting: Set<Waiting>;
  /** Milliseconds of places, given back lately: half of it is forgotten in `halfLifeMs`. */
  lately: number;
  latelyAt: number;
}

const halfLifeMs = 60_000;

/** Holders that are remembered without having or waiting for a place; one has 150 bytes. */
const mostIdle = 1_000;

/** One of the line, with what speaks for it. */
interface Next {
  account: Account;
  first: Waiting;
  share: number;
  had: number;
}

function isBefore(one: Next, other: Next): boolean {
  const byHaving = one.share - other.share || one.had - other.had;
  return (byHaving || one.first.since - other.first.since) < 0;
}

function latelyOf({ lately, latelyAt }: Account, now: number): number {
  return lately === 0 ? 0 : lately * 0.5 ** ((now - latelyAt) / halfLifeMs);
}

export interface PlacesOptions {
  /** The most for one holder; half of them unless told. */
  most?: number;
  /**
   * The most for one who is alone: nobody else has a place, waits for one, or has come for so many
   * milliseconds. As `most` unless told. With fewer than there are, whoever comes next waits for none.
   */
  alone?: { most: number; afterMs: number };
  /** The most of one holder that wait: who waits costs memory. */
  mostWaiting?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

export class FairPlaces {
  readonly places: number;
  /** The most for one holder. */
  readonly most: number;
  readonly #alone: PlacesOptions['alone'];
  readonly #mostWaiting: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();
  /** Those who have or wait for some: a crowd of others is not gone through for each place. */
  readonly #busy = new Set<Account>();
  #used = 0;
  #waiting = 0;
  #refusedAt: number | undefined;
  /** Who came last, and who came last of all others. */
  #lastComers: { name: string; at: number }[] = [];

  constructor(
    places: number,
    {
      most = Math.max(1, Math.floor(places / 2)),
      alone,
      mostWaiting = 100,
      now = () => performance.now(),
    }: PlacesOptions = {},
  ) {
    this.places = places;
    this.most = most;
    this.#alone = alone;
    this.#mostWaiting = mostWaiting;
    this.#now = now;
  }

  /** A place that may be had at once, as `take`; undefined where there is none. */
  takeNow(holder: Holder): (() => void) | undefined {
    const account = this.#account(holder);
    this.#hasCome(account);
    const isFree = account.waiting.size === 0 && this.#mayHave(account);
    return isFree ? this.#give(account) : undefined;
  }

  /**
   * Waits for a place, `waitMs` at most; `Infinity`: as long as `signal` says.
   *
   * @returns gives the place back; a second call does nothing
   * @throws NoPlaceError, or the reason of `signal`
   */
  async take(holder: Holder, waitMs: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const now = this.takeNow(holder);
    if (now !== undefined) return now;
    const account = this.#account(holder);
    if (account.waiting.size >= this.#mostWaiting) throw new NoPlaceError(true, this);
    const handed = Promise.withResolvers<() => void>();
    const waiting = {
      since: this.#now(),
      give: () => handed.resolve(this.#give(account)),
    };
    account.waiting.add(waiting);
    this.#busy.add(account);
    this.#waiting += 1;
    const leave = () => {
      this.#leaveLine(account, waiting);
      handed.reject(this.#refusal(account));
    };
    const timer = Number.isFinite(waitMs) ? setTimeout(leave, waitMs) : undefined;
    try {
      return await unlessAborted(handed.promise, signal);
    } catch (error) {
      // It may have been handed over in the very moment in which nobody wanted it any more.
      handed.promise.then(
        (giveBack) => giveBack(),
        () => {},
      );
      handed.reject(error);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#leaveLine(account, waiting);
    }
  }

  /** It has what it waited for, or wants it no more. */
  #leaveLine(account: Account, one: Waiting): void {
    if (!account.waiting.delete(one)) return;
    this.#waiting -= 1;
    this.#rest(account);
  }

  #rest(account: Account): void {
    if (account.used + account.waiting.size === 0) this.#busy.delete(account);
  }

  get use(): PlacesUse {
    const holders = [...this.#busy].map(({ name, used, waiting }) => {
      return { name, used, waiting: waiting.size };
    });
    const refusedAt = this.#refusedAt;
    return {
      places: this.places,
      used: this.#used,
      waiting: this.#waiting,
      refusedMs: refusedAt === undefined ? undefined : this.#now() - refusedAt,
      holders: holders.toSorted((a, b) => b.used - a.used || b.waiting - a.waiting),
    };
  }

  #account({ name, weight = 1 }: Holder): Account {
    const known = this.#accounts.get(name);
    const idle = this.#accounts.size - this.#busy.size;
    if (known === undefined && idle >= mostIdle) this.#forgetIdle();
    const account = known ?? {
      ...{ name, weight, used: 0, waiting: new Set(), lately: 0, latelyAt: this.#now() },
    };
    account.weight = weight;
    this.#accounts.set(name, account);
    return account;
  }

  /** What they have had lately counts among few, not among so many. */
  #forgetIdle(): void {
    for (const [name, account] of this.#accounts) {
      if (!this.#busy.has(account)) this.#accounts.delete(name);
    }
  }

  #mayHave(account: Account): boolean {
    return this.#used < this.places && account.used < this.#mostOf(account);
  }

  #mostOf(account: Account): number {
    const { most, afterMs } = this.#alone ?? { most: this.most, afterMs: 0 };
    const others = this.#used + this.#waiting - account.used - account.waiting.size;
    const other = this.#lastComers.find(({ name }) => name !== account.name);
    const isAlone = others === 0 && (other === undefined || this.#now() - other.at >= afterMs);
    return isAlone ? most : this.most;
  }

  #hasCome({ name }: Account): void {
    const others = this.#lastComers.filter((one) => one.name !== name);
    this.#lastComers = [{ name, at: this.#now() }, ...others.slice(0, 1)];
  }

  #give(account: Account): () => void {
    const since = this.#now();
    account.used += 1;
    this.#used += 1;
    this.#busy.add(account);
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      const now = this.#now();
      account.lately = latelyOf(account, now) + now - since;
      account.latelyAt = now;
      account.used -= 1;
      this.#used -= 1;
      this.#rest(account);
      this.#next();
    };
  }

  /** Hands over what there is. */
  #next(): void {
    while (this.#waiting > 0) {
      const next = this.#nextInLine();
      if (next === undefined) return;
      this.#leaveLine(next.account, next.first);
      next.first.give();
    }
  }

  /** Who has fewest for its weight; of those who has had least lately, then who came first. */
  #nextInLine(): Next | undefined {
    const now = this.#now();
    let next: Next | undefined;
    for (const account of this.#busy) {
      const [first] = account.waiting;
      if (first === undefined || !this.#mayHave(account)) continue;
      const { used, weight } = account;
      const one = { account, first, share: used / weight, had: latelyOf(account, now) / weight };
      if (next === undefined || isBefore(one, next)) next = one;
    }
    return next;
  }

  #refusal(account: Account): NoPlaceError {
    const isOwn = account.used >= this.#mostOf(account);
    if (!isOwn) this.#refusedAt = this.#now();
    return new NoPlaceError(isOwn, this);
  }
}
