/**
 * Stage 3: brings `heap` up to `crude` by natural key. Only rows that crude has taken since the last
 * call are touched; `heap.load_state` remembers how far, in the same transaction as the rows.
 */

import type { DatabaseSync } from 'node:sqlite';
import type { Procedure, ProcedureContext } from 'tds-sqlite';
import type { Pacing } from './durations.ts';
import type { EntityName } from './entities.ts';
import { startProgress } from './progress.ts';
import { dataSources } from './sources.ts';
import { changes, list, onConflict, prepare, quoted } from './sqlite.ts';
import { crudeTable, heapColumns, heapKey, heapTable } from './tables.ts';
import { timestamp } from './time.ts';

function heapStatements(name: EntityName) {
  const crude = quoted(crudeTable(name));
  const heap = quoted(heapTable(name));
  const columns = heapColumns(name);
  const key = heapKey(name);
  const written = [...columns, 'date_modification'];
  return {
    sequences: `SELECT "load_sequence" AS "sequence", count(*) AS "rows" FROM ${crude}
      WHERE "load_sequence" > ? GROUP BY "load_sequence" ORDER BY "load_sequence"`,
    write: `INSERT INTO ${heap} (${list(written)})
      SELECT ${list(columns)}, :now FROM ${crude}
      WHERE "load_sequence" = :sequence AND "is_deleted" = 0
      ${onConflict(key, written)}`,
    remove: `DELETE FROM ${heap} WHERE (${list(key)}) IN (
      SELECT ${list(key)} FROM ${crude} WHERE "load_sequence" = :sequence AND "is_deleted" = 1)`,
  };
}

interface LoadState {
  sequence: number;
  batch: number;
}

function readState(database: DatabaseSync, name: EntityName): LoadState {
  const row = database
    .prepare(`SELECT "load_sequence", "load_batch_id" FROM "heap.load_state" WHERE "entity" = ?`)
    .get(name);
  return {
    sequence: Number(row?.['load_sequence'] ?? 0),
    batch: Number(row?.['load_batch_id'] ?? 0),
  };
}

function saveState(database: DatabaseSync, name: EntityName, { sequence, batch }: LoadState): void {
  database
    .prepare(
      `INSERT INTO "heap.load_state" ("entity", "load_sequence", "load_batch_id")
       VALUES (?, ?, ?)
       ${onConflict(['entity'], ['load_sequence', 'load_batch_id'])}`,
    )
    .run(name, sequence, batch);
}

/** `heap.sp_load_to_heap_from_crude_<entity>`. Rows affected: the rows written or removed. */
export function heapProcedure(name: EntityName, pacing: Pacing): Procedure {
  const procedure = `heap.sp_load_to_heap_from_crude_${name}`;
  const sql = heapStatements(name);

  async function run(context: ProcedureContext): Promise<number> {
    const { database } = context;
    const state = readState(database, name);
    const sequences = database.prepare(sql.sequences).all(state.sequence);
    const batches = database
      .prepare(
        `SELECT "datasource_id", max("load_batch_id") AS "last" FROM "crude.load_batch"
         WHERE "entity" = ? AND "load_batch_id" > ? GROUP BY "datasource_id"`,
      )
      .all(name, state.batch);
    const codes = dataSources.filter(({ id }) => batches.some((b) => b['datasource_id'] === id));
    const total = sequences.reduce((sum, { rows }) => sum + Number(rows), 0);
    const advance = startProgress(context, {
      label: procedure,
      total,
      budget: pacing.budget(
        'heap',
        name,
        codes.map(({ code }) => code),
      ),
      now: pacing.now,
    });

    let done = 0;
    for (const { sequence, rows } of sequences) {
      state.sequence = Number(sequence);
      const written = await context.transaction(async () => {
        const now = timestamp(pacing.now());
        saveState(database, name, state);
        return (
          changes(prepare(database, sql.write).run({ sequence: state.sequence, now })) +
          changes(prepare(database, sql.remove).run({ sequence: state.sequence }))
        );
      });
      context.affected(written);
      done += Number(rows);
      await context.breathe();
      await advance(done);
    }
    await advance(total);
    if (batches.length > 0) {
      state.batch = Math.max(...batches.map(({ last }) => Number(last)));
      await context.transaction(async () => saveState(database, name, state));
    }
    return 0;
  }

  return { name: procedure, parameters: [], run };
}
