/** Who asks: HTTP Basic, or a session. */

import type { IncomingHttpHeaders } from 'node:http';
import { type Accounts, basicCredentials, passwordFits, Refusal } from 'stand-in-kit';
import type { Session, Sessions } from './sessions.ts';

export interface Identity {
  user: string;
  session?: Session;
}

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
  const credentials = basicCredentials(headers.authorization);
  if (credentials !== undefined) {
    if (passwordFits(accounts, credentials)) return { user: credentials.user };
    throw new Refusal(401, 'Zadané uživatelské jméno nebo heslo není správné', challenge);
  }
  throw new Refusal(
    401,
    token ? 'Platnost přihlášení vypršela' : 'Pro tuto operaci je nutné se přihlásit',
    challenge,
  );
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
