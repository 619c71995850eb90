import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import { type Codec, outOfRange } from './codec.ts';
import { type Length, readValue, reserveValue, unlimited, writeNull } from './long-length.ts';
import { typeId } from './type-id.ts';

/** binary is padded with zeros. Values read are copies. */
export function binaryCodec(name: 'varbinary' | 'binary', length: Length): Codec {
  const declared = `${name}(${length})`;
  const limit = length === 'max' ? Number.MAX_SAFE_INTEGER : length;
  return {
    declared,
    writeType(writer) {
      writer.uint8(name === 'binary' ? typeId.bigBinary : typeId.bigVarBinary);
      writer.uint16(length === 'max' ? unlimited : length);
    },
    write(writer, value) {
      if (value === null) {
        writeNull(writer, length);
        return;
      }
      if (!(value instanceof Uint8Array) || value.length > limit) {
        throw outOfRange(declared, value, `at most ${length} bytes`);
      }
      const size = name === 'binary' ? limit : value.length;
      const start = reserveValue(writer, length, size);
      writer.buffer.set(value, start);
      if (value.length < size) {
        writer.buffer.fill(0, start + value.length, start + size);
      }
    },
    read(reader) {
      const bytes = readValue(reader, length);
      return bytes && new Uint8Array(bytes);
    },
  };
}

/** `image`, which clients may still send; it is sent back as varbinary(max). */
export const imageCodec: Codec = {
  ...binaryCodec('varbinary', 'max'),
  declared: 'image',
  read(reader) {
    const size = reader.int32();
    if (size < -1) {
      throw new ProtocolError(`a length of ${size}`);
    }
    return size === -1 ? null : new Uint8Array(reader.bytes(size));
  },
};

/** TYPE_INFO after the type's id. */
export function readBinaryType(reader: ByteReader, name: 'varbinary' | 'binary'): Codec {
  const size = reader.uint16();
  if (size === unlimited && name === 'varbinary') {
    return binaryCodec(name, 'max');
  }
  if (size > 8000) {
    throw new ProtocolError(`a ${name} of length ${size}, above 8000`);
  }
  return binaryCodec(name, Math.max(1, size));
}
