/** Places of queries, by what they are asked of: several connections may share a server. */

import { FairPlaces } from '../../async/fair-places.ts';

export class SharedPlaces {
  readonly #all = new Map<string, FairPlaces>();

  /** @param key what is shared; @param places how many queries may be under way there */
  of({ key, places }: { key: string; places: number }): FairPlaces {
    const known = this.#all.get(key) ?? new FairPlaces(places);
    this.#all.set(key, known);
    return known;
  }
}
