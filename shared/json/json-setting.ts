/** Settings that are JSON. */

import { syntaxPlace } from './syntax.ts';

/**
 * @param form what would be right, to be read after `set it to`
 * @throws RangeError with line and column, and no word of the text, which may hold a secret
 */
export function parseJsonSetting(text: string, form: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line = 1, column = 1, expected } = syntaxPlace(text) ?? {};
    const what = expected === undefined ? '' : `, where ${expected} is expected`;
    throw new RangeError(
      `is not valid JSON at line ${line}, column ${column}${what}: set it to ${form}`,
    );
  }
}
