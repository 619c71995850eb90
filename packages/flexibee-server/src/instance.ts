/** What the server holds while it runs; routes and control work on it. */

import type { Accounts, Observed } from 'stand-in-kit';
import { Refusal } from 'stand-in-kit';
import type { Sessions } from './auth/sessions.ts';
import type { Company } from './company/index.ts';
import type { Hooks } from './hooks/hooks.ts';

/** A company, and what the server around it may do to it. */
export interface Hosted {
  readonly company: Company;
  readonly hooks: Hooks;
  /** Of the REST API. Missing: 403, and 402 for writes. */
  licence: 'present' | 'missing';
  /** True: somebody sits at the desktop client, and the database cannot be locked. */
  loggedIn: boolean;
  /** Evidences that the user has no right to read: 403. */
  readonly forbidden: Set<string>;
  /** Records, by evidence and number, that the user has no right to: as if they were not there. */
  readonly hidden: Map<string, ReadonlySet<number>>;
}

export interface Instance extends Observed {
  readonly companies: ReadonlyMap<string, Hosted>;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
}

/** @throws Refusal 404 */
export function hosted(instance: Instance, name: string | undefined): Hosted {
  const found = instance.companies.get(name ?? '');
  if (!found) throw new Refusal(404, `Firma '${name}' neexistuje`);
  return found;
}
