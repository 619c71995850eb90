/** The typed tables of a company, out of what the catalogue says of it. */

import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { FlexibeeCompany } from '../flexibee/client.ts';
import { sqlTypedBase, type TypedBase } from '../flexibee/typed/base.ts';
import { TypedTables } from '../flexibee/typed/tables.ts';

/**
 * Of the evidences whose rows go into the mirror: a procedure of one's own has tables of its own.
 *
 * @param bases what is known of the databases, by their ids; filled here
 */
export function typedTables(
  { catalog, databases, now }: { catalog: Catalog; databases: Databases; now(): Date },
  bases: Map<string, TypedBase>,
  source: Pick<FlexibeeCompany, 'properties'>,
  { code, log }: { code: string; log(text: string): void },
): TypedTables {
  const first = (evidence: string) => catalog.stages({ name: evidence, code })[0];
  const evidences = catalog.entityOrder(code).filter((evidence) => {
    const { schema, name = '' } = first(evidence)?.procedure ?? {};
    return schema === 'crude' && name.startsWith('sp_apply_flexibee_');
  });
  const database = first(evidences[0] ?? '')?.database ?? '';
  const base = bases.get(database) ?? sqlTypedBase(databases, database);
  bases.set(database, base);
  const properties = source.properties.bind(source);
  return new TypedTables({ company: code, evidences, properties, base, now, log });
}
