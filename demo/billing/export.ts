/**
 * Stage 1: an export compares the live rows of one source (for a dated entity: of one period) with
 * what was exported last, and writes what differs into the outbox.
 *
 * The outbox holds the newest version of every key. `export_sequence` grows by one with every
 * transaction that writes to it, and a row carries the number of the last one that touched it: who
 * has loaded up to a number needs only what is above. Each chunk of keys is compared and written in
 * one transaction, so that a call that dies leaves a shorter way for the next one and no harm.
 */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  type Procedure,
  type ProcedureContext,
  type ProcedureParameter,
  SqlServerError,
} from 'tds-sqlite';
import type { Pacing } from './durations.ts';
import { columnsOf, type EntityName, entityOf } from './entities.ts';
import { periodOfParts, periodOfText } from './period.ts';
import { startProgress } from './progress.ts';
import { exportCodes, type SourceDatabase } from './sources.ts';
import {
  changes,
  compareKey,
  joinOn,
  keyParameters,
  list,
  onConflict,
  prepare,
  quoted,
  readNumber,
} from './sqlite.ts';
import { areaColumn, liveTable, outboxTable, sectionColumn, sourceKey } from './tables.ts';
import { timestamp } from './time.ts';

/** Keys a transaction: some 10 ms, so that an attention is answered well within 100 ms. */
export const defaultChunkRows = 2000;

/** STEK databases that export these through `prep` although they are not zagser. */
const exportedThroughPrep: readonly EntityName[] = [
  'personal_account_meter',
  'personal_account_parameter',
  'recalculation',
  'turnover_balance_sheet',
];

/** Dated STEK exports that call their parameter `@month`; the others `@date_of_month`. */
const namedMonth: readonly EntityName[] = ['charge_detail', 'personal_saldo'];

/** `schema.name` of the procedure that exports an entity from a database. */
export function exportProcedureName(name: EntityName, database: SourceDatabase): string {
  const throughPrep =
    database.system === 'STEK' &&
    (database.codes.includes('zagser') || exportedThroughPrep.includes(name));
  if (throughPrep) return `prep.sp_export_to_prep_${name}`;
  return `dbo.sp_export_to_bill_ab_${name === 'bank_code' ? 'bank_dictionary' : name}`;
}

const monthParameter = (name: EntityName) =>
  namedMonth.includes(name) ? 'month' : 'date_of_month';

/** The parameters of the procedure that exports an entity from a database. */
export function exportParameters(name: EntityName, database: SourceDatabase): ProcedureParameter[] {
  const { dated } = entityOf(name);
  if (database.system === 'STEK') {
    return dated ? [{ name: `@${monthParameter(name)}`, type: 'varchar(8)' }] : [];
  }
  const area = { name: '@CurDataAreaId', type: 'varchar(4)' };
  if (!dated) return [area];
  return [area, { name: '@period_month', type: 'int' }, { name: '@period_year', type: 'int' }];
}

interface Scope {
  code: string;
  period: string | null;
}

function readScope(
  name: EntityName,
  database: SourceDatabase,
  parameters: ProcedureContext['parameters'],
): Scope {
  const codes = exportCodes(name, database);
  const { dated } = entityOf(name);
  if (database.system === 'STEK') {
    const parameter = monthParameter(name);
    const period = dated ? periodOfText(parameter, parameters[parameter]) : null;
    return { code: String(codes[0]), period };
  }
  const asked = parameters['CurDataAreaId'];
  const code = codes.find((known) => known === asked);
  if (!code) {
    throw new SqlServerError(
      50001,
      `@CurDataAreaId: unknown data area '${asked}' for ${name}, expected ${codes.join(', ')}.`,
    );
  }
  return { code, period: dated ? periodOfParts(parameters) : null };
}

type Key = Record<string, SQLInputValue>;

/** The statements of one entity's export; every one takes `:code` and `:period`. */
function exportStatements(name: EntityName, database: SourceDatabase) {
  const { dated, key } = entityOf(name);
  const columns = columnsOf(name);
  const area = areaColumn(name, database.system);
  const section = sectionColumn(database.system);
  const live = quoted(liveTable(name));
  const outbox = quoted(outboxTable(name, database.system));

  const scope = (alias: string, owner: string | undefined) =>
    [
      owner ? `${alias}.${quoted(owner)} = :code` : undefined,
      dated ? `${alias}."period" = :period` : undefined,
    ].filter((condition) => condition !== undefined);
  const where = (...conditions: string[]) => `WHERE ${['TRUE', ...conditions].join(' AND ')}`;
  const range = (alias: string, after: boolean, upTo: boolean) => [
    ...(after ? [compareKey(key, alias, '>', 'after')] : []),
    ...(upTo ? [compareKey(key, alias, '<=', 'upto')] : []),
  ];

  const written = [
    ...(section ? [section] : []),
    ...columns,
    'is_deleted',
    'date_modification',
    'export_sequence',
  ];
  const compared = columns.filter((column) => column !== 'period' && !key.includes(column));
  const differs = [
    'sent."export_sequence" IS NULL',
    'sent."is_deleted" = 1',
    // BINARY: a change of case alone is a change.
    ...compared.map((c) => `live.${quoted(c)} IS NOT sent.${quoted(c)} COLLATE BINARY`),
  ];

  return {
    /** The last key of each chunk over all keys, live and exported; `done` of `total` rows. */
    chunks: `
      WITH keys AS (
        SELECT ${list(key)} FROM ${live} AS live ${where(...scope('live', area))}
        UNION
        SELECT ${list(key)} FROM ${outbox} AS sent
        ${where(...scope('sent', section), 'sent."is_deleted" = 0')}
      ), numbered AS (
        SELECT ${list(key)}, row_number() OVER (ORDER BY ${list(key)}) AS "done",
          count(*) OVER () AS "total"
        FROM keys
      )
      SELECT * FROM numbered WHERE "done" % :size = 0 OR "done" = "total" ORDER BY "done"`,
    nextSequence: `SELECT coalesce(max("export_sequence"), 0) + 1 FROM ${outbox}`,
    write: (after: boolean, upTo: boolean) => `
      INSERT INTO ${outbox} (${list(written)})
      SELECT ${section ? ':code, ' : ''}${list(columns, 'live')}, 0, :now, :sequence
      FROM ${live} AS live LEFT JOIN ${outbox} AS sent
        ON ${[joinOn(key, 'sent', 'live'), ...scope('sent', section)].join(' AND ')}
      ${where(...scope('live', area), ...range('live', after, upTo))} AND (${differs.join(' OR ')})
      ${onConflict(sourceKey(name, section), written)}`,
    markDeleted: (after: boolean, upTo: boolean) => `
      UPDATE ${outbox} AS sent
      SET "is_deleted" = 1, "date_modification" = :now, "export_sequence" = :sequence
      ${where(...scope('sent', section), ...range('sent', after, upTo))}
        AND sent."is_deleted" = 0 AND NOT EXISTS (
          SELECT 1 FROM ${live} AS live
          ${where(...scope('live', area), joinOn(key, 'live', 'sent'))})`,
  };
}

/** Records that an export has ended, so that crude and heap know whose time to take. */
function recordBatch(
  database: DatabaseSync,
  batch: { entity: string; code: string; period: string | null; rows: number; now: string },
): void {
  prepare(
    database,
    `INSERT INTO "dbo.export_batch"
      ("export_batch_id", "entity", "code", "period", "rows_changed", "date_export")
     SELECT coalesce(max("export_batch_id"), 0) + 1, :entity, :code, :period, :rows, :now
     FROM "dbo.export_batch"`,
  ).run(batch);
}

/**
 * The export of one entity from one database. Rows affected: the rows written to the outbox.
 * Raises 289 or 241 for an impossible month and 50001 for an area the entity is not exported by.
 */
export function exportProcedure(
  name: EntityName,
  source: SourceDatabase,
  pacing: Pacing,
  chunkRows: number,
): Procedure {
  const procedure = exportProcedureName(name, source);
  const { key } = entityOf(name);
  const sql = exportStatements(name, source);

  async function run(context: ProcedureContext): Promise<number> {
    const scope = readScope(name, source, context.parameters);
    const { database } = context;
    const chunks = prepare(database, sql.chunks).all({ ...scope, size: chunkRows });
    const last = chunks.at(-1);
    const total = Number(last?.['total'] ?? 0);
    const advance = startProgress(context, {
      label: [procedure, scope.code, scope.period].filter(Boolean).join(' '),
      total,
      budget: pacing.budget('export', name, [scope.code]),
      now: pacing.now,
    });

    const writeChunk = (after: Key | undefined, upTo: Key | undefined) => {
      const parameters = {
        ...scope,
        ...(after && keyParameters(key, 'after', after)),
        ...(upTo && keyParameters(key, 'upto', upTo)),
        now: timestamp(pacing.now()),
        sequence: readNumber(database, sql.nextSequence),
      };
      const bounds = [after !== undefined, upTo !== undefined] as const;
      return (
        changes(prepare(database, sql.write(...bounds)).run(parameters)) +
        changes(prepare(database, sql.markDeleted(...bounds)).run(parameters))
      );
    };

    let rows = 0;
    let after: Key | undefined;
    for (const chunk of chunks) {
      // Open at both ends, so that no key is outside all chunks.
      const upTo = chunk === last ? undefined : chunk;
      const written = await context.transaction(async () => writeChunk(after, upTo));
      context.affected(written);
      rows += written;
      after = chunk;
      await context.breathe();
      await advance(Number(chunk['done']));
    }
    await advance(total);
    const batch = { entity: name, ...scope, rows, now: timestamp(pacing.now()) };
    await context.transaction(async () => recordBatch(database, batch));
    return 0;
  }

  return { name: procedure, parameters: exportParameters(name, source), run };
}
