/** What `npm run sql:install` does to a real aggregate base, done to the demo's. */

import { fileURLToPath } from 'node:url';
import { Databases } from '../../shared/database/databases.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import { withDatabase } from './connections.ts';
import { aggregateBase } from './sources.ts';

const folder = fileURLToPath(new URL('../../sql/install/', import.meta.url));

/**
 * Applies the scripts of `sql/install` that the database has not had: some milliseconds when there
 * are none.
 *
 * @param server connection string without a database
 * @throws ChangedScriptError when a script has changed since: the demo then begins anew with
 *   `npm start -- --fresh`
 */
export async function installProduct(server: string, signal: AbortSignal): Promise<void> {
  const connectionString = withDatabase(server, aggregateBase.name);
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  try {
    const session = await databases.session('ab', signal);
    try {
      await install(session, await readScripts(folder), () => {}, signal);
    } finally {
      session.destroy();
    }
  } finally {
    await databases.close();
  }
}
