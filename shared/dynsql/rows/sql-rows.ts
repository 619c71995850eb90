/** Rows to the stored procedure of the aggregate base. See docs/dynsql.md, "As a data source". */

import { randomUUID } from 'node:crypto';
import type { Databases } from '../../database/databases.ts';
import type { SqlParameter } from '../../database/link.ts';
import { callRepeatable } from '../../database/repeatable-call.ts';
import type { ReturnCheck } from '../../database/return-value.ts';
import { RowLoadError } from './row-error.ts';
import type { RowBatch, RowLoad, RowTarget } from './row-types.ts';

/** Which procedure takes the rows, as the catalogue says. */
export interface RowProcedure {
  /** The catalogue's id of the database: `ab`. */
  database: string;
  procedure: { schema: string; name: string };
  /** What a return value other than 0 means; `zero` unless told, as the contract says. */
  returnCheck?: ReturnCheck;
}

/**
 * One call a batch; one that fails for a passing reason is made again.
 *
 * @param onReturn told after each call: the warning about what the procedure returned
 * @param onMessage gets what the procedure says
 *
 * Both methods throw DatabaseError, or the reason of their signal.
 */
export function sqlRows(
  databases: Databases,
  { database, procedure, returnCheck = 'zero' }: RowProcedure,
  onReturn: (warning: string | undefined) => void = () => {},
  onMessage: (text: string) => void = () => {},
): RowTarget {
  return {
    async begin(set, signal) {
      const text = 'SELECT CONVERT(datetime2(3), SYSUTCDATETIME()) AS started_at';
      const [{ started_at: startedAt } = {}] = await databases.query(database, text, [], signal);
      const id = randomUUID().replaceAll('-', '');
      return { ...set, id, startedAt: `${startedAt}Z` };
    },
    async apply(load, batch, signal) {
      const parameters = parametersOf(load, batch);
      const call = { procedure, parameters, returnCheck, onReturn, onMessage };
      const output = await callRepeatable(databases, database, call, signal);
      if (output['is_superseded']) {
        const { source, entity, period } = load;
        const what = [source, entity, period].filter((word) => word !== '').join(', ');
        throw new RowLoadError('superseded', `${what}: a newer load has begun`);
      }
      return {
        created: Number(output['created']),
        updated: Number(output['updated']),
        deleted: Number(output['deleted']),
      };
    },
  };
}

function parametersOf(load: RowLoad, { number, rows, isLast }: RowBatch): SqlParameter[] {
  return [
    { name: 'source', type: 'nvarchar(64)', value: load.source },
    { name: 'entity', type: 'nvarchar(128)', value: load.entity },
    { name: 'period', type: 'varchar(7)', value: load.period },
    { name: 'definition', type: 'varchar(26)', value: load.definition },
    { name: 'load_id', type: 'varchar(32)', value: load.id },
    { name: 'started_at', type: 'datetime2(3)', value: load.startedAt },
    { name: 'batch', type: 'int', value: number },
    { name: 'rows', type: 'nvarchar(max)', value: `[${rows.map(rowJson).join(',')}]` },
    { name: 'is_last', type: 'bit', value: isLast },
    { name: 'is_superseded', type: 'bit', value: null, output: true },
    { name: 'created', type: 'int', value: null, output: true },
    { name: 'updated', type: 'int', value: null, output: true },
    { name: 'deleted', type: 'int', value: null, output: true },
  ];
}

/** What a procedure is passed by the contract: names and types. */
export function rowParameters(): SqlParameter[] {
  const load = { source: '', entity: '', period: '', definition: '', id: '', startedAt: '' };
  return parametersOf(load, { number: 1, rows: [], isLast: true });
}

/** The payload goes in as it is. */
const rowJson = ({ key, nth, payload }: RowBatch['rows'][number]) =>
  `{"key":${JSON.stringify(key)},"nth":${nth},"payload":${payload}}`;
