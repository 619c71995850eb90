/** FlexiBee's mirror on the stand-in always, and on SQLSERVER_URL when given. */

import type { Databases } from '../../shared/database/databases.ts';
import { pageProcedure, sqlMirror } from '../../shared/flexibee/apply.ts';
import type { AppliedRows, Batch, Mirror, MirrorPage } from '../../shared/flexibee/types.ts';
import { type AggregateBase, startAggregateBases } from '../support/aggregate-bases.ts';
import type { JournalRow, MirrorRow } from '../support/flexibee-mirror.ts';

export interface Target {
  name: string;
  /** With the parameters that the catalogue's contract has for one evidence. */
  takesOneEvidence: boolean;
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

const procedures = [pageProcedure, { schema: 'crude', name: 'sp_apply_flexibee_changes' }];

/** Of each base one for each shipped procedure. */
export async function startTargets(): Promise<Target[]> {
  const bases = await startAggregateBases();
  return bases.flatMap((base) => procedures.map((procedure) => targetOf(base, procedure)));
}

function targetOf(base: AggregateBase, procedure: (typeof procedures)[number]): Target {
  const { name, databases, isBabelfish, query, setFault } = base;
  const place = () => ({ database: 'ab', procedure });
  return {
    name: `${name}, by ${procedure.name}`,
    takesOneEvidence: procedure !== pageProcedure,
    except: (promised) => isBabelfish && ofBabelfish[promised],
    ...(setFault && { setFault: (fault) => setFault(`crude.${procedure.name}`, fault) }),
    databases,
    mirror: sqlMirror(databases, place),
    inParts: sqlMirror(databases, place, { maxLength: 60 }),
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
          readAt: `${row['read_at']}Z`,
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
    close: () => base.close(),
  };
}

let companies = 0;
/** A company of the test's own: a database may have been used before. */
export const newCompany = () => `test-${Date.now().toString(36)}-${++companies}`;

export type Given = Partial<Batch & Pick<MirrorPage, 'generation' | 'readAt'>>;

/** A page of one evidence, with what a test does not care about filled in. */
export const pageOf = (company: string, given: Given = {}): MirrorPage => {
  const { generation = 1, readAt = '2026-01-01T00:00:00.000Z', ...batch } = given;
  const batches = [{ evidence: 'adresar', changes: [], records: [], ...batch }];
  return { company, generation, readAt, batches };
};

/** Applies a page of one evidence. */
export async function applyTo(
  mirror: Mirror,
  page: MirrorPage,
  signal: AbortSignal,
): Promise<AppliedRows | undefined> {
  const applied = await mirror.apply(page, signal);
  return applied.get(page.batches[0]?.evidence ?? '');
}
