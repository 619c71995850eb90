/** Whether a token is known, and what callers may touch. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { NamedCode } from '../faults/member.ts';
import { oneOf } from '../faults/one-of.ts';
import { show } from '../faults/show.ts';
import type { ApiToken, Role } from '../settings/settings.ts';
import type { Caller } from './caller.ts';
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
  const known = knownToken(presented, tokens);
  if (known === undefined) throw unauthenticated('Invalid token value.');
  const { expires } = known;
  if (expires !== undefined && Date.parse(expires) <= now.getTime()) {
    throw unauthenticated(`Token has expired: ${expires}.`);
  }
  return known;
}

/** The token that `presented` is, expired or not. */
export function knownToken(presented: unknown, tokens: readonly ApiToken[]): ApiToken | undefined {
  if (typeof presented !== 'string' || presented === '') return undefined;
  const digest = createHash('sha256').update(presented, 'utf8').digest();
  let known: ApiToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(digest, Buffer.from(token.sha256, 'hex'))) known = token;
  }
  return known;
}

/** Throws `HttpProblem` 403 unless the caller has the role. */
export function requireRole(caller: Caller, role: Role): void {
  if (caller.roles.includes(role)) return;
  const message = `${whoever(caller)} does not have the role ${role}.`;
  const way = caller.principal === undefined ? 'a token' : 'an app role';
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'token', message, allowed: `${way} whose roles have ${role}` }],
  });
}

/** Whether it may touch, and see, all of these data sources. */
export function mayTouch(caller: Caller, codes: readonly string[]): boolean {
  return caller.codes.includes('*') || codes.every((code) => caller.codes.includes(code));
}

/** Throws `HttpProblem` 403 unless the caller may touch every one of the data sources. */
export function authorize(caller: Caller, codes: readonly NamedCode[]): void {
  if (caller.codes.includes('*')) return;
  const errors = codes
    .filter(({ code }) => !caller.codes.includes(code))
    .map(({ code, field }) => ({
      field,
      message: `${whoever(caller)} is not allowed for code: ${show(code)}.`,
      value: code,
      allowed: oneOf(caller.codes),
    }));
  const [first] = errors;
  if (first !== undefined) throw new HttpProblem('forbidden', first.message, { errors });
}

/** Whether it may ask a connection of dynsql. */
export function mayAsk({ connections }: Caller, id: string): boolean {
  return connections.includes('*') || connections.includes(id);
}

/** Throws `HttpProblem` 403 unless `caller` may ask a connection of dynsql, which the path names. */
export function authorizeConnection(caller: Caller, id: string): void {
  if (mayAsk(caller, id)) return;
  const { connections } = caller;
  const message = `${whoever(caller)} is not allowed for connection: ${show(id)}.`;
  const allowed = oneOf(connections);
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'connection', message, value: id, allowed }],
  });
}

function whoever({ principal }: Caller): 'Token' | 'Account' {
  return principal === undefined ? 'Token' : 'Account';
}

/** @param message what is wrong with the token, without anything of it */
export function unauthenticated(message: string): HttpProblem {
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
