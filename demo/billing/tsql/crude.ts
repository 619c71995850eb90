/**
 * Stage 2: loads what every source has exported since the last load into `crude`, newest version of
 * each key over the older one, in one transaction.
 *
 * `crude.load_state` remembers for every source database the last export sequence taken; it moves
 * with the rows. `load_sequence` does for heap what `export_sequence` does here.
 */

import { columnsOf, type EntityName } from '../entities.ts';
import { entities } from '../entity-table.ts';
import { databasesOf, type SourceDatabase } from '../sources.ts';
import { crudeKey, crudeTable, hasDateLoad, outboxTable, sectionColumn } from '../tables.ts';
import { takeTime } from './pacing.ts';
import { assign, bracketed, createProcedure, joinOn, lines, list } from './text.ts';

/** Exports that have ended since the last load, whether or not they wrote rows. */
const readBatches = (name: EntityName, { name: database }: SourceDatabase) =>
  `SELECT '${database}' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM ${bracketed(`${database}.dbo.export_batch`)} AS batch
    WHERE batch.[entity] = '${name}' AND batch.[export_batch_id] > @${database}_batch
    GROUP BY batch.[code]`;

/** Whose exports a load that began now would find: they say how long it takes. */
const endedCodes = (name: EntityName, { name: database }: SourceDatabase) =>
  `SELECT batch.[code]
      FROM ${bracketed(`${database}.dbo.export_batch`)} AS batch
      JOIN [crude].[load_state] AS state ON state.[entity] = batch.[entity] AND state.[database_name] = '${database}'
      WHERE batch.[entity] = '${name}' AND batch.[export_batch_id] > state.[export_batch_id]`;

function readRows(name: EntityName, { name: database, system, codes }: SourceDatabase): string {
  const section = sectionColumn(system);
  const owner = section ? `sent.${bracketed(section)}` : `'${codes[0]}'`;
  return `SELECT ${owner} AS [code], ${list(columnsOf(name), 'sent')}, sent.[is_deleted]
    FROM ${bracketed(`${database}.${outboxTable(name, system)}`)} AS sent
    WHERE sent.[export_sequence] > @${database}_sequence AND sent.[export_sequence] <= @${database}_last`;
}

/** Text as the database compares it: the server's own databases may have another collation. */
function temporaryTable(table: string, columns: Record<string, string>, key: readonly string[]) {
  const definitions = Object.entries(columns).map(([column, type]) => {
    const collation = /char/.test(type) ? ' COLLATE DATABASE_DEFAULT' : '';
    return `${bracketed(column)} ${type.replace(' NULL', '')}${collation}${type.endsWith(' NULL') ? ' NULL' : ' NOT NULL'}`;
  });
  return `  CREATE TABLE ${table} (
    ${lines([...definitions, `PRIMARY KEY (${list(key)})`], '    ')}
  );`;
}

/** Where the last load ended. The row stays locked: two loads of one entity take turns. */
const readState = (name: EntityName, { name: database }: SourceDatabase) =>
  `  DECLARE @${database}_sequence bigint, @${database}_last bigint, @${database}_batch bigint;
  SELECT @${database}_sequence = [export_sequence], @${database}_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = '${name}' AND [database_name] = '${database}';
`;

/**
 * How far this load goes. Sequences are committed in their order, and a row that an export moves
 * while it is read moves beyond this one: it is left to the next load, whatever the scan saw of it.
 * Not `SET … = (SELECT …)`: on Babelfish that has no rights in another database.
 */
const readLast = (name: EntityName, { name: database, system }: SourceDatabase) =>
  `  SELECT @${database}_last = COALESCE(MAX([export_sequence]), @${database}_sequence)
    FROM ${bracketed(`${database}.${outboxTable(name, system)}`)} WHERE [export_sequence] > @${database}_sequence;`;

/** `crude.sp_load_datasource_<entity>`, as a batch that replaces it. */
export function crudeSql(name: EntityName): string {
  const procedure = `crude.sp_load_datasource_${name}`;
  const crude = bracketed(crudeTable(name));
  const columns = columnsOf(name);
  const key = crudeKey(name);
  const sources = databasesOf(name);
  const dateLoad = hasDateLoad(name);
  const updated = [...columns.filter((column) => !key.includes(column)), 'is_deleted'];
  const inserted = ['datasource_id', ...columns, 'is_deleted'];
  const union = (queries: string[]) => queries.join('\n    UNION ALL\n    ');

  const body = `  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'${procedure}', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

${temporaryTable('#ended', { database_name: 'varchar(20)', code: 'varchar(8)', export_batch_id: 'bigint' }, ['code'])}
${temporaryTable('#exported', { datasource_id: 'int', ...entities[name].columns, is_deleted: 'bit' }, key)}
${takeTime('crude', name, sources.map((source) => endedCodes(name, source)).join('\n      UNION ALL\n      '))}

  BEGIN TRANSACTION;

${sources.map((source) => readState(name, source)).join('\n')}
  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    ${union(sources.map((source) => readBatches(name, source)))}
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
${sources.map((source) => readLast(name, source)).join('\n')}

  INSERT INTO #exported (${list(inserted)})
  SELECT source.[list_datasource_id], ${list(columns, 'sent')}, sent.[is_deleted]
  FROM (
    ${union(sources.map((source) => readRows(name, source)))}
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM ${crude} WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET ${lines([...assign(updated, 'sent'), ...(dateLoad ? ['[date_load] = @now'] : []), '[load_sequence] = @load_sequence'], '    ')}
  FROM ${crude} AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON ${joinOn(key, 'sent', 'loaded')};
  SET @changed = @@ROWCOUNT;

  INSERT INTO ${crude} (${list([...inserted, ...(dateLoad ? ['date_load'] : []), 'load_sequence'])})
  SELECT ${list(inserted, 'sent')}, ${dateLoad ? '@now, ' : ''}@load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM ${crude} AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE ${joinOn(key, 'loaded', 'sent')});
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    ${lines(
      sources.map(({ name: database }) => `WHEN '${database}' THEN @${database}_last`),
      '    ',
      '',
    )} END
  WHERE [entity] = '${name}' AND [database_name] IN (${sources.map(({ name: database }) => `'${database}'`).join(', ')});

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = '${name}';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    '${name}', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;`;
  return createProcedure(procedure, [], body);
}
