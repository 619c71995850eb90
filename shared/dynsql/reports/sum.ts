/** Sums of decimal numbers, exact: cents do not get lost in a million rows. */

/** `units` times ten to the power of minus `places`. */
interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

const pattern = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

/** The decimal that a JSON number, or text of one, stands for; undefined: it is no number. */
export function readDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const [, sign = '', whole, fraction = '', exponent = '0'] = pattern.exec(String(value)) ?? [];
  if (whole === undefined) return undefined;
  const places = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`) * 10n ** BigInt(Math.max(0, -places));
  return { units: sign === '-' ? -digits : digits, places: Math.max(0, places) };
}

/** `-1234.50` */
export function decimalText({ units, places }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return units < 0n ? `-${text}` : text;
}

/** A running sum; what is no number counts as nothing. */
export class Sum {
  #units = 0n;
  #places = 0;

  add(value: unknown): void {
    const decimal = readDecimal(value);
    if (decimal === undefined) return;
    const places = Math.max(this.#places, decimal.places);
    this.#units =
      this.#units * 10n ** BigInt(places - this.#places) +
      decimal.units * 10n ** BigInt(places - decimal.places);
    this.#places = places;
  }

  /** As a plain decimal number: `1234.50`. */
  toString(): string {
    return decimalText({ units: this.#units, places: this.#places });
  }
}
