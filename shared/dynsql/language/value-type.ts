/** SQL types that a condition's values may travel as, and which values fit. */

import { compareDecimals, decimalText, readDecimal, rounded } from '../../json/decimal.ts';

export type Scalar = string | number | boolean;

export interface ValueType {
  readonly kind: 'text' | 'number' | 'date' | 'time' | 'boolean' | 'id';
  /** To be read after `must be`. */
  readonly allowed: string;
  /** The same for programs, as far as there are any. */
  readonly limits?: ValueLimits;
  /** The value as it travels, with all its digits; undefined: it does not fit. */
  read(value: unknown): Scalar | undefined;
}

export interface ValueLimits {
  /** Letters of a text. */
  readonly longest?: number;
  /** Of a text. */
  readonly isAscii?: boolean;
  /** Both included, as text: digits that a double does not hold. */
  readonly least?: string;
  readonly greatest?: string;
  /** What the size of a number is below. */
  readonly below?: string;
  /** After the decimal point; 0 of whole numbers. */
  readonly places?: number;
}

export const typeUse =
  'use bit, tinyint, smallint, int, bigint, decimal(p, s), numeric(p, s), money, smallmoney, float, date, datetime, datetime2(3), datetimeoffset(3), time(3), uniqueidentifier, or (n)char and (n)varchar with a length';

const integers = new Map<string, readonly [bigint, bigint]>(
  Object.entries({
    tinyint: [0n, 255n],
    smallint: [-(2n ** 15n), 2n ** 15n - 1n],
    int: [-(2n ** 31n), 2n ** 31n - 1n],
    bigint: [-(2n ** 63n), 2n ** 63n - 1n],
  }),
);

/** Decimal places that a column of a money type has, and its greatest value. */
const monies = new Map(
  Object.entries({ money: '922337203685477.5807', smallmoney: '214748.3647' }),
);

/** Types without anything in parentheses. */
const plainTypes = new Map<string, () => ValueType>(
  Object.entries({
    bit: bitType,
    float: floatType,
    uniqueidentifier: idType,
    date: dateType,
    datetime: dateType,
  }),
);

/** Undefined for a type that is not allowed here. */
export function valueType(type: string): ValueType | undefined {
  const [, name = '', first, second] =
    /^([a-z0-9]+)(?:\((\d{1,4})(?:,\s*(\d{1,2}))?\))?$/.exec(type) ?? [];
  const isPlain = first === undefined;
  const limits = integers.get(name);
  if (limits && isPlain) return integerType(...limits);
  if (isPlain && plainTypes.has(name)) return plainTypes.get(name)?.();
  const greatest = monies.get(name);
  if (greatest !== undefined && isPlain) return moneyType(greatest);
  if (name === 'decimal' || name === 'numeric') {
    return decimalType(Number(first ?? 18), Number(second ?? 0));
  }
  if (/^n?(var)?char$/.test(name) && first !== undefined && second === undefined) {
    return textType(Number(first), name.startsWith('n'));
  }
  const places = Number(first ?? 7);
  if (second !== undefined || places > 7) return undefined;
  if (name === 'time') return timeType(places);
  return name === 'datetime2' || name === 'datetimeoffset' ? dateType() : undefined;
}

/** Read by `readDate`, since it depends on the zone. */
function dateType(): ValueType {
  return { kind: 'date', allowed: 'a date', read: () => undefined };
}

function bitType(): ValueType {
  return {
    kind: 'boolean',
    allowed: 'true or false',
    read: (value) => (value === 0 || value === 1 ? value === 1 : booleanOf(value)),
  };
}

const booleanOf = (value: unknown) => (typeof value === 'boolean' ? value : undefined);

function idType(): ValueType {
  return {
    kind: 'id',
    allowed: '32 hexadecimal digits, as 6F9619FF-8B86-D011-B42D-00C04FC964FF',
    read(value) {
      const isId =
        typeof value === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
      return isId ? value.toUpperCase() : undefined;
    },
  };
}

function timeType(places: number): ValueType {
  const decimals = places === 0 ? '' : ` with at most ${places} decimal places`;
  return {
    kind: 'time',
    allowed: `a time of day (12:30 or 12:30:15)${decimals}`,
    limits: { places },
    read(value) {
      const [, minutes, seconds = '00', digits = ''] =
        typeof value === 'string'
          ? (/^((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/.exec(value) ?? [])
          : [];
      const kept = digits.replace(/0+$/, '');
      if (minutes === undefined || kept.length > places) return undefined;
      return `${minutes}:${seconds}${kept === '' ? '' : `.${kept}`}`;
    },
  };
}

export const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

function textType(length: number, isNational: boolean): ValueType | undefined {
  if (length < 1 || length > (isNational ? 4000 : 8000)) return undefined;
  const letters = isNational ? '' : ' of ASCII';
  // Beyond ASCII a varchar holds what its code page does, and the rest becomes question marks.
  const fits = (text: string) => isNational || isAscii(text);
  return {
    kind: 'text',
    allowed: `text${letters} of at most ${length} characters`,
    limits: { longest: length, ...(!isNational && { isAscii: true }) },
    read(value) {
      const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
      return typeof text === 'string' && text.length <= length && fits(text) ? text : undefined;
    },
  };
}

function integerType(least: bigint, greatest: bigint): ValueType {
  return {
    kind: 'number',
    allowed: `a whole number from ${least} to ${greatest}`,
    limits: { least: String(least), greatest: String(greatest), places: 0 },
    read(value) {
      const isDigits = typeof value === 'string' && /^-?\d{1,19}$/.test(value);
      // A number beyond 2^53 that a double holds comes as one.
      if (!isDigits && !Number.isInteger(value)) return undefined;
      const number = BigInt(value as string | number);
      if (number < least || number > greatest) return undefined;
      const plain = Number(number);
      return Number.isSafeInteger(plain) ? plain : String(number);
    },
  };
}

function decimalType(precision: number, scale: number): ValueType | undefined {
  if (precision < 1 || precision > 38 || scale > precision) return undefined;
  const limit = 10n ** BigInt(precision - scale);
  return {
    kind: 'number',
    allowed: `a number below ${limit} with at most ${scale} decimal places`,
    limits: { below: String(limit), places: scale },
    read(value) {
      const number = numberOf(value) === undefined ? undefined : readDecimal(value);
      if (number === undefined) return undefined;
      const fitting = rounded(number, scale);
      const bound = limit * 10n ** BigInt(scale);
      if (fitting.units >= bound || fitting.units <= -bound) return undefined;
      return compareDecimals(fitting, number) === 0 ? decimalText(fitting) : undefined;
    },
  };
}

function floatType(): ValueType {
  return { kind: 'number', allowed: 'a number', read: numberOf };
}

function moneyType(greatest: string): ValueType {
  const limit = readDecimal(greatest);
  return {
    kind: 'number',
    allowed: `a number from -${greatest} to ${greatest} with at most 4 decimal places`,
    limits: { least: `-${greatest}`, greatest, places: 4 },
    read(value) {
      const text = decimalType(19, 4)?.read(value);
      const number = text === undefined ? undefined : readDecimal(text);
      if (!number || !limit) return undefined;
      const size = { ...number, units: number.units < 0n ? -number.units : number.units };
      return compareDecimals(size, limit) > 0 ? undefined : text;
    },
  };
}

function numberOf(value: unknown): number | undefined {
  const isText =
    typeof value === 'string' && /^-?\d{1,400}(\.\d{1,400})?(e[+-]?\d{1,3})?$/i.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
