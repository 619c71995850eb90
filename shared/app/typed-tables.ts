/** The typed tables of a company, out of what the catalogue says of it. */

import type { Databases } from '../database/databases.ts';
import type { FlexibeeCompany } from '../flexibee/client.ts';
import { sqlTypedBase, type TypedBase } from '../flexibee/typed/base.ts';
import { TypedTables } from '../flexibee/typed/tables.ts';
import { type ProcedureOf, unknownRows } from './company-mirrors.ts';

/**
 * Of the evidences whose rows go into the mirror: a procedure of one's own has tables of its own.
 *
 * @param bases what is known of the databases, by their ids; filled here
 */
export function typedTables(
  { databases, now }: { databases: Databases; now(): Date },
  bases: Map<string, TypedBase>,
  source: Pick<FlexibeeCompany, 'properties'>,
  company: {
    code: string;
    evidences: readonly string[];
    procedureOf: ProcedureOf;
    log(text: string): void;
  },
): TypedTables {
  const { code, procedureOf, log } = company;
  const evidences = company.evidences.filter(
    (evidence) => unknownRows(procedureOf(evidence)) === undefined,
  );
  const [first] = evidences;
  const database = first === undefined ? '' : procedureOf(first).database;
  const base = bases.get(database) ?? sqlTypedBase(databases, database);
  bases.set(database, base);
  const properties = source.properties.bind(source);
  return new TypedTables({ company: code, evidences, properties, base, now, log });
}
