/**
 * Whether bytes are JSON, and within bounds, before anything becomes an object: one pass in
 * constant memory (RFC 8259). A parser would first make of four megabytes of `[` a gigabyte.
 */

export interface JsonBounds {
  /** Lists and objects within one another, at most 64. */
  depth: number;
  /** Lists, objects, texts, numbers and literals in all; keys are none. */
  values: number;
  /** A key that its object has already is a fault: readers differ in which of the two counts. */
  uniqueKeys?: boolean;
}

/** As deep as anybody's JSON is allowed to be here. */
export const depthLimit = 64;

export interface JsonFault {
  kind: 'syntax' | 'depth' | 'values' | 'key';
  /**
   * Byte at which it is seen: the first of the token that has no place, of the value too much, or of
   * the key that comes twice.
   */
  at: number;
}

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const longNumber = 16;
const byteOrderMark = [0xef, 0xbb, 0xbf];
const literals = ['true', 'false', 'null'].map((text) => Buffer.from(text));

/** What may come next. */
const states = { value: 0, firstValue: 1, key: 2, firstKey: 3, colon: 4, more: 5 } as const;

/**
 * Undefined: JSON in UTF-8, whose letters are not looked at, within `bounds`.
 *
 * @param long gets start and end of each number of 16 bytes or more, or with an exponent, in their
 *   order: any other is a double's own, digit for digit
 */
export function jsonFault(
  bytes: Uint8Array,
  bounds: JsonBounds,
  long?: number[],
): JsonFault | undefined {
  const isObject = new Uint8Array(Math.min(bounds.depth, depthLimit));
  let at = byteOrderMark.every((byte, index) => bytes[index] === byte) ? byteOrderMark.length : 0;
  let depth = 0;
  let values = 0;
  let state: number = states.value;
  const keys: Set<string>[] = [];
  for (;;) {
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1;
      byte = bytes[at];
    }
    if (byte === undefined) {
      return state === states.more && depth === 0 ? undefined : { kind: 'syntax', at };
    }
    if (state === states.more) {
      if (depth > 0 && byte === 0x2c) {
        state = isObject[depth - 1] === 1 ? states.key : states.value;
      } else if (depth > 0 && byte === closing(isObject[depth - 1])) {
        depth -= 1;
      } else return { kind: 'syntax', at };
      at += 1;
    } else if (state === states.colon) {
      if (byte !== 0x3a) return { kind: 'syntax', at };
      state = states.value;
      at += 1;
    } else if (state === states.key || state === states.firstKey) {
      if (byte === 0x7d && state === states.firstKey) {
        depth -= 1;
        state = states.more;
        at += 1;
        continue;
      }
      const end = byte === quote ? endOfText(bytes, at) : -1;
      if (end < 0) return { kind: 'syntax', at };
      if (bounds.uniqueKeys === true) {
        if (state === states.firstKey) keys[depth] = new Set();
        const key = keyIn(bytes, at, end);
        if (keys[depth]?.has(key)) return { kind: 'key', at };
        keys[depth]?.add(key);
      }
      at = end;
      state = states.colon;
    } else if (byte === 0x5d && state === states.firstValue) {
      depth -= 1;
      state = states.more;
      at += 1;
    } else {
      values += 1;
      if (values > bounds.values) return { kind: 'values', at };
      if (byte === 0x5b || byte === 0x7b) {
        if (depth === isObject.length) return { kind: 'depth', at };
        isObject[depth] = byte === 0x7b ? 1 : 0;
        depth += 1;
        state = byte === 0x7b ? states.firstKey : states.firstValue;
        at += 1;
        continue;
      }
      const end = byte === quote ? endOfText(bytes, at) : endOfScalar(bytes, at);
      if (end < 0) return { kind: 'syntax', at };
      if (byte !== quote && mayBeLost(bytes, at, end)) long?.push(at, end);
      at = end;
      state = states.more;
    }
  }
}

/** `line 3, column 7`, in characters. */
export function placeIn(bytes: Uint8Array, at: number): string {
  let lines = 1;
  let lineStart = 0;
  for (let index = 0; index < at; index += 1) {
    if (bytes[index] !== 0x0a) continue;
    lines += 1;
    lineStart = index + 1;
  }
  const before = new TextDecoder().decode(bytes.subarray(lineStart, at));
  return `line ${lines}, column ${before.length + 1}`;
}

/** A key's bytes as letters, escapes resolved: the same for the same key. */
function keyIn(bytes: Uint8Array, start: number, end: number): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  if (!raw.includes(backslash)) return raw.toString('latin1', 1, raw.length - 1);
  const key = String(JSON.parse(raw.toString()));
  // Half a pair has no bytes of its own: it is told apart by how it is written.
  return (key.isWellFormed() ? Buffer.from(key) : raw).toString('latin1');
}

function closing(isObject: number | undefined): number {
  return isObject === 1 ? 0x7d : 0x5d;
}

/** Behind the closing quote of the text that begins at `start`; -1: it is none. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === undefined || byte < 0x20) return -1;
    if (byte === backslash) {
      const escaped = bytes[at + 1] ?? 0;
      if (escaped === 0x75) {
        for (let digit = 2; digit < 6; digit += 1) {
          if (!isHexadecimal(bytes[at + digit] ?? 0)) return -1;
        }
        at += 4;
      } else if (!isEscape(escaped)) return -1;
      at += 1;
    }
    at += 1;
  }
}

/** The same of a number, `true`, `false` or `null`. */
function endOfScalar(bytes: Uint8Array, start: number): number {
  for (const literal of literals) {
    if (bytes[start] !== literal[0]) continue;
    const isThere = literal.every((byte, index) => bytes[start + index] === byte);
    return isThere ? start + literal.length : -1;
  }
  let at = bytes[start] === minus ? start + 1 : start;
  const end = bytes[at] === 0x30 ? at + 1 : endOfDigits(bytes, at);
  if (end < 0) return -1;
  at = end;
  if (bytes[at] === 0x2e) {
    at = endOfDigits(bytes, at + 1);
    if (at < 0) return -1;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const sign = bytes[at + 1];
    at = endOfDigits(bytes, sign === 0x2b || sign === minus ? at + 2 : at + 1);
  }
  return at;
}

/** -1: there is none. */
function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at] ?? 0)) at += 1;
  return at === start ? -1 : at;
}

function mayBeLost(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= longNumber) return true;
  // Literals have letters, too.
  if (!isDigit(bytes[end - 1] ?? 0)) return false;
  for (let at = start + 1; at < end; at += 1) {
    if (((bytes[at] ?? 0) | 0x20) === 0x65) return true;
  }
  return false;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexadecimal(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** `"`, `\`, `/`, `b`, `f`, `n`, `r` or `t`. */
function isEscape(byte: number): boolean {
  return (
    byte === quote ||
    byte === backslash ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}
