/** Answers that a client may have already: RFC 9110, 8.8.3 and 13.1.2. */

import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';

export interface TaggedAnswer extends HttpResponseInit {
  headers: Record<string, string>;
}

/**
 * The answer with an ETag made of its body, which is text. A weak one, since the same may be sent
 * indented or compressed. A client may keep it, and must ask each time whether it still holds.
 */
export function tagged({ headers, body, ...answer }: HttpResponseInit): TaggedAnswer {
  const digest = createHash('sha256').update(String(body)).digest('base64url').slice(0, 22);
  const own = { etag: `W/"${digest}"`, 'cache-control': 'private, no-cache' };
  return { ...answer, body, headers: { ...(headers as Record<string, string>), ...own } };
}

/** Whether `If-None-Match` names the ETag, or any. */
export function isKnown(request: HttpRequest, etag: string | null | undefined): boolean {
  const known = request.headers.get('if-none-match');
  return known !== null && isNamed(known, etag);
}

/**
 * Whether a list of ETags has this one, or `*` any there is; compared weakly.
 *
 * @param etag of what there is; none: there is nothing
 */
export function isNamed(list: string, etag: string | null | undefined): boolean {
  if (!etag) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return list.trim() === '*' || list.split(',').some((one) => opaque(one) === opaque(etag));
}
