/** Exact decimal arithmetic on BigInt: a decimal is `unscaled / 10^scale`. */

export interface Decimal {
  unscaled: bigint;
  scale: number;
}

const powers: bigint[] = [1n];
export function power10(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next++)
    powers.push((powers[next - 1] ?? 1n) * 10n);
  return powers[exponent] ?? 1n;
}

/** From text such as `-12.50`, `1e3` or `.5`; undefined when it is not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i.exec(text);
  if (!match) return undefined;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const value: Decimal = { unscaled: match[1] === '-' ? -digits : digits, scale: fraction.length };
  const exponent = Number(match[4] ?? 0);
  if (exponent > value.scale) {
    return { unscaled: value.unscaled * power10(exponent - value.scale), scale: 0 };
  }
  return { unscaled: value.unscaled, scale: value.scale - exponent };
}

export function decimalFromNumber(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

/** Halves are rounded away from zero, as SQL Server does. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return quotient + (dividend < 0n === divisor < 0n ? 1n : -1n);
}

export function rescale(value: Decimal, scale: number): Decimal {
  if (scale === value.scale) return value;
  if (scale > value.scale) {
    return { unscaled: value.unscaled * power10(scale - value.scale), scale };
  }
  return { unscaled: divideRounded(value.unscaled, power10(value.scale - scale)), scale };
}

/** Digits beyond `scale` are dropped. */
export function truncateDecimal(value: Decimal, scale: number): Decimal {
  if (scale >= value.scale) return rescale(value, scale);
  return { unscaled: value.unscaled / power10(value.scale - scale), scale };
}

export function formatDecimal(value: Decimal): string {
  const negative = value.unscaled < 0n;
  const digits = (negative ? -value.unscaled : value.unscaled).toString();
  const sign = negative ? '-' : '';
  if (value.scale === 0) return sign + digits;
  const padded = digits.padStart(value.scale + 1, '0');
  return `${sign}${padded.slice(0, -value.scale)}.${padded.slice(-value.scale)}`;
}

export function compareDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const a = rescale(left, scale).unscaled;
  const b = rescale(right, scale).unscaled;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Does it fit in this many digits, with its own scale? */
export function fits(value: Decimal, precision: number): boolean {
  const limit = power10(precision);
  return value.unscaled < limit && value.unscaled > -limit;
}

/** `scale` is that of the result; undefined for a division by zero. */
export function decimalArithmetic(
  operator: '+' | '-' | '*' | '/' | '%',
  left: Decimal,
  right: Decimal,
  scale: number,
): Decimal | undefined {
  if (operator === '*') {
    return rescale(
      { unscaled: left.unscaled * right.unscaled, scale: left.scale + right.scale },
      scale,
    );
  }
  if (operator === '/') {
    if (right.unscaled === 0n) return undefined;
    // SQL Server truncates a quotient at the result's scale.
    const shift = scale + right.scale - left.scale;
    const dividend = shift >= 0 ? left.unscaled * power10(shift) : left.unscaled / power10(-shift);
    return { unscaled: dividend / right.unscaled, scale };
  }
  const common = Math.max(left.scale, right.scale);
  const a = rescale(left, common).unscaled;
  const b = rescale(right, common).unscaled;
  if (operator === '%') {
    return b === 0n ? undefined : rescale({ unscaled: a % b, scale: common }, scale);
  }
  return rescale({ unscaled: operator === '+' ? a + b : a - b, scale: common }, scale);
}
