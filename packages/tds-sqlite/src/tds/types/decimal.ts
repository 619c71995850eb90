import type { SqlValue } from '../../procedure.ts';
import { type ByteReader, ProtocolError } from '../byte-reader.ts';
import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

const pattern = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?\s*$/i;

/**
 * A number's value times 10^scale, rounded half away from zero as SQL Server does.
 * Undefined for what is not a number.
 */
export function scaledInteger(value: SqlValue, scale: number): bigint | undefined {
  if (value === null || value instanceof Uint8Array) {
    return undefined;
  }
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
  const [, sign, whole = '', fraction = '', exponent = '0'] = pattern.exec(text) ?? [];
  const digits = whole + fraction;
  if (sign === undefined || digits === '') {
    return undefined;
  }
  const length = whole.length + Number(exponent) + scale;
  const kept = length < 0 ? '' : digits.slice(0, length).padEnd(length, '0');
  const next = length < 0 ? '0' : (digits[length] ?? '0');
  const magnitude = BigInt(kept) + (next >= '5' ? 1n : 0n);
  return sign === '-' ? -magnitude : magnitude;
}

/** `-1234n` with scale 2 is `-12.34`. */
function scaledText(value: bigint, scale: number): string {
  const negative = value < 0n;
  const digits = String(negative ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${text}` : text;
}

/**
 * Values are text with exactly `scale` decimals. On the wire: a byte of sign (1 is positive) and
 * the magnitude in 4, 8, 12 or 16 bytes, by precision.
 */
export function decimalCodec(name: 'decimal' | 'numeric', precision: number, scale: number): Codec {
  const declared = `${name}(${precision}, ${scale})`;
  const words = precision <= 9 ? 1 : precision <= 19 ? 2 : precision <= 28 ? 3 : 4;
  const limit = 10n ** BigInt(precision);
  const codec = shortLengthCodec({
    declared,
    size: 1 + words * 4,
    writeType(writer) {
      writer.uint8(name === 'decimal' ? typeId.decimalN : typeId.numericN);
      writer.uint8(1 + words * 4);
      writer.uint8(precision);
      writer.uint8(scale);
    },
    writeValue(writer, value) {
      const scaled = scaledInteger(value, scale);
      if (scaled === undefined || scaled >= limit || scaled <= -limit) {
        throw outOfRange(
          declared,
          value,
          `a number below 1e${precision - scale} and above its minus`,
        );
      }
      let magnitude = scaled < 0n ? -scaled : scaled;
      writer.uint8(scaled < 0n ? 0 : 1);
      for (let word = 0; word < words; word++) {
        writer.uint32(Number(magnitude & 0xffffffffn));
        magnitude >>= 32n;
      }
    },
    readValue,
  });

  function readValue(reader: ByteReader, size: number): string {
    const positive = reader.uint8() !== 0;
    const bytes = reader.bytes(size - 1);
    const magnitude = size === 1 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
    if (magnitude >= limit) {
      throw new ProtocolError(`a ${declared} has more than ${precision} digits`);
    }
    return scaledText(positive ? magnitude : -magnitude, scale);
  }

  return {
    ...codec,
    // FreeTDS sends no more bytes than the precision needs.
    read(reader) {
      const size = reader.uint8();
      return size === 0 ? null : readValue(reader, size);
    },
  };
}

/** Values are text with four decimals. `money` is two words on the wire, the higher one first. */
export function moneyCodec(declared: 'money' | 'smallmoney'): Codec {
  const size = declared === 'money' ? 8 : 4;
  const limit = 2n ** BigInt(size * 8 - 1);
  return shortLengthCodec({
    declared,
    size,
    writeType(writer) {
      writer.uint8(typeId.moneyN);
      writer.uint8(size);
    },
    writeValue(writer, value) {
      const scaled = scaledInteger(value, 4);
      if (scaled === undefined || scaled >= limit || scaled < -limit) {
        const range = `${scaledText(-limit, 4)} to ${scaledText(limit - 1n, 4)}`;
        throw outOfRange(declared, value, `a number from ${range}`);
      }
      if (size === 8) {
        writer.int32(Number(scaled >> 32n));
        writer.uint32(Number(scaled & 0xffffffffn));
      } else {
        writer.int32(Number(scaled));
      }
    },
    readValue(reader) {
      if (size === 4) {
        return scaledText(BigInt(reader.int32()), 4);
      }
      const high = BigInt(reader.int32());
      return scaledText((high << 32n) | BigInt(reader.uint32()), 4);
    },
  });
}
