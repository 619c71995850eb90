/** The session of `sql:run` and `sql:install`; or what to look at where there is none. */

import type { DatabaseAddress } from '../shared/database/address.ts';
import { addressTold, connectCure } from '../shared/database/connect-cure.ts';
import { toDatabaseError } from '../shared/database/database-error.ts';
import type { Databases } from '../shared/database/databases.ts';
import type { Session } from '../shared/database/session.ts';

/**
 * @throws Error naming the database, its host and port, the setting and what to check, and nothing
 *   else of the address; or the reason of `signal`
 */
export async function openSession(
  databases: Databases,
  { id, connectionString, setting }: DatabaseAddress,
  signal: AbortSignal,
): Promise<Session> {
  try {
    return await databases.session(id, signal);
  } catch (error) {
    signal.throwIfAborted();
    const whose = addressTold(id, connectionString, setting);
    const { message } = toDatabaseError(error);
    throw new Error(`${whose} cannot be opened: ${message}\n  ${connectCure(error, setting)}`, {
      cause: error,
    });
  }
}
