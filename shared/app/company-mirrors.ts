/** Which procedures and databases of the catalogue take what is followed of a company. */

import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import { type ApplyProcedure, type MirrorOptions, sqlMirror } from '../flexibee/apply.ts';
import type { KeptJournal } from '../flexibee/journal-retention.ts';
import { type MirrorRows, sqlMirrorRows } from '../flexibee/reconcile/mirror-rows.ts';
import type { Unseen } from '../flexibee/step.ts';
import type { Mirror } from '../flexibee/types.ts';

const dayMs = 86_400_000;

/** Each evidence is applied by the procedure that its first stage names. */
export function mirrorOf(
  catalog: Catalog,
  databases: Databases,
  code: string,
  options: MirrorOptions,
): Mirror {
  return sqlMirror(databases, (evidence) => firstStage(catalog, code, evidence), options);
}

/** What puts rows where the mirror's list reads them. */
const shipped = /^crude\.sp_apply_flexibee_(changes|page)$/;

/** Why nobody knows the rows of an evidence here; undefined: they are known. */
export function unknownRows(catalog: Catalog, code: string, evidence: string): string | undefined {
  const { schema, name } = firstStage(catalog, code, evidence).procedure;
  const procedure = `${schema}.${name}`;
  return shipped.test(procedure) ? undefined : `its rows are where ${procedure} has put them`;
}

/** Rows of evidences whose rows are known. */
export function mirrorRowsOf(catalog: Catalog, databases: Databases, code: string): MirrorRows {
  const databaseOf = (evidence: string) => firstStage(catalog, code, evidence).database;
  return sqlMirrorRows(databases, code, databaseOf);
}

/** As of a follow context. */
export function unseenOf(catalog: Catalog, databases: Databases, code: string): Unseen {
  const rows = mirrorRowsOf(catalog, databases, code);
  return async function* (evidence, unseen, signal) {
    if (unknownRows(catalog, code, evidence) !== undefined) return;
    yield* rows.pages(evidence, { by: 'lastUpdate', unseen }, signal);
  };
}

/** The journals of all companies, and what each keeps. */
export function keptJournals(catalog: Catalog, now: Date): KeptJournal[] {
  return catalog.companies.map(({ code, journalDays }) => {
    const evidences = catalog.entityOrder(code);
    const ids = evidences.map((evidence) => firstStage(catalog, code, evidence).database);
    const before = new Date(now.getTime() - journalDays * dayMs);
    return { company: code, databases: [...new Set(ids)], before };
  });
}

/** What applies an evidence. @throws RangeError for one that nobody follows */
export function firstStage(catalog: Catalog, code: string, evidence: string): ApplyProcedure {
  const [first] = catalog.stages({ name: evidence, code });
  if (first === undefined) throw new RangeError(`no stage of ${evidence} of ${code}`);
  return first;
}
