/** JSON that another server answered: whoever it is, it decides neither our memory nor our time. */

import { parseBounded } from '../json/bounded-json.ts';
import { depthLimit } from '../json/bounds.ts';

/** The fullest page that is asked for, a thousand records of 150 fields, has a tenth. */
const mostValues = 2_000_000;

/**
 * Numbers that a double cannot hold come as text.
 *
 * @param body bounded in bytes by `exchange`
 * @throws JsonError, which holds nothing of the answer
 */
export function readAnswer(
  body: Uint8Array,
  values = mostValues,
): { text: string; value: unknown } {
  return parseBounded(body, { depth: depthLimit, values });
}
