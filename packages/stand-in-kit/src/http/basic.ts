/** HTTP Basic. */

import { createHash, timingSafeEqual } from 'node:crypto';

/** Passwords by user. */
export type Accounts = Readonly<Record<string, string>>;

export interface Credentials {
  user: string;
  password: string;
}

/** @returns nothing for other schemes; both empty for what is Basic and cannot be read */
export function basicCredentials(authorization: string | undefined): Credentials | undefined {
  const [, credentials] = /^Basic\s+(\S+)$/i.exec(authorization ?? '') ?? [];
  if (credentials === undefined) return undefined;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  return { user, password };
}

export function passwordFits(accounts: Accounts, { user, password }: Credentials): boolean {
  const expected = Object.hasOwn(accounts, user) ? accounts[user] : undefined;
  return expected !== undefined && timingSafeEqual(digest(expected), digest(password));
}

const digest = (text: string) => createHash('sha256').update(text).digest();
