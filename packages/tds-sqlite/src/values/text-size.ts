/**
 * How long a text is by its type: `char(n)` and `varchar(n)` have n bytes of their code page, which is
 * UTF-8 here, `nchar(n)` and `nvarchar(n)` n pairs of bytes of UTF-16.
 */

import { isUnicode, type SqlType } from './types.ts';

export const textSize = (text: string, type: SqlType): number =>
  isUnicode(type) ? text.length : Buffer.byteLength(text);

/** What fits into the type's length; of a letter that does not fit whole nothing. */
export function cutText(text: string, type: SqlType): string {
  const { length = -1 } = type;
  if (length === -1 || textSize(text, type) <= length) return text;
  if (isUnicode(type)) return text.slice(0, length);
  let size = 0;
  let end = 0;
  for (const letter of text) {
    size += Buffer.byteLength(letter);
    if (size > length) break;
    end += letter.length;
  }
  return text.slice(0, end);
}

/** With blanks up to the length of a type that is always that long. */
export function paddedText(text: string, type: SqlType): string {
  const isFixed = type.name === 'char' || type.name === 'nchar';
  const missing = isFixed ? (type.length ?? 0) - textSize(text, type) : 0;
  return missing > 0 ? text + ' '.repeat(missing) : text;
}
