/** Aggregate bases with the product installed: the stand-in always, SQLSERVER_URL when given. */

import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import { soon } from './storage.ts';

export interface AggregateBase {
  name: string;
  isBabelfish: boolean;
  connectionString: string;
  /** With the one database `ab`. */
  databases: Databases;
  /** Sets faults of a procedure, `crude.sp_x`; on the stand-in only. */
  setFault?(procedure: string, fault: object): Promise<void>;
  query(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const folder = fileURLToPath(new URL('../../sql/install/', import.meta.url));

export async function startAggregateBases(): Promise<AggregateBase[]> {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const own = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  const standIn = await open('the stand-in', own, () => server.close());
  standIn.setFault = async (procedure, fault) => {
    const url = `http://127.0.0.1:${server.controlPort}/procedures/${procedure}`;
    const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(fault) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const bases = [standIn];
  const given = process.env['SQLSERVER_URL'];
  if (given) bases.push(await open('SQLSERVER_URL', given, async () => {}));
  return bases;
}

async function open(
  name: string,
  connectionString: string,
  stop: () => Promise<void>,
): Promise<AggregateBase> {
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const session = await databases.session('ab', soon());
  await install(session, await readScripts(folder), () => {}, soon());
  session.destroy();
  const query: AggregateBase['query'] = (text) => databases.query('ab', text, [], soon());
  const [version] = await query('SELECT @@VERSION AS version');
  return {
    name,
    isBabelfish: /babelfish/i.test(String(version?.['version'])),
    connectionString,
    databases,
    query,
    async close() {
      await databases.close();
      await stop();
    },
  };
}
