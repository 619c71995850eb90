/** Who calls, and what they may touch. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { NamedCode } from '../faults/member.ts';
import { show } from '../faults/show.ts';
import type { ApiToken, Role } from '../settings/settings.ts';
import { HttpProblem } from './problem.ts';

/** The token of `Authorization: Bearer …` (RFC 6750); undefined when there is no such header. */
export function bearerToken(request: HttpRequest): string | undefined {
  return /^bearer +(.*)$/is.exec(request.headers.get('authorization') ?? '')?.[1]?.trim();
}

/**
 * The known token that `presented` is. Digests are compared, all of them and in constant time, so
 * that the time taken tells nothing. Throws `HttpProblem` 401, also for one that has expired.
 */
export function authenticate(presented: unknown, tokens: readonly ApiToken[], now: Date): ApiToken {
  if (presented === undefined) throw unauthenticated('Authorization token is needed.');
  let known: ApiToken | undefined;
  if (typeof presented === 'string' && presented !== '') {
    const digest = createHash('sha256').update(presented, 'utf8').digest();
    for (const token of tokens) {
      if (timingSafeEqual(digest, Buffer.from(token.sha256, 'hex'))) known = token;
    }
  }
  if (known === undefined) throw unauthenticated('Invalid token value.');
  const { expires } = known;
  if (expires !== undefined && Date.parse(expires) <= now.getTime()) {
    throw unauthenticated(`Token has expired: ${expires}.`);
  }
  return known;
}

/** Throws `HttpProblem` 403 unless `token` has the role. */
export function requireRole(token: ApiToken, role: Role): void {
  if (token.roles.includes(role)) return;
  const message = `Token does not have the role ${role}.`;
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'token', message, allowed: `a token whose roles have ${role}` }],
  });
}

/** Whether it may touch, and see, all of these data sources. */
export function mayTouch(token: ApiToken, codes: readonly string[]): boolean {
  return token.codes.includes('*') || codes.every((code) => token.codes.includes(code));
}

/** Throws `HttpProblem` 403 unless `token` may touch every one of the data sources. */
export function authorize(token: ApiToken, codes: readonly NamedCode[]): void {
  if (token.codes.includes('*')) return;
  const errors = codes
    .filter(({ code }) => !token.codes.includes(code))
    .map(({ code, field }) => ({
      field,
      message: `Token is not allowed for code: ${show(code)}.`,
      value: code,
      allowed: `one of ${token.codes.join(', ')}`,
    }));
  const [first] = errors;
  if (first !== undefined) throw new HttpProblem('forbidden', first.message, { errors });
}

/** Whether it may ask a connection of dynsql. */
export function mayAsk({ connections }: ApiToken, id: string): boolean {
  return connections.includes('*') || connections.includes(id);
}

/** Throws `HttpProblem` 403 unless `token` may ask a connection of dynsql, which the path names. */
export function authorizeConnection(token: ApiToken, id: string): void {
  if (mayAsk(token, id)) return;
  const { connections } = token;
  const message = `Token is not allowed for connection: ${show(id)}.`;
  const allowed = connections.length > 0 ? `one of ${connections.join(', ')}` : 'none with it';
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'connection', message, value: id, allowed }],
  });
}

function unauthenticated(message: string): HttpProblem {
  return new HttpProblem('unauthenticated', message, {
    errors: [
      {
        field: 'token',
        message,
        allowed: 'a known API token, as Authorization: Bearer or as the member token of the body',
      },
    ],
  });
}
