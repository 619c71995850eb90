/** The header `Idempotency-Key`: draft-ietf-httpapi-idempotency-key-header. */

import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

export const keyHeader = 'Idempotency-Key';
export const replayedHeader = 'Idempotency-Replayed';

const longest = 255;

/** What a client may call its request, with the quotes of a structured header or without. */
export const keySchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,512}$/)
  .meta({
    description:
      '1 to 255 printable ASCII characters, in quotes or not: sent again with the same body within 24 hours, nothing is started again and the first answer is given',
  });

const allowed = `1 to ${longest} printable ASCII characters, in double quotes or without any`;

/**
 * The key; undefined where there is none. One in quotes (RFC 8941, 3.3.3) is the same as without.
 *
 * @throws HttpProblem 400
 */
export function idempotencyKey(headers: Headers): string | undefined {
  const value = headers.get(keyHeader);
  if (value === null) return undefined;
  const key = value.startsWith('"') ? unquoted(value) : value;
  if (key !== undefined && /^[\x20-\x7e]+$/.test(key) && key.length <= longest) return key;
  const message = `${keyHeader} must be ${allowed}`;
  throw new HttpProblem('invalid-value', `Invalid ${keyHeader} value: ${show(value)}.`, {
    errors: [{ field: keyHeader, message, value: show(value), allowed }],
  });
}

function unquoted(value: string): string | undefined {
  const inner = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value)?.[1];
  return inner?.replaceAll(/\\(["\\])/g, '$1');
}
