/**
 * Stage 3: brings `heap` up to `crude` by natural key, in one transaction. Only rows that crude has
 * taken since the last call are touched; `heap.load_state` remembers how far.
 */

import type { EntityName } from '../entities.ts';
import { crudeTable, heapColumns, heapKey, heapTable } from '../tables.ts';
import { takeTime } from './pacing.ts';
import { assign, bracketed, createProcedure, joinOn, lines, list } from './text.ts';

/** `heap.sp_load_to_heap_from_crude_<entity>`, as a batch that replaces it. */
export function heapSql(name: EntityName): string {
  const procedure = `heap.sp_load_to_heap_from_crude_${name}`;
  const crude = bracketed(crudeTable(name));
  const heap = bracketed(heapTable(name));
  const columns = heapColumns(name);
  const key = heapKey(name);
  const updated = columns.filter((column) => !key.includes(column));
  const loaded = (isDeleted: 0 | 1) => `loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = ${isDeleted}`;

  const body = `  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'${procedure}', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;

${takeTime(
  'heap',
  name,
  `SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[load_state] AS state ON state.[entity] = batch.[entity]
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = '${name}' AND batch.[load_batch_id] > state.[load_batch_id]`,
)}

  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = '${name}';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = '${name}');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM ${crude} WHERE [load_sequence] > @taken);

  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET ${lines([...assign(updated, 'loaded'), '[date_modification] = @now'], '    ')}
  FROM ${heap} AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN ${crude} AS loaded ON ${joinOn(key, 'loaded', 'kept')}
  WHERE ${loaded(0)};
  SET @changed = @@ROWCOUNT;

  INSERT INTO ${heap} (${list([...columns, 'date_modification'])})
  SELECT ${list(columns, 'loaded')}, @now
  FROM ${crude} AS loaded
  WHERE ${loaded(0)}
    AND NOT EXISTS (SELECT 1 FROM ${heap} AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE ${joinOn(key, 'kept', 'loaded')});
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM ${heap} AS kept
  JOIN ${crude} AS loaded ON ${joinOn(key, 'loaded', 'kept')}
  WHERE ${loaded(1)};
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = '${name}';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;`;
  return createProcedure(procedure, [], body);
}
