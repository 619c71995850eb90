/**
 * Stage 1: an export compares the live rows of one source (for a dated entity: of one period) with
 * what was exported last, and writes what differs into the outbox, in one transaction.
 *
 * The outbox holds the newest version of every key. `export_sequence` grows by one with every
 * transaction that writes to it, and a row carries the number of the last one that touched it: who
 * has loaded up to a number needs only what is above.
 */

import { columnsOf, type EntityName, entityOf } from '../entities.ts';
import { exportCodes, type SourceDatabase } from '../sources.ts';
import { areaColumn, liveTable, outboxTable, sectionColumn } from '../tables.ts';
import { exportParameters, exportProcedureName } from './export-names.ts';
import { takeTime } from './pacing.ts';
import { assign, bracketed, createProcedure, joinOn, lines, list, literal } from './text.ts';

/**
 * Whether a column is another one, NULL being like NULL, and the letter case of text counting:
 * databases usually ignore it. `EXISTS (… EXCEPT …)` says the same shorter, at three times the cost
 * of a comparison on engines that make a query of it for each row.
 */
function differs(name: EntityName, column: string): string {
  const type = (entityOf(name).columns as Record<string, string>)[column] ?? '';
  const [live, sent] = ['live', 'sent'].map((alias) => `${alias}.${bracketed(column)}`);
  const other = `${live} <> ${sent}${/char/.test(type) ? ' COLLATE Latin1_General_BIN2' : ''}`;
  if (!type.endsWith(' NULL')) return other;
  return `${other} OR (${live} IS NULL AND ${sent} IS NOT NULL) OR (${live} IS NOT NULL AND ${sent} IS NULL)`;
}

/** `@code` and, for a dated entity, `@period`: checked, and declared where they are no parameter. */
function readScope(name: EntityName, source: SourceDatabase): string {
  const { dated } = entityOf(name);
  const codes = exportCodes(name, source);
  if (source.system === 'STEK') {
    const code = `  DECLARE @code varchar(8) = '${codes[0]}';\n`;
    if (!dated) return code;
    const parameter = exportParameters(name, source)[0]?.name ?? '';
    return `${code}  DECLARE @period date = CONVERT(date, ${parameter}, 112);
  IF @period IS NULL THROW 50002, N'${parameter} must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);
`;
  }
  const check = `  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN (${codes.map((code) => `'${code}'`).join(', ')})
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for ${name}, expected ${codes.join(', ')}.');
    THROW 50001, @fault, 1;
  END;
`;
  if (!dated) return check;
  return `${check}  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);
`;
}

/** The conditions that keep an alias within what was asked for. */
function scope(name: EntityName, alias: string, owner: string | undefined): string[] {
  return [
    ...(owner ? [`${alias}.${bracketed(owner)} = @code`] : []),
    ...(entityOf(name).dated ? [`${alias}.[period] = @period`] : []),
  ];
}

/** The export of one entity from one database, as a batch that replaces it. */
export function exportSql(name: EntityName, source: SourceDatabase): string {
  const { dated, key } = entityOf(name);
  const procedure = exportProcedureName(name, source);
  const section = sectionColumn(source.system);
  const live = bracketed(liveTable(name));
  const outbox = bracketed(outboxTable(name, source.system));
  const columns = columnsOf(name);
  const compared = columns.filter((column) => column !== 'period' && !key.includes(column));
  const inLive = scope(name, 'live', areaColumn(name, source.system));
  const inSent = scope(name, 'sent', section);
  const and = (...conditions: string[]) =>
    lines(conditions, '    ', ' AND').replaceAll(', AND', ' AND');

  const body = `  SET NOCOUNT ON;
  SET XACT_ABORT ON;

${readScope(name, source)}
  DECLARE @label nvarchar(200) = CONCAT(${literal(`${procedure} `)}, @code${dated ? ", N' ', @period" : ''});
  DECLARE @milliseconds int;
${takeTime('export', name, '@code')}

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM ${outbox} WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET ${lines([...assign(compared, 'live'), '[is_deleted] = 0', '[date_modification] = @now', '[export_sequence] = @sequence'], '    ')}
  FROM ${outbox} AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN ${live} AS live ON ${joinOn(key, 'live', 'sent')}
  WHERE ${and(
    ...inSent,
    ...inLive,
    `(${lines(['sent.[is_deleted] = 1', ...compared.map((column) => differs(name, column))], '      ', ' OR')})`,
  )};
  SET @changed = @@ROWCOUNT;

  INSERT INTO ${outbox} (${list([...(section ? [section] : []), ...columns, 'is_deleted', 'date_modification', 'export_sequence'])})
  SELECT ${section ? '@code, ' : ''}${list(columns, 'live')}, 0, @now, @sequence
  FROM ${live} AS live
  WHERE ${and(
    ...inLive,
    `NOT EXISTS (SELECT 1 FROM ${outbox} AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE ${[...inSent, joinOn(key, 'sent', 'live')].join(' AND ')})`,
  )};
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM ${outbox} AS sent
  WHERE ${and(
    ...inSent,
    'sent.[is_deleted] = 0',
    `NOT EXISTS (SELECT 1 FROM ${live} AS live
      WHERE ${[...inLive, joinOn(key, 'live', 'sent')].join(' AND ')})`,
  )};
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, '${name}', @code, ${dated ? '@period' : 'NULL'},
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;`;
  return createProcedure(procedure, exportParameters(name, source), body);
}
