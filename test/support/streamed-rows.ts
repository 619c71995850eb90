/** What streams give, row by row under the names of its columns. */

import type { Databases } from '../../shared/database/databases.ts';
import type { SqlParameter } from '../../shared/database/link.ts';
import type { RowBatch } from '../../shared/database/row-stream.ts';

export type NamedRows = AsyncGenerator<Record<string, unknown>, void, undefined>;

export async function* namedRows(batches: AsyncIterable<RowBatch>): NamedRows {
  for await (const { columns, rows } of batches) {
    for (const row of rows) {
      yield Object.fromEntries(columns.map((name, index) => [name, row[index]]));
    }
  }
}

/** One statement on a connection of its own, as dynsql sends it. */
export async function* streamedRows(
  databases: Databases,
  id: string,
  sql: string,
  parameters: readonly SqlParameter[],
  signal: AbortSignal,
): NamedRows {
  yield* namedRows(await databases.stream(id, { sql, parameters }, signal));
}
