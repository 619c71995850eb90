/** Who asks: HTTP Basic, or a session. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../http/answer.ts';
import type { Session, Sessions } from './sessions.ts';

export interface Identity {
  user: string;
  session?: Session;
}

export type Accounts = Readonly<Record<string, string>>;

const challenge = { 'www-authenticate': 'Basic realm="FlexiBee"' };

/** @throws Refusal 401 with a challenge */
export function authenticate(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  accounts: Accounts,
  sessions: Sessions,
): Identity {
  const token = sessionToken(headers, query);
  const session = token ? sessions.find(token) : undefined;
  if (session) return { user: session.user, session };
  const [, credentials] = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (credentials !== undefined) {
    const [, user = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
    if (passwordFits(accounts, user, password)) return { user };
    throw new Refusal(401, 'Zadané uživatelské jméno nebo heslo není správné', challenge);
  }
  throw new Refusal(
    401,
    token ? 'Platnost přihlášení vypršela' : 'Pro tuto operaci je nutné se přihlásit',
    challenge,
  );
}

export function passwordFits(accounts: Accounts, user: string, password: string): boolean {
  const expected = Object.hasOwn(accounts, user) ? accounts[user] : undefined;
  return expected !== undefined && timingSafeEqual(digest(expected), digest(password));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function sessionToken(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const header = headers['x-authsessionid'];
  const [, cookie] = /(?:^|;\s*)authSessionId=([^;\s]+)/.exec(headers.cookie ?? '') ?? [];
  return (
    (Array.isArray(header) ? header[0] : header) ||
    cookie ||
    query.get('authSessionId') ||
    undefined
  );
}
