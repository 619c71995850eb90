/** What following calls in the aggregate base beside the procedures that apply. */

import { DatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import type { SqlParameter } from '../database/link.ts';
import { type ProductSchemas, usualSchemas } from '../database/product-schemas.ts';
import { callRepeatable } from '../database/repeatable-call.ts';

const generation = 'sp_read_flexibee_generation';
const prune = 'sp_prune_flexibee_changes';

/** What is there of an evidence. */
export const listRecords = 'sp_list_flexibee_records';

/** Of the typed tables. */
const typed = ['sp_shape_evidence', 'sp_fill_evidence', 'sp_typed_columns', 'sp_typed_state'];

/** All of them, for whoever grants rights. */
export function besideApplying(
  schemas: ProductSchemas = usualSchemas,
): { schema: string; name: string }[] {
  return [
    ...[generation, prune, listRecords].map((name) => ({ schema: schemas.crude, name })),
    ...typed.map((name) => ({ schema: schemas.flexi, name })),
  ];
}

/** No such procedure (SQL Server). */
const notThere = 2812;

/** The newest generation of a company in these databases; 0 where none was applied. @throws DatabaseError, or the reason of `signal` */
export async function newestGeneration(
  databases: Databases,
  ids: Iterable<string>,
  company: string,
  signal: AbortSignal,
): Promise<number> {
  let newest = 0;
  for (const id of ids) {
    const parameters: SqlParameter[] = [
      { name: 'company', type: 'nvarchar(64)', value: company },
      { name: 'generation', type: 'int', value: null, output: true },
    ];
    const output = await callIfThere(databases, id, generation, parameters, signal);
    newest = Math.max(newest, Number(output['generation'] ?? 0));
  }
  return newest;
}

/**
 * Deletes what was read before a moment from a company's journal in these databases, a thousand rows
 * each at most, the oldest first.
 *
 * @returns how many; 0 when there are none left
 * @throws DatabaseError, or the reason of `signal`
 */
export async function pruneJournal(
  databases: Databases,
  ids: Iterable<string>,
  company: string,
  before: Date,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  for (const id of ids) {
    const parameters: SqlParameter[] = [
      { name: 'company', type: 'nvarchar(64)', value: company },
      { name: 'before', type: 'datetime2(3)', value: before.toISOString() },
      { name: 'deleted', type: 'int', value: null, output: true },
    ];
    const output = await callIfThere(databases, id, prune, parameters, signal);
    total += Number(output['deleted'] ?? 0);
  }
  return total;
}

/** Nothing where a base has procedures of its own only, which keep generations and a journal by themselves. */
async function callIfThere(
  databases: Databases,
  database: string,
  name: string,
  parameters: SqlParameter[],
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const procedure = { schema: databases.schemas(database).crude, name };
  const call = { procedure, parameters, returnCheck: 'zero' as const };
  try {
    return await callRepeatable(databases, database, call, signal);
  } catch (error) {
    if (error instanceof DatabaseError && error.number === notThere) return {};
    throw error;
  }
}
