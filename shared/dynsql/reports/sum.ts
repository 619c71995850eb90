/** Sums of decimal numbers, exact: cents do not get lost in a million rows. */

import { decimalText, readDecimal, rounded } from '../../json/decimal.ts';

/** A running sum; what is no number counts as nothing. */
export class Sum {
  #units = 0n;
  #places = 0;

  add(value: unknown): void {
    const decimal = readDecimal(value);
    if (decimal === undefined) return;
    const places = Math.max(this.#places, decimal.places);
    const own = rounded({ units: this.#units, places: this.#places }, places);
    this.#units = own.units + rounded(decimal, places).units;
    this.#places = places;
  }

  /** As a plain decimal number: `1234.50`. */
  toString(): string {
    return decimalText({ units: this.#units, places: this.#places });
  }
}
