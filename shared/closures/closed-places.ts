/** What a closure closes: locks belong to addresses, and so does what is closed. */

import type { Closure } from './closures.ts';

/** What somebody wants to use. */
export interface Use {
  /** Names of locks: ids of servers, and addresses. */
  locks: Iterable<string>;
  /** Data sources of FlexiBee companies. */
  companies?: Iterable<string>;
}

export class ClosedPlaces {
  readonly #locks: ReadonlyMap<string, ReadonlySet<string>>;

  /** @param locks of each server: its id, and the addresses of what the catalogue has there */
  constructor(locks: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#locks = locks;
  }

  /**
   * The closure that keeps somebody from it, of several the one that lasts longest: at its end it is
   * worth another try.
   *
   * @param closures that hold now
   */
  closureOf({ locks, companies = [] }: Use, closures: readonly Closure[]): Closure | undefined {
    const names = new Set(locks);
    const codes = new Set(companies);
    return closures
      .filter(({ server, company, everything }) => {
        if (everything) return true;
        if (company !== undefined) return codes.has(company);
        return server !== undefined && [...this.#locksOf(server)].some((name) => names.has(name));
      })
      .reduce<Closure | undefined>(
        (longest, one) =>
          longest === undefined || Date.parse(one.until) > Date.parse(longest.until)
            ? one
            : longest,
        undefined,
      );
  }

  /** Of a server that the catalogue has no more, its id. */
  #locksOf(server: string): ReadonlySet<string> {
    return this.#locks.get(server) ?? new Set([server]);
  }
}
