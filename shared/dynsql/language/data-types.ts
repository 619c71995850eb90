/** Words for the types of fields and conditions, ABRA's, as far as they are known here. */

import { nearest } from '../../faults/near-name.ts';

/** Of fields; the case of letters does not count. */
export const fieldTypes: readonly string[] = [
  ...['dtString', 'dtMemo', 'dtNote', 'dtID', 'dtInteger', 'dtFloat', 'dtCurrency', 'dtBoolean'],
  ...['dtDate', 'dtDateTime', 'dtTimeStamp', 'dtTime', 'dtBlob', 'dtGraphic', 'dtPicture'],
];

/** Of conditions, as ABRA writes them. */
export const conditionTypes: readonly string[] = [
  ...['ctString', 'ctInteger', 'ctFloat', 'ctBoolean', 'ctDate', 'ctDateTime', 'ctObject'],
];

const isKnown = (word: string, known: readonly string[]) =>
  known.some((one) => one.toLowerCase() === word.toLowerCase());

/**
 * The type that somebody has mistyped. ABRA may have words that nobody knows here, so that one is
 * taken for wrong only where it is a letter apart from another.
 */
export function meantType(word: string, known: readonly string[]): string | undefined {
  return isKnown(word, known) ? undefined : nearest(word, known, () => 1);
}

/** Whether nobody here knows it, nor what it would be a slip of. */
export const isStrangeType = (word: string, known: readonly string[]): boolean =>
  !isKnown(word, known) && meantType(word, known) === undefined;
