/** Rows as they come, no faster than they are taken: memory holds some dozens of them. */

import { setImmediate } from 'node:timers/promises';
import { type DescribedColumn, declaredType } from './column-type.ts';
import { toDatabaseError } from './database-error.ts';
import type { Link, SqlParameter } from './link.ts';
import { kindOf, type ValueKind } from './sql-types.ts';

/** Rows that have come together. */
export interface RowBatch {
  /** Names of the columns. */
  columns: readonly string[];
  /** What the text of a column's values is; of columns that are not here values are themselves. */
  kinds: ReadonlyMap<string, ValueKind>;
  /** Types as declared, to send values back; columns of types that are not compared are not here. */
  types: ReadonlyMap<string, string>;
  /** Each row's values in the order of `columns`. */
  rows: readonly (readonly unknown[])[];
}

/** Rows that wait in memory for a slow reader: enough to keep the wire busy. */
const bufferedRows = 64;

/** `Session.batches` over the connection it has borrowed. */
export async function* streamRowBatches(
  link: Link,
  text: string,
  parameters: readonly SqlParameter[],
  signal: AbortSignal,
): AsyncGenerator<RowBatch, void, undefined> {
  const request = link.request(parameters, signal);
  request.arrayRowMode = true;
  let columns: string[] = [];
  let kinds = new Map<string, ValueKind>();
  let types = new Map<string, string>();
  request.on('recordset', (described: DescribedColumn[]) => {
    columns = described.map(({ name }) => name);
    kinds = new Map(
      described.flatMap(({ name, type }) => {
        const kind = kindOf(type);
        return kind === undefined ? [] : [[name, kind] as const];
      }),
    );
    types = new Map(
      described.flatMap((column) => {
        const type = declaredType(column);
        return type === undefined ? [] : [[column.name, type] as const];
      }),
    );
  });
  const rows = request.toReadableStream({ highWaterMark: bufferedRows });
  // Errors come by the stream; this one only says when the session is free again.
  const ended = request.query(text).then(
    () => {},
    () => {},
  );
  const attention = link.attentionOn(request, signal);
  try {
    for await (const first of rows) {
      // What has arrived with the first is parsed before the event loop turns.
      await setImmediate();
      const batch: unknown[][] = [first];
      while (batch.length < bufferedRows && rows.readableLength > 0) batch.push(rows.read());
      yield { columns, kinds, types, rows: batch };
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toDatabaseError(error);
  } finally {
    if (!rows.readableEnded) attention.send();
    await ended;
    attention.clear();
  }
}
