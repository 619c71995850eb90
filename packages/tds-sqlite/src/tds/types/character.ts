import type { SqlValue } from '../../procedure.ts';
import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { skipCollation, writeCollation } from '../collation.ts';
import { type Codec, outOfRange } from './codec.ts';
import { type Length, readValue, reserveValue, unlimited, writeNull } from './long-length.ts';
import { typeId } from './type-id.ts';

const kinds = {
  varchar: { id: typeId.bigVarChar, unit: 1, fixed: false },
  char: { id: typeId.bigChar, unit: 1, fixed: true },
  nvarchar: { id: typeId.nVarChar, unit: 2, fixed: false },
  nchar: { id: typeId.nChar, unit: 2, fixed: true },
} as const;

export type CharacterType = keyof typeof kinds;

/**
 * Length counts UTF-16 code units for nvarchar and nchar, and bytes of UTF-8 for varchar and
 * char (the collation is UTF-8). char and nchar are padded with spaces.
 */
export function characterCodec(name: CharacterType, length: Length): Codec {
  const { id, unit, fixed } = kinds[name];
  const declared = `${name}(${length})`;
  const limit = length === 'max' ? Number.MAX_SAFE_INTEGER : length * unit;
  const encoding = unit === 2 ? 'utf16le' : 'utf8';
  return {
    declared,
    writeType(writer) {
      writer.uint8(id);
      writer.uint16(length === 'max' ? unlimited : limit);
      writeCollation(writer);
    },
    write(writer, value) {
      if (value === null) {
        writeNull(writer, length);
        return;
      }
      const text = textOf(declared, value);
      const size = unit === 2 ? text.length * 2 : Buffer.byteLength(text);
      if (size > limit) {
        const counted = unit === 2 ? 'characters' : 'bytes of UTF-8';
        throw outOfRange(declared, value, `at most ${length} ${counted}`);
      }
      if (fixed && size < limit) {
        writePadded(writer, length, limit, text, encoding);
        return;
      }
      const start = reserveValue(writer, length, size);
      writer.buffer.write(text, start, encoding);
    },
    read(reader) {
      return decode(readValue(reader, length), encoding);
    },
  };
}

function textOf(declared: string, value: Exclude<SqlValue, null>): string {
  if (value instanceof Uint8Array) {
    throw outOfRange(declared, value, 'text');
  }
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function writePadded(
  writer: ByteWriter,
  length: Length,
  limit: number,
  text: string,
  encoding: 'utf16le' | 'utf8',
): void {
  const start = reserveValue(writer, length, limit);
  writer.buffer.fill(Buffer.from(' ', encoding), start, start + limit);
  writer.buffer.write(text, start, encoding);
}

function decode(bytes: Buffer | null, encoding: 'utf16le' | 'utf8'): string | null {
  if (bytes && encoding === 'utf16le' && bytes.length % 2 !== 0) {
    throw new ProtocolError(`UTF-16 text of ${bytes.length} bytes, which is odd`);
  }
  return bytes?.toString(encoding) ?? null;
}

/** xml without a schema: as nvarchar(max), but for its type. */
export const xmlCodec: Codec = {
  ...characterCodec('nvarchar', 'max'),
  declared: 'xml',
  writeType(writer) {
    writer.uint8(typeId.xml);
    writer.uint8(0);
  },
};

/** `text` and `ntext`, which clients may still send; they are sent back as `(max)` types. */
export function longTextCodec(name: 'text' | 'ntext'): Codec {
  const encoding = name === 'ntext' ? 'utf16le' : 'utf8';
  return {
    ...characterCodec(name === 'ntext' ? 'nvarchar' : 'varchar', 'max'),
    declared: name,
    read(reader) {
      const size = reader.int32();
      return size === -1 ? null : decode(reader.bytes(positive(size)), encoding);
    },
  };
}

function positive(size: number): number {
  if (size < 0) {
    throw new ProtocolError(`a length of ${size}`);
  }
  return size;
}

/** TYPE_INFO after the type's id. */
export function readCharacterType(reader: ByteReader, name: CharacterType): Codec {
  const size = reader.uint16();
  skipCollation(reader);
  if (size === unlimited && !kinds[name].fixed) {
    return characterCodec(name, 'max');
  }
  // An empty text may come as one of length 0, which cannot be declared.
  return characterCodec(name, checkedLength(name, Math.ceil(size / kinds[name].unit)));
}

function checkedLength(name: CharacterType, length: number): number {
  const limit = 8000 / kinds[name].unit;
  if (length > limit) {
    throw new ProtocolError(`a ${name} of length ${length}, above ${limit}`);
  }
  return Math.max(1, length);
}
