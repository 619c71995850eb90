/** Access tokens of Microsoft Entra ID (v2.0): JSON Web Tokens, checked here and by nobody before. */

import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Identity } from '../http/caller.ts';
import { HttpProblem } from '../http/problem.ts';
import type { SignInSettings } from '../settings/settings.ts';
import { accountOf } from './account.ts';
import { IssuerAwayError, type IssuerKeys } from './issuer-keys.ts';

/** What Entra ID signs by; anything else, `none` and `HS256` above all, is somebody's try. */
const algorithms = ['RS256'];

/** Seconds by which clocks may differ. */
const clockTolerance = 60;

/** Letters: Node takes no longer head, and 200 groups, the most there are in a token, need 11,000. */
const longestToken = 16_384;

/** Whether it looks like a signed JSON Web Token: three parts, the last of which may be empty. */
export function isJwt(text: string): boolean {
  return /^ey[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}

interface Checking {
  settings: SignInSettings;
  keys: IssuerKeys;
  now: Date;
  signal: AbortSignal;
  warn(text: string): void;
}

/**
 * @returns who it is of, whatever he may do
 * @throws HttpProblem 401 that says what is wrong and nothing that is in it; 503 where the keys cannot
 *   be had
 */
export async function checkToken(token: string, checking: Checking): Promise<Identity> {
  if (token.length > longestToken) throw refused(`Token is longer than ${longestToken} letters.`);
  // With the first token that comes: an app that starts without any does not load it.
  const jose = await import('jose');
  const { settings, keys, now } = checking;
  refuseAtSight(decoded(token, jose), settings);
  const { issuer, audience } = settings;
  const options = {
    ...{ algorithms, issuer, audience, clockTolerance },
    currentDate: now,
    requiredClaims: ['exp'],
  };
  const verify = (set: JSONWebKeySet) => jose.jwtVerify(token, finderOf(set, jose), options);
  try {
    const known = await keys.current(checking);
    const { payload } = await verify(known.set).catch(async (error: unknown) => {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error;
      const newer = await keys.newerThan(known, checking);
      if (newer === undefined) throw error;
      return await verify(newer.set);
    });
    return identityIn(payload, settings);
  } catch (error) {
    if (error instanceof IssuerAwayError) throw away(error);
    if (error instanceof jose.errors.JOSEError) throw refused(textOf(error, jose));
    throw error;
  }
}

type Jose = typeof import('jose');
type Finder = ReturnType<Jose['createLocalJWKSet']>;

/** Each remembers the keys that it has imported. */
const finders = new WeakMap<JSONWebKeySet, Finder>();

function finderOf(set: JSONWebKeySet, jose: Jose): Finder {
  const finder = finders.get(set) ?? jose.createLocalJWKSet(set);
  finders.set(set, finder);
  return finder;
}

/** Not to be believed before its signature was checked. */
function decoded(token: string, jose: Jose): JWTPayload & { alg: unknown } {
  try {
    return { ...jose.decodeJwt(token), alg: jose.decodeProtectedHeader(token).alg };
  } catch {
    throw refused('Token cannot be read.');
  }
}

/** What cannot be good whatever its signature: no key is looked for, and the issuer is not asked. */
function refuseAtSight(
  { iss, aud, ver, alg }: JWTPayload & { alg: unknown },
  { issuer, audience }: SignInSettings,
): void {
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw refused(`Token is signed by an algorithm other than ${algorithms.join(', ')}.`);
  }
  if (ver === '1.0' || /^https:\/\/sts\.windows\.net\//i.test(iss ?? '')) {
    throw refused(
      'Token is a v1.0 token: set requestedAccessTokenVersion to 2 in the manifest of the app registration.',
    );
  }
  if (iss !== issuer) throw refused('Token is of another issuer.');
  if (![aud].flat().includes(audience)) throw refused('Token is for another audience.');
}

function identityIn(payload: JWTPayload, settings: SignInSettings): Identity {
  const text = (claim: string) => {
    const value = payload[claim];
    return typeof value === 'string' ? value : undefined;
  };
  // An ID token tells a page who has signed in; whoever got hold of one may not call with it.
  if (text('scp') === undefined && text('azp') === undefined) {
    throw refused('Token is an ID token, or of nobody: send an access token.');
  }
  const roles = payload['roles'];
  const account = accountOf(
    {
      oid: text('oid'),
      sub: text('sub'),
      names: ['preferred_username', 'name', 'app_displayname', 'azp'].map(text),
      appRoles: Array.isArray(roles) ? roles.map(String) : [],
    },
    settings,
  );
  if (account === undefined) throw refused('Token names no account.');
  return account;
}

/** Without anything of the token. */
function textOf(error: Error, { errors }: Jose): string {
  if (error instanceof errors.JWTExpired) return 'Token has expired.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'Token is signed by an unknown key.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isEarly = error.claim === 'nbf' && error.reason === 'check_failed';
    return isEarly ? 'Token is not valid yet.' : `Token has no good claim ${error.claim}.`;
  }
  return 'Invalid token value.';
}

/** RFC 6750, 3.1. */
function refused(message: string): HttpProblem {
  return new HttpProblem('unauthenticated', message, {
    errors: [{ field: 'token', message, allowed: 'an access token of Microsoft Entra ID, v2.0' }],
    headers: { 'www-authenticate': 'Bearer realm="syncboard", error="invalid_token"' },
  });
}

function away(error: IssuerAwayError): HttpProblem {
  const seconds = Math.max(1, Math.ceil(error.retryMs / 1_000));
  const message = 'Tokens cannot be checked, since their issuer does not answer: try again later.';
  return new HttpProblem('unavailable', message, { headers: { 'retry-after': String(seconds) } });
}
