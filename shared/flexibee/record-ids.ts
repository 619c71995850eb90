/** Numbers of records, in decimal and of up to 64 bits: a double holds not all of them. */

/** Whether one is less than another; both as `-?[0-9]+`, without zeros before. */
export function isBelow(one: string, other: string): boolean {
  const isNegative = one.startsWith('-');
  if (isNegative !== other.startsWith('-')) return isNegative;
  const isLess = one.length === other.length ? one < other : one.length < other.length;
  return isNegative ? one !== other && !isLess : isLess;
}
