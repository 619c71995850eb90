/** The SQL Server stand-in with an aggregate base that has the product installed, for benchmarks. */

import { fileURLToPath } from 'node:url';
import { startSqlServer } from 'tds-sqlite';
import { Databases } from '../../shared/database/databases.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';

const server = await startSqlServer({
  databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  logins: { bench: 'bench' },
});
const connectionString = `Server=127.0.0.1,${server.port};Database=AB;User Id=bench;Password=bench;Encrypt=false`;
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
const session = await databases.session('ab', AbortSignal.timeout(60_000));
const scripts = await readScripts(fileURLToPath(new URL('../../sql/install/', import.meta.url)));
await install(session, scripts, () => {}, AbortSignal.timeout(60_000));
session.destroy();
await databases.close();
process.on('disconnect', () => void server.close().then(() => process.exit()));
process.send?.({ type: 'ready', connectionString });
