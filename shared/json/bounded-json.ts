/** JSON out of bytes that somebody else has made. */

import { type JsonBounds, jsonFault, placeIn } from './bounds.ts';
import { parseScanned } from './exact-json.ts';

/** Holds nothing of the text, which may be a secret. */
export class JsonError extends Error {
  readonly kind: 'utf-8' | 'syntax' | 'depth' | 'values' | 'key';
  /** `line 3, column 7`; of a text that is no UTF-8 it is not known. */
  readonly place: string | undefined;

  constructor(kind: JsonError['kind'], message: string, place?: string) {
    super(message);
    this.name = 'JsonError';
    this.kind = kind;
    this.place = place;
  }
}

/**
 * The value, made only when the whole is JSON within `bounds`; a number that a double cannot hold
 * comes as its text.
 *
 * @throws JsonError
 */
export function parseBounded(
  bytes: Uint8Array,
  bounds: JsonBounds,
): { text: string; value: unknown } {
  const text = decode(bytes);
  const long: number[] = [];
  const fault = jsonFault(bytes, bounds, long);
  if (fault === undefined) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { text, value: parseScanned(text, buffer, long) };
  }
  const place = placeIn(bytes, fault.at);
  throw new JsonError(fault.kind, messages(bounds)[fault.kind], place);
}

function messages({ depth, values }: JsonBounds) {
  return {
    syntax: 'not valid JSON',
    depth: `more than ${depth} lists and objects deep`,
    values: `more than ${values} values`,
    key: 'a key twice in one object',
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JsonError('utf-8', 'not UTF-8');
  }
}
