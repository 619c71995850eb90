/** Aggregate bases with the product installed: the stand-in always, SQLSERVER_URL when given. */

import { fileURLToPath } from 'node:url';
import { startSqlServer } from '../../local/sql-server/server.ts';
import { Databases } from '../../shared/database/databases.ts';
import { sqlMirror } from '../../shared/flexibee/apply.ts';
import type { Batch, Mirror } from '../../shared/flexibee/types.ts';
import { install } from '../../sql/installer.ts';
import { readScripts } from '../../sql/scripts.ts';
import type { JournalRow, MirrorRow } from '../support/flexibee-mirror.ts';
import { soon } from '../support/storage.ts';

export interface Target {
  name: string;
  /** Why the engine does not keep a promise; false: it does. For a test's `skip`. */
  except(promised: Promised): string | false;
  /** Sets faults of the apply procedure; on the stand-in only. */
  setFault?(fault: object): Promise<void>;
  databases: Databases;
  mirror: Mirror;
  /** The same mirror, with so few letters a call that every batch takes several. */
  inParts: Mirror;
  rows(company: string, evidence: string): Promise<MirrorRow[]>;
  journal(company: string): Promise<JournalRow[]>;
  query(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** What OPENJSON of Babelfish 4.3 does otherwise than SQL Server's. */
const ofBabelfish = {
  escapes: 'leaves the escapes of a text as they are',
  'rows that are no objects': 'leaves out rows that are no objects',
};
export type Promised = keyof typeof ofBabelfish;

const folder = fileURLToPath(new URL('../../sql/install/', import.meta.url));
const procedure = { schema: 'crude', name: 'sp_apply_flexibee_changes' };

export async function startTargets(): Promise<Target[]> {
  const server = await startSqlServer({
    logins: { tester: 'secret' },
    databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
  });
  const own = `Server=127.0.0.1,${server.port};Database=AB;User Id=tester;Password=secret;Encrypt=false`;
  const standIn = await open('the stand-in', own, () => server.close());
  const faults = `http://127.0.0.1:${server.controlPort}/procedures/crude.sp_apply_flexibee_changes`;
  standIn.setFault = async (fault) => {
    const answer = await fetch(faults, { method: 'PUT', body: JSON.stringify(fault) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const targets = [standIn];
  const given = process.env['SQLSERVER_URL'];
  if (given) targets.push(await open('SQLSERVER_URL', given, async () => {}));
  return targets;
}

async function open(
  name: string,
  connectionString: string,
  stop: () => Promise<void>,
): Promise<Target> {
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  const session = await databases.session('ab', soon());
  await install(session, await readScripts(folder), () => {}, soon());
  session.destroy();
  const place = () => ({ database: 'ab', procedure });
  const query: Target['query'] = (text) => databases.query('ab', text, [], soon());
  const [version] = await query('SELECT @@VERSION AS version');
  const isBabelfish = /babelfish/i.test(String(version?.['version']));
  return {
    name,
    except: (promised) => isBabelfish && ofBabelfish[promised],
    databases,
    mirror: sqlMirror(databases, place),
    inParts: sqlMirror(databases, place, 60),
    query,
    async rows(company, evidence) {
      const rows = await query(`SELECT record_id, generation, version, read_at, deleted, code,
external_ids, payload, created_at, updated_at FROM crude.flexibee_record
WHERE company = N'${company}' AND evidence = N'${evidence}' ORDER BY record_id`);
      return rows.map(
        (row): MirrorRow => ({
          id: String(row['record_id']),
          generation: Number(row['generation']),
          version: Number(row['version']),
          readAt: (row['read_at'] as Date).toISOString(),
          deleted: row['deleted'] as boolean,
          code: row['code'] as string | null,
          externalIds: JSON.parse(String(row['external_ids'])),
          payload: row['payload'] === null ? null : JSON.parse(String(row['payload'])),
        }),
      );
    },
    async journal(company) {
      const rows = await query(`SELECT generation, version, evidence, record_id, operation,
CONVERT(varchar(26), changed_at, 121) AS changed_at, external_ids FROM crude.flexibee_change
WHERE company = N'${company}' ORDER BY generation, version`);
      return rows.map((row) => ({
        generation: Number(row['generation']),
        version: Number(row['version']),
        evidence: String(row['evidence']),
        id: String(row['record_id']),
        operation: row['operation'] as JournalRow['operation'],
        ...(row['changed_at'] !== null && { at: String(row['changed_at']) }),
        externalIds: JSON.parse(String(row['external_ids'])),
      }));
    },
    async close() {
      await databases.close();
      await stop();
    },
  };
}

let companies = 0;
/** A company of the test's own: a database may have been used before. */
export const newCompany = () => `test-${Date.now().toString(36)}-${++companies}`;

/** A batch with what a test does not care about filled in. */
export const batchOf = (company: string, given: Partial<Batch> = {}): Batch => ({
  company,
  evidence: 'adresar',
  generation: 1,
  readAt: '2026-01-01T00:00:00.000Z',
  changes: [],
  records: [],
  ...given,
});
