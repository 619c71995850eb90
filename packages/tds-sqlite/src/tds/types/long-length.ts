/**
 * How character and binary values are sized on the wire: two bytes of length, or for `(max)` as
 * PLP: eight bytes of total length, chunks with four bytes of length each, an empty chunk.
 */

import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** A declared length in characters or bytes. */
export type Length = number | 'max';

/** Length of a `(max)` type in TYPE_INFO; as a value's length it is NULL. */
export const unlimited = 0xffff;
const plpNull = 0xffffffffffffffffn;
const plpUnknownLength = 0xfffffffffffffffen;

export function writeNull(writer: ByteWriter, length: Length): void {
  if (length === 'max') {
    writer.uint64(plpNull);
  } else {
    writer.uint16(unlimited);
  }
}

/** Sizes a value of `size` bytes and answers where in the writer's buffer they belong. */
export function reserveValue(writer: ByteWriter, length: Length, size: number): number {
  if (length !== 'max') {
    writer.uint16(size);
    return writer.reserve(size);
  }
  writer.uint64(BigInt(size));
  if (size === 0) {
    writer.uint32(0);
    return writer.length;
  }
  writer.uint32(size);
  const start = writer.reserve(size);
  writer.uint32(0);
  return start;
}

/** A value's bytes; a view where it came in one piece. */
export function readValue(reader: ByteReader, length: Length): Buffer | null {
  if (length !== 'max') {
    const size = reader.uint16();
    return size === unlimited ? null : reader.bytes(size);
  }
  const total = reader.uint64();
  if (total === plpNull) {
    return null;
  }
  const chunks: Buffer[] = [];
  for (let size = reader.uint32(); size !== 0; size = reader.uint32()) {
    chunks.push(reader.bytes(size));
  }
  const [first = Buffer.alloc(0), ...others] = chunks;
  const bytes = others.length === 0 ? first : Buffer.concat(chunks);
  if (total !== plpUnknownLength && total !== BigInt(bytes.length)) {
    throw new ProtocolError(`a value of ${total} bytes has ${bytes.length}`);
  }
  return bytes;
}
