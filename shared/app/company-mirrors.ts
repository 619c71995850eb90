/** Which procedures and databases of the catalogue take what is followed of a company. */

import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { ApplyProcedure } from '../flexibee/apply.ts';
import type { KeptJournal } from '../flexibee/journal-retention.ts';
import { type MirrorRows, sqlMirrorRows } from '../flexibee/reconcile/mirror-rows.ts';
import type { Unseen } from '../flexibee/step.ts';

const dayMs = 86_400_000;

/** What applies each evidence of a company. @throws RangeError for one that nobody follows */
export type ProcedureOf = (evidence: string) => ApplyProcedure;

/** What puts rows where the mirror's list reads them, whatever its schema is called. */
const shipped = /^sp_apply_flexibee_(changes|page)$/;

/** Why nobody knows the rows of an evidence here; undefined: they are known. */
export function unknownRows({ procedure: { schema, name } }: ApplyProcedure): string | undefined {
  return shipped.test(name) ? undefined : `its rows are where ${schema}.${name} has put them`;
}

/** Rows of evidences whose rows are known. */
export function mirrorRowsOf(
  databases: Databases,
  code: string,
  procedureOf: ProcedureOf,
): MirrorRows {
  return sqlMirrorRows(databases, code, (evidence) => procedureOf(evidence).database);
}

/** As of a follow context. */
export function unseenOf(databases: Databases, code: string, procedureOf: ProcedureOf): Unseen {
  const rows = mirrorRowsOf(databases, code, procedureOf);
  return async function* (evidence, unseen, signal) {
    if (unknownRows(procedureOf(evidence)) !== undefined) return;
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

/** By the catalogue: each evidence is applied by the procedure that its first stage names. */
export function procedureOf(catalog: Catalog, code: string): ProcedureOf {
  return (evidence) => firstStage(catalog, code, evidence);
}

function firstStage(catalog: Catalog, code: string, evidence: string): ApplyProcedure {
  const [first] = catalog.stages({ name: evidence, code });
  if (first === undefined) throw new RangeError(`no stage of ${evidence} of ${code}`);
  return first;
}
