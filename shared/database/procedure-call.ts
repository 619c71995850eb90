/** Calls of stored procedures. */

import type { EventEmitter } from 'node:events';
import type sql from 'mssql';
import { inSpan, type SpanOptions } from '../telemetry/spans.ts';
import { inFull, toDatabaseError } from './database-error.ts';
import type { Link, SqlParameter } from './link.ts';
import { RowCounter, type RowCounts } from './row-counts.ts';

export interface ProcedureCall {
  procedure: { schema: string; name: string };
  parameters: readonly SqlParameter[];
}

export interface ProcedureResult {
  returnValue: number;
  rows: RowCounts;
  /**
   * Values of the output parameters by name without `@`; exact numbers, dates and times as text:
   * see `wire/value-reader.ts`.
   */
  output: Record<string, unknown>;
}

/**
 * `Session.call` over the connection it has borrowed. However many rows, counts and errors the
 * procedure gives, memory holds one row and the first errors.
 *
 * @param onMessage gets every error but the first, too, which is thrown at the end
 */
export async function callProcedure(
  link: Link,
  call: ProcedureCall,
  onMessage: (text: string) => void,
  signal: AbortSignal,
): Promise<ProcedureResult> {
  const { schema, name } = call.procedure;
  const request = link.request(call.parameters, signal);
  const rows = new RowCounter();
  const errors: Error[] = [];
  // The driver then keeps no rows, and tells errors by the event alone.
  request.stream = true;
  request.on('info', (info: { message: string }) => onMessage(info.message));
  request.on('rowsaffected', (count: number) => rows.count(count));
  request.on('recordset', () => countRows(request, rows));
  request.on('error', (error: Error) => {
    const told = toDatabaseError(error);
    // What the server says after its first error is nobody's cause, and would be told nowhere.
    if (errors.length > 0 && told.number !== undefined) onMessage(inFull(told));
    keep(errors, error);
  });
  const send = () =>
    link.send(request, signal, async () => {
      const result = await request.execute(`${quoted(schema)}.${quoted(name)}`);
      const failure = failureOf(errors);
      if (failure !== undefined) throw failure;
      return {
        returnValue: result.returnValue as number,
        rows: rows.counts,
        output: result.output,
      };
    });
  return await inSpan(`EXEC ${schema}.${name}`, () => described(call), send);
}

function described({ procedure: { schema, name } }: ProcedureCall): SpanOptions {
  const attributes = {
    'db.system.name': 'microsoft.sql_server',
    'db.operation.name': 'EXEC',
    'db.stored_procedure.name': `${schema}.${name}`,
  };
  return { kind: 'client', attributes };
}

const quoted = (name: string) => `[${name.replaceAll(']', ']]')}]`;

/**
 * Takes the place of mssql's own listener, which makes an object of each row and gathers the
 * pieces of FOR JSON and FOR XML until the last has come (12.7, `tedious/request.js`).
 */
function countRows(request: sql.Request, rows: RowCounter): void {
  const { _currentRequest: driver } = request as unknown as { _currentRequest: EventEmitter };
  driver.removeAllListeners('row');
  driver.on('row', () => rows.returned());
}

/** The first ones say why, the last how it ended. */
const keptErrors = 16;

function keep(errors: Error[], error: Error): void {
  if (errors.length === keptErrors) errors.pop();
  errors.push(error);
}

/** As the driver rejects where it does not stream. */
function failureOf(errors: readonly Error[]): Error | undefined {
  const last = errors.at(-1);
  return last && Object.assign(last, { precedingErrors: errors.slice(0, -1) });
}
