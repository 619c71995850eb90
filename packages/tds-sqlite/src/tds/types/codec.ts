import type { SqlValue } from '../../procedure.ts';
import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** One T-SQL type on the wire, both ways. */
export interface Codec {
  /** As it would be declared, in full: `decimal(12, 2)`, `nvarchar(max)`. */
  readonly declared: string;
  /** TYPE_INFO: what stands in COLMETADATA and before a parameter's value. */
  writeType(writer: ByteWriter): void;
  /** Throws a ValueError for a value that the type cannot hold. */
  write(writer: ByteWriter, value: SqlValue): void;
  /** Throws a ProtocolError for bytes that are no value of the type. */
  read(reader: ByteReader): SqlValue;
  /** A value of the type's NOT NULL form, which has no length before it; absent: no such form. */
  readFixed?(reader: ByteReader): SqlValue;
}

/** A value that its declared type cannot hold. */
export class ValueError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'ValueError';
  }
}

/** `says` is what a value should have been: `a whole number from 0 to 255`. */
export function outOfRange(declared: string, value: SqlValue, says: string): ValueError {
  return new ValueError(`${describe(value)} is no ${declared}: it must be ${says}`);
}

function describe(value: SqlValue): string {
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`;
  }
  const text = String(value);
  const cut = text.length > 40 ? `${text.slice(0, 40)}… (${text.length} characters)` : text;
  return typeof value === 'string' ? `'${cut}'` : cut;
}

/** A codec for a type whose values carry one byte of length, 0 being NULL. */
export function shortLengthCodec(codec: {
  declared: string;
  writeType(writer: ByteWriter): void;
  size: number;
  /** The bytes after the length. */
  writeValue(writer: ByteWriter, value: Exclude<SqlValue, null>): void;
  readValue(reader: ByteReader, size: number): SqlValue;
}): Codec {
  const { declared, writeType, size, writeValue, readValue } = codec;
  return {
    declared,
    writeType,
    write(writer, value) {
      if (value === null) {
        writer.uint8(0);
      } else {
        writer.uint8(size);
        writeValue(writer, value);
      }
    },
    read(reader) {
      const length = reader.uint8();
      if (length === 0) {
        return null;
      }
      if (length !== size) {
        throw new ProtocolError(`a value of type ${declared} has ${size} bytes, not ${length}`);
      }
      return readValue(reader, length);
    },
    readFixed: (reader) => readValue(reader, size),
  };
}
