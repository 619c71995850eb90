/** A stand-in with one database, and two sessions on it: what one sends the other one reads. */

import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../../shared/database/databases.ts';
import type { SqlParameter } from '../../../shared/database/link.ts';
import { soon } from '../../support/storage.ts';

export interface World {
  connectionString: string;
  databases: Databases;
  /** A statement on a session of its own. */
  query(text: string, parameters?: readonly SqlParameter[]): Promise<Record<string, unknown>[]>;
  call(
    procedure: string,
    parameters: readonly SqlParameter[],
  ): Promise<{ returnValue: number; output: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  return {
    connectionString,
    databases,
    query: (text, parameters = []) => databases.query('ab', text, parameters, soon()),
    async call(name, parameters) {
      const session = await databases.session('ab', soon());
      try {
        const call = { procedure: { schema: 'dbo', name }, parameters };
        return await session.call(call, () => {}, soon());
      } finally {
        session.release();
      }
    },
    async close() {
      await databases.close();
      await server.close();
    },
  };
}
