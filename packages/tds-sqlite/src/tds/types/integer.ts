import type { SqlValue } from '../../procedure.ts';
import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

const integers = {
  tinyint: { size: 1, minimum: 0n, maximum: 255n },
  smallint: { size: 2, minimum: -(2n ** 15n), maximum: 2n ** 15n - 1n },
  int: { size: 4, minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n },
  bigint: { size: 8, minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n },
};

/** The whole number that a value or its text is, if it is one. */
function wholeNumber(value: SqlValue): bigint | undefined {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : undefined;
    case 'boolean':
      return value ? 1n : 0n;
    case 'string':
      return /^\s*[+-]?\d+\s*$/.test(value) ? BigInt(value) : undefined;
    default:
      return undefined;
  }
}

/** Values beyond 2^53 are read as bigint, all others as number. */
export function integerCodec(declared: keyof typeof integers): Codec {
  const { size, minimum, maximum } = integers[declared];
  return shortLengthCodec({
    declared,
    size,
    writeType(writer) {
      writer.uint8(typeId.intN);
      writer.uint8(size);
    },
    writeValue(writer, value) {
      const number = wholeNumber(value);
      if (number === undefined || number < minimum || number > maximum) {
        throw outOfRange(declared, value, `a whole number from ${minimum} to ${maximum}`);
      }
      switch (size) {
        case 1:
          return writer.uint8(Number(number));
        case 2:
          return writer.int16(Number(number));
        case 4:
          return writer.int32(Number(number));
        default:
          return writer.int64(number);
      }
    },
    readValue(reader) {
      switch (size) {
        case 1:
          return reader.uint8();
        case 2:
          return reader.int16();
        case 4:
          return reader.int32();
        default: {
          const value = reader.int64();
          const number = Number(value);
          return Number.isSafeInteger(number) ? number : value;
        }
      }
    },
  });
}

/** Takes 0 and 1 too; reads true and false. */
export const bitCodec: Codec = shortLengthCodec({
  declared: 'bit',
  size: 1,
  writeType(writer) {
    writer.uint8(typeId.bitN);
    writer.uint8(1);
  },
  writeValue(writer, value) {
    const number = wholeNumber(value);
    if (number !== 0n && number !== 1n) {
      throw outOfRange('bit', value, 'true or false, 1 or 0');
    }
    writer.uint8(Number(number));
  },
  readValue(reader) {
    return reader.uint8() !== 0;
  },
});
