/** Decimal numbers as they are written, exact: no double in between. */

/** `units` times ten to the power of minus `places`. */
export interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

const pattern = /^\s*([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i;

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
  const text = withPoint(String(units < 0n ? -units : units), places);
  return units < 0n ? `-${text}` : text;
}

/** Digits without a sign, the last `places` of them after the point: `1234`, 2 is `12.34`. */
export function withPoint(digits: string, places: number): string {
  if (places === 0) return digits;
  const padded = digits.length > places ? digits : digits.padStart(places + 1, '0');
  const cut = padded.length - places;
  return `${padded.slice(0, cut)}.${padded.slice(cut)}`;
}

/** With so many places; halves are rounded away from zero, as SQL Server does. */
export function rounded({ units, places }: Decimal, to: number): Decimal {
  if (to >= places) return { units: units * 10n ** BigInt(to - places), places: to };
  const unit = 10n ** BigInt(places - to);
  const half = units < 0n ? -unit / 2n : unit / 2n;
  return { units: (units + half) / unit, places: to };
}

/** Below 0: `one` is less; above 0: more; 0: they are equal, whatever their places. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const places = Math.max(one.places, other.places);
  const difference = rounded(one, places).units - rounded(other, places).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Their sum, with as many places as either has. */
export function plus(one: Decimal, other: Decimal): Decimal {
  const places = Math.max(one.places, other.places);
  return { units: rounded(one, places).units + rounded(other, places).units, places };
}
