/** What makes a row the same row in the next load. */

import { createHash } from 'node:crypto';
import { parseExact } from '../../json/exact-json.ts';
import type { Definition } from '../definition.ts';
import { selectedKey } from '../language/selected-key.ts';
import { fault } from './row-splitter.ts';

/**
 * The key fields of a query's rows, in upper case as in the answer: the definition's unique fields,
 * or ID. Empty where the query does not select all of them: then rows are told apart by all that is
 * in them, and a row that changes is another row.
 */
export function keyFieldsOf(definition: Definition, select: readonly string[]): string[] {
  return selectedKey(definition.root, select);
}

/** These may stand as they are: collations and trailing blanks have nothing to confuse in them. */
const plain = /^[0-9A-Z_.-]{1,64}$/;

/**
 * At most 65 characters. Values of the key where they are short and plain, as ABRA's ids are, else
 * `#` and a hash: of the key, or of the whole row where there are no key fields.
 *
 * @param row text of an object without blanks between its members
 * @throws RowLoadError for what is no JSON, or has no such fields
 */
export function rowKey(row: string, keyFields: readonly string[]): string {
  const members = parsed(row);
  if (keyFields.length === 0) return hashed(row);
  const values = keyFields.map((name) => {
    if (Object.hasOwn(members, name)) return members[name];
    throw fault(`has a row without its key field ${name}`);
  });
  const [only] = values;
  const isScalar = typeof only === 'string' || typeof only === 'number';
  const text = values.length === 1 && isScalar ? String(only) : JSON.stringify(values);
  return plain.test(text) ? text : hashed(text);
}

const hashed = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`;

function parsed(row: string): Record<string, unknown> {
  try {
    return parseExact(row) as Record<string, unknown>;
  } catch {
    throw fault('has an item that is no JSON');
  }
}
