/** JSON whose numbers keep their digits. */

import { compareDecimals, readDecimal } from './decimal.ts';

/** Whatever is shorter is a double's own, digit for digit. */
const mayBeLong = /\d[\d.]{15}/;

/** A standard of its own ("JSON.parse source text access") that the compiler's library lacks. */
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/**
 * `JSON.parse`, but a number that a double cannot hold comes as its text: `12345678901234.1234`
 * has one digit more than `JSON.parse` leaves of it.
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  if (!mayBeLong.test(text)) return JSON.parse(text);
  return (JSON.parse as Parse)(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isHeld(value, source) ? source : value,
  );
}

function isHeld(value: number, source: string): boolean {
  const [one, other] = [readDecimal(value), readDecimal(source)];
  return one !== undefined && other !== undefined && compareDecimals(one, other) === 0;
}
