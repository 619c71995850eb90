/** Mathematical functions. */

import { errors } from '../errors.ts';
import { decimalOf } from '../values/convert.ts';
import { formatDecimal, power10, rescale, truncateDecimal } from '../values/decimal.ts';
import { family, type SqlType, sqlType, types } from '../values/types.ts';
import type { ArgumentInfo, ScalarFunction } from './definition.ts';

const first = (args: ArgumentInfo[]): SqlType => {
  const type = args[0]?.type ?? types.float;
  return family(type) === 'text'
    ? types.float
    : type.name === 'tinyint' || type.name === 'smallint' || type.name === 'bit'
      ? types.int
      : type;
};

const float = (run: (...args: number[]) => number, count = 1): ScalarFunction => ({
  parameters: Array.from({ length: count }, () => 'float'),
  type: () => types.float,
  run: (...args: number[]) => {
    const result = run(...args);
    if (Number.isNaN(result)) throw errors.invalidFloat();
    return result;
  },
});

/** Sign-preserving work on any numeric type. */
function onNumber(
  value: unknown,
  type: SqlType,
  work: { float(value: number): number; exact(value: bigint, scale: number): bigint },
): unknown {
  if (family(type) === 'float' || family(type) === 'text') return work.float(Number(value));
  const number = decimalOf(value as number);
  const unscaled = work.exact(number.unscaled, number.scale);
  return family(type) === 'integer' ? unscaled : formatDecimal({ unscaled, scale: number.scale });
}

const whole = (roundUp: boolean): ScalarFunction => ({
  parameters: ['any'],
  type: (args) => {
    const type = first(args);
    return type.name === 'decimal' ? types.decimalWhole : type;
  },
  run: (value: unknown, type: SqlType) => {
    if (family(type) === 'float' || family(type) === 'text')
      return roundUp ? Math.ceil(Number(value)) : Math.floor(Number(value));
    const number = decimalOf(value as number);
    const cut = truncateDecimal(number, 0).unscaled;
    const exact = rescale({ unscaled: cut, scale: 0 }, number.scale).unscaled === number.unscaled;
    const result = exact
      ? cut
      : roundUp
        ? cut + (number.unscaled > 0n ? 1n : 0n)
        : cut - (number.unscaled < 0n ? 1n : 0n);
    return family(type) === 'integer' ? result : String(result);
  },
});

export const numberFunctions: Record<string, ScalarFunction> = {
  ABS: {
    parameters: ['any'],
    type: first,
    run: (value: unknown, type: SqlType) =>
      onNumber(value, type, { float: Math.abs, exact: (n) => (n < 0n ? -n : n) }),
  },
  SIGN: {
    parameters: ['any'],
    type: first,
    run: (value: unknown, type: SqlType) =>
      onNumber(value, type, {
        float: Math.sign,
        exact: (n, scale) =>
          rescale({ unscaled: n > 0n ? 1n : n < 0n ? -1n : 0n, scale: 0 }, scale).unscaled,
      }),
  },
  CEILING: whole(true),
  FLOOR: whole(false),
  ROUND: {
    parameters: ['any', 'int', 'int'],
    optional: 2,
    type: first,
    run: (value: unknown, type: SqlType, digits: number, cut = 0) => {
      if (family(type) === 'float' || family(type) === 'text') {
        const text = formatDecimal(
          (cut ? truncateDecimal : rescale)(decimalOf(String(value)), Math.max(digits, 0)),
        );
        return digits >= 0 ? Number(text) : Math.round(Number(value) * 10 ** digits) / 10 ** digits;
      }
      const number = decimalOf(value as number);
      // Rounding to tens is rounding to ones after moving the point.
      const moved = {
        unscaled: number.unscaled,
        scale: number.scale - Math.min(digits, number.scale),
      };
      const unscaled = (cut ? truncateDecimal : rescale)(moved, 0).unscaled * power10(moved.scale);
      return family(type) === 'integer'
        ? unscaled
        : formatDecimal({ unscaled, scale: number.scale });
    },
  },
  POWER: {
    parameters: ['float', 'float'],
    type: (args) => {
      const type = first(args);
      return type.name === 'decimal' ? sqlType('decimal', 38, type.scale) : type;
    },
    run: (base: number, exponent: number) => base ** exponent,
  },
  SQRT: float(Math.sqrt),
  SQUARE: float((x) => x * x),
  EXP: float(Math.exp),
  LOG: {
    parameters: ['float', 'float'],
    optional: 1,
    type: () => types.float,
    run: (x: number, base = Math.E) => {
      if (x <= 0) throw errors.invalidFloat();
      return Math.log(x) / Math.log(base);
    },
  },
  LOG10: float(Math.log10),
  SIN: float(Math.sin),
  COS: float(Math.cos),
  TAN: float(Math.tan),
  ASIN: float(Math.asin),
  ACOS: float(Math.acos),
  ATAN: float(Math.atan),
  ATN2: float((y, x) => Math.atan2(y ?? 0, x ?? 0), 2),
  DEGREES: float((x) => (x * 180) / Math.PI),
  RADIANS: float((x) => (x * Math.PI) / 180),
  PI: float(() => Math.PI, 0),
  RAND: {
    parameters: ['int'],
    optional: 1,
    nulls: 'passed',
    volatile: true,
    type: () => types.float,
    run: () => Math.random(),
  },
};
