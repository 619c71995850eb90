/** JSON whose numbers keep their digits. */

import { depthLimit, jsonFault } from './bounds.ts';

const mayBeLong = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;
/** Bytes: a longer one may be beyond the greatest double, or below the least. */
const longestHeld = 300;
const quote = 0x22;

/**
 * `JSON.parse`, but a number that a double cannot hold comes as its text: `12345678901234.1234`
 * has one digit more than `JSON.parse` leaves of it.
 *
 * @throws SyntaxError also for more than 64 lists and objects within one another
 */
export function parseExact(text: string): unknown {
  if (!mayBeLong.test(text)) return JSON.parse(text);
  const bytes = Buffer.from(text);
  const long: number[] = [];
  const fault = jsonFault(bytes, { depth: depthLimit, values: Number.POSITIVE_INFINITY }, long);
  if (fault?.kind === 'depth') throw new SyntaxError(`More than ${depthLimit} deep`);
  return fault === undefined ? parseScanned(text, bytes, long) : JSON.parse(text);
}

/**
 * The same of JSON that `jsonFault` has looked through.
 *
 * @param bytes the text in UTF-8
 * @param long what `jsonFault` has found in them
 */
export function parseScanned(text: string, bytes: Buffer, long: readonly number[]): unknown {
  // Of letters that are a byte each, places are the same, and a piece of a text is cheaper to make.
  const read: Read =
    text.length === bytes.length
      ? (start, end) => text.slice(start, end)
      : (start, end) => bytes.toString('latin1', start, end);
  const lost: number[] = [];
  for (let index = 0; index < long.length; index += 2) {
    const [start = 0, end = 0] = [long[index], long[index + 1]];
    if (!isHeld(bytes, start, end, read)) lost.push(start, end);
  }
  return JSON.parse(lost.length === 0 ? text : quoted(bytes, lost));
}

/** The text between two places in the bytes. */
type Read = (start: number, end: number) => string;

/** With quotes at each of the places; a reviver would cost ten times the parsing. */
function quoted(bytes: Buffer, places: readonly number[]): string {
  const target = Buffer.allocUnsafe(bytes.length + places.length);
  let from = 0;
  for (const [count, place] of places.entries()) {
    bytes.copy(target, from + count, from, place);
    target[place + count] = quote;
    from = place;
  }
  bytes.copy(target, from + places.length, from);
  return new TextDecoder().decode(target);
}

/** Whether a double gives back every digit. IEEE 754: 15 always, more than 17 never. */
function isHeld(bytes: Buffer, start: number, end: number, read: Read): boolean {
  if (end - start > longestHeld) return isHeldAsPrinted(read(start, end), end - start);
  let digits = 0;
  let significant = 0;
  /** Where the zeros begin after the last other digit of a fraction; the end where there is none. */
  let shortest = start;
  let hasPoint = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x30 && byte <= 0x39) {
      digits += 1;
      significant = digits;
      shortest = at + 1;
    } else if (byte === 0x30) {
      if (digits > 0) digits += 1;
      if (!hasPoint) shortest = at + 1;
    } else if (byte === 0x2e) hasPoint = true;
    else if ((byte | 0x20) === 0x65) {
      return isHeldAsPrinted(read(start, end), significant);
    }
  }
  if (significant <= 15) return true;
  if (significant > 17) return false;
  const text = read(start, shortest);
  return String(Number(text)) === text;
}

/** With an exponent: digits go missing near the least number, and there is a greatest. */
function isHeldAsPrinted(source: string, significant: number): boolean {
  const value = Number(source);
  if (String(value) === source || significant === 0) return true;
  return significant <= 15 && Math.abs(value) > 2.3e-308 && Number.isFinite(value);
}
