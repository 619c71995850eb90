/** Who calls, and what of it is written down. */

import type { ApiToken, Rights, Role } from '../settings/settings.ts';

/** Whoever calls, with what he may do in the call's role. */
export interface Caller extends Rights {
  /** Of the API token; or the name that the account has in the directory, which may change. */
  name: string;
  /** The object id of the account in Microsoft Entra ID, which stays; absent of an API token. */
  principal?: string;
  /** Where any role will do, and the others are those of all of these together. */
  rights?: readonly Rights[];
  /** Likewise: of an API token, as in the settings. */
  expires?: string;
}

/** Whoever is known, whatever he may do: each of `rights` by itself, none of them with another's codes. */
export interface Identity extends Pick<Caller, 'name' | 'principal'> {
  rights: readonly Rights[];
  /** Of an API token, as in the settings. */
  expires?: string;
}

export function identityOf(token: ApiToken): Identity {
  return {
    name: token.name,
    rights: [token],
    ...(token.expires !== undefined && { expires: token.expires }),
  };
}

/**
 * The caller in one role: with the codes and connections of those rights alone that have it, so that
 * who looks at everything and runs one data source does not run everything. Without the role where
 * there are none.
 */
export function inRole({ name, principal, rights }: Identity, role: Role): Caller {
  const those = rights.filter(({ roles }) => roles.includes(role));
  return {
    ...{ name, ...(principal !== undefined && { principal }) },
    ...allOf({ rights: those }),
    roles: those.length > 0 ? [role] : [],
  };
}

/** All rights together, which is more than each of them. */
export function allOf({ rights }: Pick<Identity, 'rights'>): Rights {
  const weights = rights.flatMap(({ weight }) => weight ?? []);
  return {
    roles: [...new Set(rights.flatMap(({ roles }) => roles))],
    codes: [...new Set(rights.flatMap(({ codes }) => codes))],
    connections: [...new Set(rights.flatMap(({ connections }) => connections))],
    ...(weights.length > 0 && { weight: Math.max(...weights) }),
  };
}

/** What tells callers apart for good: names of tokens have no colon, and names of accounts change. */
export function keyOf({ name, principal }: Pick<Caller, 'name' | 'principal'>): string {
  return principal === undefined ? name : `principal:${principal}`;
}

/** For a line of the log. */
export function callerText(caller: Pick<Caller, 'name' | 'principal'> | undefined): string {
  if (caller === undefined) return 'nobody';
  const { name, principal } = caller;
  return principal === undefined ? `token ${name}` : `${name}, signed in`;
}
