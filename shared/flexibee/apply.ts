/** The mirror in the aggregate base: batches go to a stored procedure. See docs/flexibee.md. */

import type { Databases } from '../database/databases.ts';
import type { SqlParameter } from '../database/link.ts';
import { callRepeatable } from '../database/repeatable-call.ts';
import type { ReturnCheck } from '../database/return-value.ts';
import type { AppliedRows, Batch, Mirror, RecordState } from './types.ts';

/** Which procedure takes an evidence, as the catalogue says. */
export interface ApplyProcedure {
  /** The catalogue's id of the database: `ab`. */
  database: string;
  procedure: { schema: string; name: string };
  /** What a return value other than 0 means; `zero` unless told, as the contract says. */
  returnCheck?: ReturnCheck;
}

/** Letters of JSON in one call: 8 MB on the wire, where a letter takes two bytes. */
const partLength = 4_000_000;

/**
 * One call a batch; of a batch whose records are larger than 8 MB, as many as it takes, in the
 * order of the records, with the journal and what is gone in the last one. A call that fails for a
 * passing reason is made again.
 *
 * `apply` throws DatabaseError, or the reason of its signal: earlier parts may be applied then, and
 * the whole batch is to be applied again. RangeError, before anything is sent, for a change of
 * another evidence.
 *
 * @param procedureOf is asked for every batch; throws for an evidence that nobody follows
 * @param onReturn told after each call: the procedure, and the warning about what it returned
 * @param onMessage gets what the procedure says
 * @param maxLength letters of JSON in one call; tests take fewer
 */
export function sqlMirror(
  databases: Databases,
  procedureOf: (evidence: string) => ApplyProcedure,
  onReturn: (procedure: string, warning: string | undefined) => void = () => {},
  onMessage: (procedure: string, text: string) => void = () => {},
  maxLength = partLength,
): Mirror {
  return {
    async apply(batch, signal) {
      const { evidence, changes } = batch;
      const other = changes.find((change) => change.evidence !== evidence);
      if (other) throw new RangeError(`a change of ${other.evidence} in a batch of ${evidence}`);
      const { database, procedure, returnCheck = 'zero' } = procedureOf(evidence);
      const name = `${procedure.schema}.${procedure.name}`;
      const total: AppliedRows = { created: 0, updated: 0, deleted: 0 };
      const parts = partsOf(batch.records, maxLength);
      for (const [index, records] of parts.entries()) {
        const isLast = index === parts.length - 1;
        const parameters = parametersOf(batch, records, isLast);
        const call = {
          procedure,
          parameters,
          returnCheck,
          onReturn: (warning: string | undefined) => onReturn(name, warning),
          onMessage: (text: string) => onMessage(name, text),
        };
        const output = await callRepeatable(databases, database, call, signal);
        total.created += Number(output['created']);
        total.updated += Number(output['updated']);
        total.deleted += Number(output['deleted']);
      }
      return total;
    },
  };
}

function parametersOf(batch: Batch, records: string, isLast: boolean): SqlParameter[] {
  const { company, evidence, generation, readAt, changes } = batch;
  const gone = isLast ? batch.gone : undefined;
  const journal = isLast
    ? changes.map(({ version, id, operation, at, externalIds }) => ({
        version,
        id,
        operation,
        at,
        externalIds,
      }))
    : [];
  return [
    { name: 'company', type: 'nvarchar(64)', value: company },
    { name: 'evidence', type: 'nvarchar(64)', value: evidence },
    { name: 'generation', type: 'int', value: generation },
    { name: 'read_at', type: 'datetime2(3)', value: readAt },
    { name: 'changes', type: 'nvarchar(max)', value: JSON.stringify(journal) },
    { name: 'records', type: 'nvarchar(max)', value: records },
    { name: 'gone_read_before', type: 'datetime2(3)', value: gone?.readBefore ?? null },
    { name: 'gone_version', type: 'bigint', value: gone?.version ?? null },
    { name: 'created', type: 'int', value: null, output: true },
    { name: 'updated', type: 'int', value: null, output: true },
    { name: 'deleted', type: 'int', value: null, output: true },
  ];
}

/** JSON arrays of records in their order, none longer than it must be; at least one. */
function partsOf(records: readonly RecordState[], maxLength: number): string[] {
  const parts: string[] = [];
  // Grown, not joined: texts of megabytes, each of which would lie about until all memory is swept.
  let part = '';
  for (const record of records) {
    const json = JSON.stringify(record);
    if (part !== '' && part.length + json.length > maxLength) {
      parts.push(`${part}]`);
      part = '';
    }
    part += `${part === '' ? '[' : ','}${json}`;
  }
  parts.push(`${part || '['}]`);
  return parts;
}
