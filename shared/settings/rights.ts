/** What callers may do: of an API token, and of an app role. */

import { z } from 'zod';

/**
 * `read`: looks, and asks by dynsql. `run`: starts and stops syncs and polls. `admin`: changes what
 * others rest on. None has another in it.
 */
export const roles = ['read', 'run', 'admin'] as const;
export type Role = (typeof roles)[number];

const named = z.string().min(1, { error: 'must not be empty' });

/** Members of the entries of `API_TOKENS` and of `SIGN_IN.appRoles`. */
export const rightsMembers = {
  codes: z
    .array(named)
    .min(1, { error: 'must name at least one data source code, or "*" for all' }),
  /** What dynsql may ask with it; none unless told. */
  connections: z.array(named).default([]),
  /** Of its queries beside those of others, where these wait for one another. */
  weight: z
    .int({ error: 'must be a whole number from 1 to 100' })
    .min(1, { error: 'must be at least 1' })
    .max(100, { error: 'must be at most 100' })
    .optional(),
  roles: z
    .array(z.enum(roles, { error: 'must be "read", "run" or "admin"' }))
    .min(1, { error: 'must name at least one of "read", "run" and "admin"' })
    .default(['read', 'run']),
};

/** Roles, and the data sources and connections of dynsql that they hold for; `*` is all. */
export interface Rights {
  roles: readonly Role[];
  codes: readonly string[];
  connections: readonly string[];
  weight?: number | undefined;
}
