/** Who an account is, and what its app roles allow. */

import type { Identity } from '../http/caller.ts';
import type { SignInSettings } from '../settings/settings.ts';

/** As a token or the platform's sign-in says it. */
export interface Claims {
  /** Object id; of a token without one, what names the account for this app. */
  oid: string | undefined;
  sub: string | undefined;
  /** From the one that people know to the one that is always there. */
  names: readonly (string | undefined)[];
  appRoles: readonly string[];
}

const longestName = 128;

/** Undefined: nothing in it names an account. */
export function accountOf(
  { oid, sub, names, appRoles }: Claims,
  settings: SignInSettings,
): Identity | undefined {
  const principal = (oid ?? sub)?.slice(0, longestName);
  if (!principal) return undefined;
  const name = names.find((one) => one?.trim()) ?? principal;
  return {
    name: oneLine(name),
    principal,
    rights: settings.appRoles.filter((role) => appRoles.includes(role.name)),
  };
}

/** Whoever may write names in the directory writes no second line into a log. */
function oneLine(name: string): string {
  return name.replace(/\p{C}/gu, ' ').trim().slice(0, longestName).toWellFormed();
}
