import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqlValue } from '../procedure.ts';
import type { Column } from './backend.ts';
import { ByteReader, ProtocolError } from './byte-reader.ts';
import { doneToken, rowToken } from './tokens.ts';
import type { Codec } from './types/codec.ts';
import { readType } from './types/type-info.ts';

const columnMetadata = 0x81;
const rowsPerTurn = 1000;
/** In rows these carry a text pointer, and in COLMETADATA the name of their table. */
const pointed = new Set(['text', 'ntext', 'image']);

/** The body of a bulk load: COLMETADATA, ROW…, DONE. Rows are read as they are asked for. */
export function readBulkLoad(body: Buffer): {
  columns: Column[];
  rows: AsyncIterable<readonly SqlValue[]>;
} {
  const reader = new ByteReader(body);
  if (reader.uint8() !== columnMetadata) {
    throw new ProtocolError('a bulk load that does not begin with COLMETADATA');
  }
  const columns: Column[] = [];
  const codecs: Codec[] = [];
  for (let left = reader.uint16(); left > 0; left--) {
    reader.uint32(); // user type
    const nullable = (reader.uint16() & 0x01) !== 0;
    const codec = readType(reader);
    if (pointed.has(codec.declared)) {
      reader.longText(); // table
    }
    codecs.push(codec);
    columns.push({ name: reader.shortText(), type: codec.declared, nullable });
  }
  return { columns, rows: readRows(reader, codecs) };
}

async function* readRows(
  reader: ByteReader,
  codecs: readonly Codec[],
): AsyncGenerator<readonly SqlValue[]> {
  for (let count = 1; ; count++) {
    const token = reader.uint8();
    if (token === doneToken.done) {
      return;
    }
    if (token !== rowToken) {
      throw new ProtocolError(`token 0x${token.toString(16)} in a bulk load`);
    }
    yield codecs.map((codec) => readValue(reader, codec));
    if (count % rowsPerTurn === 0) {
      // A cancel is read between two turns of the event loop only.
      await nextTurn();
    }
  }
}

function readValue(reader: ByteReader, codec: Codec): SqlValue {
  if (pointed.has(codec.declared)) {
    const pointer = reader.uint8();
    if (pointer === 0) {
      return null;
    }
    reader.bytes(pointer + 8); // text pointer and time stamp
  }
  return codec.read(reader);
}
