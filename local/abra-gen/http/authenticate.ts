/** HTTP Basic, on every request. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

export type Accounts = Readonly<Record<string, string>>;

const challenge = { 'www-authenticate': 'Basic realm="ABRA Gen"' };

/** @throws Refusal 401 with a challenge */
export function authenticate(authorization: string | undefined, accounts: Accounts): void {
  const [, credentials] = /^Basic\s+(\S+)$/i.exec(authorization ?? '') ?? [];
  if (credentials === undefined) throw new Refusal(401, 'Je nutné se přihlásit', challenge);
  const [, user = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  const expected = Object.hasOwn(accounts, user) ? accounts[user] : undefined;
  if (expected === undefined || !timingSafeEqual(digest(expected), digest(password))) {
    throw new Refusal(401, 'Neplatné jméno uživatele nebo heslo', challenge);
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();
