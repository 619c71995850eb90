import { ProtocolError } from '../byte-reader.ts';
import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

/** `real` is rounded to 24 bits of mantissa, as SQL Server does. */
export function floatCodec(declared: 'real' | 'float'): Codec {
  const size = declared === 'real' ? 4 : 8;
  return shortLengthCodec({
    declared,
    size,
    writeType(writer) {
      writer.uint8(typeId.floatN);
      writer.uint8(size);
    },
    writeValue(writer, value) {
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      if (!Number.isFinite(size === 4 ? Math.fround(number) : number)) {
        throw outOfRange(declared, value, `a finite number of ${size} bytes`);
      }
      if (size === 4) {
        writer.float(number);
      } else {
        writer.double(number);
      }
    },
    readValue(reader) {
      const number = size === 4 ? reader.float() : reader.double();
      if (!Number.isFinite(number)) {
        throw new ProtocolError(`a ${declared} is not a finite number`);
      }
      return number;
    },
  });
}
