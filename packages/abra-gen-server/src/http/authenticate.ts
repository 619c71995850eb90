/** HTTP Basic, on every request. */

import { type Accounts, basicCredentials, passwordFits, Refusal } from 'stand-in-kit';

const challenge = { 'www-authenticate': 'Basic realm="ABRA Gen"' };

/** @throws Refusal 401 with a challenge */
export function authenticate(authorization: string | undefined, accounts: Accounts): void {
  const credentials = basicCredentials(authorization);
  if (credentials === undefined) throw new Refusal(401, 'Je nutné se přihlásit', challenge);
  if (!passwordFits(accounts, credentials)) {
    throw new Refusal(401, 'Neplatné jméno uživatele nebo heslo', challenge);
  }
}
