/** Bytes of a file as text, where they are text: what is not UTF-8 would be shown, and written, as `�`. */

import { isUtf8 } from 'node:buffer';

export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/**
 * @param from names where they came from, for the fault
 * @returns the text as it is; a byte order mark stays
 * @throws NotUtf8Error with line, column and offset of the first byte that is none of UTF-8
 */
export function utf8Text(bytes: Uint8Array, from?: string): string {
  if (isUtf8(bytes)) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  throw new NotUtf8Error(from === undefined ? faultIn(bytes) : `${from}: ${faultIn(bytes)}`);
}

function faultIn(bytes: Uint8Array): string {
  const use = 'save the file as UTF-8';
  const mark = bytes.length < 2 ? 0 : ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) return `line 1, column 1: this is UTF-16; ${use}`;
  const before = soundPart(bytes);
  const lines = before.split(/\r\n?|\n/);
  // Columns are counted without the mark, as editors do.
  const column = (lines.at(-1) ?? '').replace(/^\uFEFF/, '').length + 1;
  const offset = Buffer.byteLength(before);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
  return `line ${lines.length}, column ${column}: byte 0x${byte} at offset ${offset} is not UTF-8; ${use}`;
}

/** What stands before the first letter that is none, found by halves: a decoder says no place. */
function soundPart(bytes: Uint8Array): string {
  let [sound, wrong] = [0, bytes.length + 1];
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1;
    if (decoded(bytes, middle) === undefined) wrong = middle;
    else sound = middle;
  }
  return decoded(bytes, sound) ?? '';
}

/** The whole letters of the beginning; undefined where one of them is none. */
function decoded(bytes: Uint8Array, length: number): string | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes.subarray(0, length), { stream: true });
  } catch {
    return undefined;
  }
}
