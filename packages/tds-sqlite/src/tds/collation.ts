import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * The one collation of this server: Latin1_General_100_CI_AS_SC_UTF8. Being UTF-8 it lets varchar
 * hold any language at once; a Cyrillic_* collation would lose Czech and the other way round.
 * Five bytes as in MS-TDS 2.2.5.1.2: LCID 0x00409 (20 bits), then the flags fIgnoreCase,
 * fIgnoreKana, fIgnoreWidth and fUTF8 (8 bits), version 2 (that is `_100_`, 4 bits), sort id 0.
 */
export const collation = Uint8Array.of(0x09, 0x04, 0xd0, 0x24, 0x00);

export function writeCollation(writer: ByteWriter): void {
  writer.bytes(collation);
}

/** A client sends back the collation it was told, so there is nothing to learn from it. */
export function skipCollation(reader: ByteReader): void {
  reader.bytes(collation.length);
}
