/** Ids of records: a number in base 36, least digit first, in seven places, and the site. */

const site = '101';

/** `recordId(506)` is `2E00000101`. */
export function recordId(number: number): string {
  const digits = [...number.toString(36).toUpperCase()].reverse().join('');
  return digits.padEnd(7, '0') + site;
}
