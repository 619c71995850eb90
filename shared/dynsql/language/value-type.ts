/** SQL types that a condition's values may travel as, and which values fit. */

import { compareDecimals, decimalText, readDecimal, rounded } from '../../json/decimal.ts';

type Scalar = string | number;

export interface ValueType {
  readonly kind: 'text' | 'integer' | 'decimal' | 'float' | 'date';
  /** To be read after `must be`. */
  readonly allowed: string;
  /** The value as it travels, with all its digits; undefined: it does not fit. */
  read(value: unknown): Scalar | undefined;
}

export const typeUse =
  'use tinyint, smallint, int, bigint, decimal(p, s), float, date, datetime, datetime2(3), or (n)char and (n)varchar with a length';

const integers = new Map<string, readonly [bigint, bigint]>(
  Object.entries({
    tinyint: [0n, 255n],
    smallint: [-(2n ** 15n), 2n ** 15n - 1n],
    int: [-(2n ** 31n), 2n ** 31n - 1n],
    bigint: [-(2n ** 63n), 2n ** 63n - 1n],
  }),
);

/** Undefined for a type that is not allowed here. */
export function valueType(type: string): ValueType | undefined {
  const [, name = '', first, second] =
    /^([a-z0-9]+)(?:\((\d{1,4})(?:,\s*(\d{1,2}))?\))?$/.exec(type) ?? [];
  const limits = integers.get(name);
  if (limits && first === undefined) return integerType(...limits);
  if (name === 'decimal') return decimalType(Number(first ?? 18), Number(second ?? 0));
  if (name === 'float' && first === undefined) return floatType();
  if (/^n?(var)?char$/.test(name) && first !== undefined && second === undefined) {
    return textType(Number(first), name.startsWith('n'));
  }
  const isDate = /^(date|datetime)$/.test(name) ? first === undefined : name === 'datetime2';
  return isDate ? { kind: 'date', allowed: 'a date', read: () => undefined } : undefined;
}

function textType(length: number, isNational: boolean): ValueType | undefined {
  if (length < 1 || length > (isNational ? 4000 : 8000)) return undefined;
  const letters = isNational ? '' : ' of ASCII';
  // Beyond ASCII a varchar holds what its code page does, and the rest becomes question marks.
  const fits = (text: string) => isNational || /^[\0-\x7f]*$/.test(text);
  return {
    kind: 'text',
    allowed: `text${letters} of at most ${length} characters`,
    read(value) {
      const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
      return typeof text === 'string' && text.length <= length && fits(text) ? text : undefined;
    },
  };
}

function integerType(least: bigint, greatest: bigint): ValueType {
  return {
    kind: 'integer',
    allowed: `a whole number from ${least} to ${greatest}`,
    read(value) {
      const isDigits = typeof value === 'string' && /^-?\d{1,19}$/.test(value);
      if (!isDigits && !Number.isSafeInteger(value)) return undefined;
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
    kind: 'decimal',
    allowed: `a number below ${limit} with at most ${scale} decimal places`,
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

const floatType = (): ValueType => ({ kind: 'float', allowed: 'a number', read: numberOf });

function numberOf(value: unknown): number | undefined {
  const isText =
    typeof value === 'string' && /^-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,3})?$/i.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
