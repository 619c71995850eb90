/** Who looks: a token for as long as the tab lives, and what it may do. */

import { computed, effect, signal } from '@preact/signals';
import type { Me } from '../api/schema.d.ts';

export type Role = Me['roles'][number];

const place = 'syncboard-token';

/** In place of a token: the platform stands in front and says by a cookie who it is. */
export const byPlatform = '';

/**
 * In the session's storage alone: it goes with the tab, and is never in an address. Undefined:
 * nobody is signed in.
 */
export const token = signal(sessionStorage.getItem(place) ?? undefined);

/** What `Authorization` says, if anything does. */
export function authorization(): string | undefined {
  return token.value ? `Bearer ${token.value}` : undefined;
}

type Ended = 'unknown' | 'may not read';

/** Why nobody is signed in any more; undefined at first. */
export const refusal = signal<Ended | undefined>(undefined);

/** What the app says of the token; undefined until it has. */
export const me = signal<Me | undefined>(undefined);

export const isSignedIn = computed(() => token.value !== undefined);

export function signIn(presented: string): void {
  sessionStorage.setItem(place, presented);
  me.value = undefined;
  refusal.value = undefined;
  token.value = presented;
}

export function signOut(why?: Ended): void {
  sessionStorage.removeItem(place);
  me.value = undefined;
  refusal.value = why;
  token.value = undefined;
}

/** Whether to offer what needs a role, for data sources where it is about some. */
export function may(role: Role, codes: readonly string[] = []): boolean {
  // An account may have several app roles: each holds for the data sources beside it.
  const rights = me.value?.rights ?? [];
  return rights.some(
    (right) =>
      right.roles.includes(role) &&
      (right.codes.includes('*') || codes.every((code) => right.codes.includes(code))),
  );
}

/** Whether to offer a connection of dynsql. */
export function mayAsk(connection: string): boolean {
  const rights = me.value?.rights ?? [];
  return rights.some(
    ({ roles, connections }) =>
      roles.includes('read') && (connections.includes('*') || connections.includes(connection)),
  );
}

const userPlace = 'syncboard-user';

/** The person, as is written beside what is started; no secret, so kept for the next time. */
export const user = signal(localStorage.getItem(userPlace) ?? '');
effect(() => localStorage.setItem(userPlace, user.value));

/** Who asks, for bodies: the person, or the token's name where nobody said. */
export function asker(): string {
  return user.value.trim() || (me.value?.name ?? '');
}
