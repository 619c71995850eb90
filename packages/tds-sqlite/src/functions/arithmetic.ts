/** `+ - * / % & | ^` with SQL Server's result types, overflow and division by zero. */

import { errors } from '../errors.ts';
import { decimalOf, fitsMoney } from '../values/convert.ts';
import { formatMoment, storedMoment } from '../values/convert-date.ts';
import { dayZero, moment, ticksPerDay } from '../values/datetime.ts';
import { decimalArithmetic, fits, formatDecimal } from '../values/decimal.ts';
import { type Stored, toStored } from '../values/stored.ts';
import { family, integerRange, type SqlType, spokenName } from '../values/types.ts';

/** @throws 8134 division by zero, 8115 overflow */
export function arithmetic(operator: string, left: Stored, right: Stored, type: SqlType): Stored {
  switch (family(type)) {
    case 'integer':
      return integers(operator, toBigInt(left), toBigInt(right), type);
    case 'float':
      return floats(operator, Number(left), Number(right), type);
    case 'decimal': {
      const result = decimalArithmetic(
        operator as '+',
        decimalOf(left),
        decimalOf(right),
        type.scale ?? 0,
      );
      if (!result) throw errors.divideByZero();
      if (!fits(result, type.precision ?? 38) || !fitsMoney(result.unscaled, type))
        throw errors.overflow('expression', spokenName(type));
      return toStored(formatDecimal(result), type);
    }
    default:
      return dates(operator, left, right, type);
  }
}

const toBigInt = (value: Stored) =>
  typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));

function whole(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return undefined;
  }
}

function integers(operator: string, a: bigint, b: bigint, type: SqlType): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw errors.divideByZero();
  const result = whole(operator, a, b);
  const [low, high] = integerRange[type.name] ?? [0n, 0n];
  if (result === undefined || result < low || result > high)
    throw errors.overflowExpression(type.name);
  return result;
}

function floats(operator: string, a: number, b: number, type: SqlType): number {
  if ((operator === '/' || operator === '%') && b === 0) throw errors.divideByZero();
  const result =
    { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[operator] ?? Number.NaN;
  if (!Number.isFinite(result)) throw errors.overflowExpression(type.name);
  return type.name === 'real' ? Math.fround(result) : result;
}

/** datetime and smalldatetime add and subtract days, as numbers or as each other. */
function dates(operator: string, left: Stored, right: Stored, type: SqlType): Stored {
  const days = (value: Stored) => {
    if (typeof value !== 'string' || /^-?[\d.]+$/.test(value)) return Number(value);
    const when = storedMoment(value);
    return when.day - dayZero + when.ticks / ticksPerDay;
  };
  const total = operator === '+' ? days(left) + days(right) : days(left) - days(right);
  const whole = Math.floor(total);
  // A day has 8.64e11 ticks: a double holds days and milliseconds, not single ticks.
  const ticks = Math.round(((total - whole) * ticksPerDay) / 1000) * 1000;
  const result = moment(dayZero + whole, ticks);
  if (!result) throw errors.overflow('expression', type.name);
  return formatMoment(result, type);
}
