/**
 * Stage 2: loads what every source has exported and AB has not loaded yet into `crude`, newest
 * version of each key over the older one.
 *
 * `crude.load_state` remembers for every source database the last export sequence taken; it moves in
 * the same transaction as the rows. `load_sequence` does for heap what `export_sequence` does here.
 */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Procedure, ProcedureContext } from 'tds-sqlite';
import type { Pacing } from './durations.ts';
import { columnsOf, type EntityName } from './entities.ts';
import { startProgress } from './progress.ts';
import { databasesOf, dataSources, type SourceDatabase } from './sources.ts';
import { list, onConflict, prepare, quoted, readNumber } from './sqlite.ts';
import { crudeKey, crudeTable, hasDateLoad, outboxTable, sectionColumn } from './tables.ts';
import { timestamp } from './time.ts';

interface Pending {
  source: SourceDatabase;
  outbox: DatabaseSync;
  /** Export sequences above the last one taken, with their rows. */
  sequences: { sequence: number; rows: number }[];
  /** Exports that have ended since the last load, whether or not they wrote rows. */
  codes: string[];
  lastBatch: number;
}

function findPending(context: ProcedureContext, name: EntityName, source: SourceDatabase): Pending {
  const outbox = context.linked(source.name);
  const state = context.database
    .prepare(
      `SELECT "export_sequence", "export_batch_id" FROM "crude.load_state"
       WHERE "entity" = ? AND "database_name" = ?`,
    )
    .get(name, source.name);
  const sequences = outbox
    .prepare(
      `SELECT "export_sequence" AS "sequence", count(*) AS "rows"
       FROM ${quoted(outboxTable(name, source.system))}
       WHERE "export_sequence" > ? GROUP BY "export_sequence" ORDER BY "export_sequence"`,
    )
    .all(state?.['export_sequence'] ?? 0);
  const batches = outbox
    .prepare(
      `SELECT "code", max("export_batch_id") AS "last" FROM "dbo.export_batch"
       WHERE "entity" = ? AND "export_batch_id" > ? GROUP BY "code"`,
    )
    .all(name, state?.['export_batch_id'] ?? 0);
  return {
    source,
    outbox,
    sequences: sequences.map(({ sequence, rows }) => ({
      sequence: Number(sequence),
      rows: Number(rows),
    })),
    codes: batches.map(({ code }) => String(code)),
    lastBatch: Math.max(0, ...batches.map(({ last }) => Number(last))),
  };
}

const sourceIds = new Map<SQLInputValue, number>(dataSources.map(({ id, code }) => [code, id]));

function crudeStatements(name: EntityName) {
  const columns = columnsOf(name);
  const written = [
    'datasource_id',
    ...columns,
    'is_deleted',
    ...(hasDateLoad(name) ? ['date_load'] : []),
    'load_sequence',
  ];
  const crude = quoted(crudeTable(name));
  return {
    read: ({ system }: SourceDatabase) => {
      const section = sectionColumn(system);
      const owner = section ? `${quoted(section)} AS "code", ` : '';
      return `SELECT ${owner}${list(columns)}, "is_deleted"
        FROM ${quoted(outboxTable(name, system))} WHERE "export_sequence" = ?`;
    },
    nextSequence: `SELECT coalesce(max("load_sequence"), 0) + 1 FROM ${crude}`,
    write: `INSERT INTO ${crude} (${list(written)})
      VALUES (${written.map((column) => `:${column}`).join(', ')})
      ${onConflict(crudeKey(name), written)}`,
  };
}

function saveState(
  database: DatabaseSync,
  state: { entity: string; database_name: string } & (
    | { export_sequence: number }
    | { export_batch_id: number }
  ),
): void {
  const complete = { export_sequence: 0, export_batch_id: 0, ...state };
  const columns = Object.keys(complete);
  prepare(
    database,
    `INSERT INTO "crude.load_state" (${list(columns)})
     VALUES (${columns.map((column) => `:${column}`).join(', ')})
     ${onConflict(['entity', 'database_name'], Object.keys(state))}`,
  ).run(complete);
}

/** Takes the ended exports over: their time is spent, heap's is now due. */
function recordLoads(
  database: DatabaseSync,
  { source, codes, lastBatch }: Pending,
  entity: EntityName,
  now: string,
): void {
  const insert = prepare(
    database,
    `INSERT INTO "crude.load_batch" ("load_batch_id", "entity", "datasource_id", "date_load")
     SELECT coalesce(max("load_batch_id"), 0) + 1, :entity, :id, :now FROM "crude.load_batch"`,
  );
  for (const code of codes) insert.run({ entity, id: sourceIds.get(code) ?? null, now });
  saveState(database, { entity, database_name: source.name, export_batch_id: lastBatch });
}

/** `crude.sp_load_datasource_<entity>`. Rows affected: the rows loaded. */
export function crudeProcedure(name: EntityName, pacing: Pacing): Procedure {
  const procedure = `crude.sp_load_datasource_${name}`;
  const sql = crudeStatements(name);

  function loadSequence(database: DatabaseSync, { source, outbox }: Pending, sequence: number) {
    const rows = outbox.prepare(sql.read(source)).all(sequence);
    const write = prepare(database, sql.write);
    const load = {
      date_load: timestamp(pacing.now()),
      load_sequence: readNumber(database, sql.nextSequence),
    };
    for (const { code, ...row } of rows) {
      const id = sourceIds.get(code ?? source.codes[0] ?? null) ?? null;
      write.run({ ...row, ...load, datasource_id: id });
    }
    saveState(database, { entity: name, database_name: source.name, export_sequence: sequence });
    return rows.length;
  }

  async function run(context: ProcedureContext): Promise<number> {
    const { database } = context;
    const pending = databasesOf(name).map((source) => findPending(context, name, source));
    const total = pending
      .flatMap(({ sequences }) => sequences)
      .reduce((sum, { rows }) => sum + rows, 0);
    const codes = pending.flatMap((source) => source.codes);
    const advance = startProgress(context, {
      label: procedure,
      total,
      budget: pacing.budget('crude', name, codes),
      now: pacing.now,
    });

    let done = 0;
    for (const source of pending) {
      for (const { sequence, rows } of source.sequences) {
        const loaded = await context.transaction(async () =>
          loadSequence(database, source, sequence),
        );
        context.affected(loaded);
        done += rows;
        await context.breathe();
        await advance(done);
      }
    }
    await advance(total);
    await context.transaction(async () => {
      for (const source of pending) {
        if (source.codes.length > 0) recordLoads(database, source, name, timestamp(pacing.now()));
      }
    });
    return 0;
  }

  return { name: procedure, parameters: [], run };
}
