-- dynsql in the aggregate base: the rows of the queries that are data sources, how far each of their
-- loads has come, and the procedure that writes both. See docs/dynsql.md, "As a data source".
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
-- BIN2: what tells rows apart is compared by code point, whatever the database's collation is.
IF OBJECT_ID(N'crude.dynsql_load') IS NULL
  CREATE TABLE crude.dynsql_load (
    -- Code of the data source, and name of the entity there.
    source nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    entity nvarchar(128) COLLATE Latin1_General_BIN2 NOT NULL,
    -- yyyy-MM; empty of an entity without a date. Each period is loaded by itself.
    period varchar(7) COLLATE Latin1_General_BIN2 NOT NULL,
    -- Packed CLSID of the definition that was asked.
    definition varchar(26) NOT NULL,
    -- Of the newest load: how many there were with it, its own id, and when it began (UTC, by the
    -- clock of this server).
    load_no int NOT NULL,
    load_id varchar(32) NOT NULL,
    started_at datetime2(3) NOT NULL,
    last_batch int NOT NULL,
    -- NULL: under way, or broken off.
    finished_at datetime2(3) NULL,
    -- What this load did so far.
    row_count int NOT NULL,
    created_count int NOT NULL,
    updated_count int NOT NULL,
    deleted_count int NOT NULL,
    CONSTRAINT pk_dynsql_load PRIMARY KEY (source, entity, period)
  );
GO
IF OBJECT_ID(N'crude.dynsql_row') IS NULL
BEGIN
  CREATE TABLE crude.dynsql_row (
    row_id bigint IDENTITY(1, 1) NOT NULL,
    source nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    entity nvarchar(128) COLLATE Latin1_General_BIN2 NOT NULL,
    period varchar(7) COLLATE Latin1_General_BIN2 NOT NULL,
    -- Values of the key fields, or # and a hash: of the key where it is long or has small letters,
    -- of the whole row where the query selects no key.
    row_key varchar(65) COLLATE Latin1_General_BIN2 NOT NULL,
    -- 1 for the first row of a load with this key, 2 for the second.
    occurrence int NOT NULL,
    -- The load that saw the row last.
    load_no int NOT NULL,
    -- 1: the newest whole load did not have it; the row stays, for whoever loads on from here.
    deleted bit NOT NULL,
    -- The row as the query gave it, datasets and all; NULL of one that is deleted.
    payload nvarchar(max) NULL,
    -- UTC by the clock of this server; updated_at is when what a reader sees last changed.
    created_at datetime2(3) NOT NULL,
    updated_at datetime2(3) NOT NULL,
    CONSTRAINT pk_dynsql_row PRIMARY KEY (row_id),
    CONSTRAINT uq_dynsql_row UNIQUE (source, entity, period, row_key, occurrence)
  );
  -- For whoever loads on from here what has changed since the last time. The time comes first, so
  -- that nobody takes this index for a lookup by key.
  CREATE INDEX ix_dynsql_row_updated_at ON crude.dynsql_row (updated_at, source, entity);
END;
GO
-- ALTER keeps the grants that a procedure has.
IF OBJECT_ID(N'crude.sp_apply_dynsql_rows') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_apply_dynsql_rows AS RETURN 0');
GO
-- Applies one batch of a load, in one transaction. Batches come in order, from 1. A batch that was
-- applied already changes nothing, nor does a load that began before the newest one.
ALTER PROCEDURE crude.sp_apply_dynsql_rows
  @source nvarchar(64),
  @entity nvarchar(128),
  @period varchar(7),
  @definition varchar(26),
  -- Of the whole load, the same for all its batches.
  @load_id varchar(32),
  @started_at datetime2(3),
  @batch int,
  -- [{"key": "2E00000101", "nth": 1, "payload": {}}]; nth: within the batch, of rows with this key.
  @rows nvarchar(max),
  -- 1: the load is complete, and what it did not have is deleted.
  @is_last bit,
  -- 1: a newer load has begun, and nothing was done.
  @is_superseded bit = NULL OUTPUT,
  -- Of the load, this batch included.
  @created int = NULL OUTPUT,
  @updated int = NULL OUTPUT,
  @deleted int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  IF @source IS NULL OR @entity IS NULL OR @period IS NULL OR @definition IS NULL
    OR @load_id IS NULL OR @started_at IS NULL OR @is_last IS NULL
    THROW 50601, '@source, @entity, @period, @definition, @load_id, @started_at and @is_last must not be NULL.', 1;
  IF @batch IS NULL OR @batch < 1
    THROW 50601, '@batch must be from 1.', 1;
  IF ISNULL(ISJSON(@rows), 0) = 0
    THROW 50602, '@rows must be a JSON array.', 1;

  -- Of a row that is there already: its id, was_deleted, and whether its payload is the same.
  DECLARE @row TABLE (
    row_key varchar(80) COLLATE Latin1_General_BIN2 NULL,
    nth int NULL,
    occurrence int NULL,
    payload nvarchar(max) NULL,
    row_id bigint NULL,
    was_deleted bit NULL,
    is_same bit NULL
  );
  INSERT INTO @row (row_key, nth, payload)
  SELECT j.row_key, TRY_CONVERT(int, j.nth), j.payload
  FROM OPENJSON(@rows) WITH (
    row_key nvarchar(80) '$.key',
    nth nvarchar(20) '$.nth',
    payload nvarchar(max) '$.payload' AS JSON
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @row
    WHERE row_key IS NULL OR LEN(row_key) < 1 OR LEN(row_key) > 65
      OR nth IS NULL OR nth < 1 OR payload IS NULL
  )
    THROW 50603, '@rows: each needs a key of 1 to 65 characters, nth from 1, and a payload.', 1;
  IF EXISTS (SELECT 1 FROM @row GROUP BY row_key, nth HAVING COUNT(*) > 1)
    THROW 50604, '@rows: a key is there twice with the same nth.', 1;

  BEGIN TRANSACTION;

  -- Whoever loads the same takes turns: no deadlocks, and nothing moves between the comparison and
  -- the writing.
  DECLARE @resource nvarchar(255) = N'syncboard/dynsql/' + @source + N'/' + @entity + N'/' + @period;
  DECLARE @lock int;
  EXEC @lock = sys.sp_getapplock @Resource = @resource, @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = -1;
  IF @lock < 0 THROW 50605, 'The application lock of the entity was refused.', 1;

  DECLARE @load_no int, @known_id varchar(32), @known_start datetime2(3), @last_batch int,
    @finished_at datetime2(3);
  SET @is_superseded = 0;
  SET @created = 0;
  SET @updated = 0;
  SET @deleted = 0;
  SELECT @load_no = load_no, @known_id = load_id, @known_start = started_at,
    @last_batch = last_batch, @finished_at = finished_at
  FROM crude.dynsql_load WITH (UPDLOCK, HOLDLOCK)
  WHERE source = @source AND entity = @entity AND period = @period;

  IF @known_id <> @load_id
    AND (@started_at < @known_start OR (@started_at = @known_start AND @load_id < @known_id))
  BEGIN
    SET @is_superseded = 1;
    COMMIT TRANSACTION;
    RETURN;
  END;

  IF @known_id = @load_id
  BEGIN
    SELECT @created = created_count, @updated = updated_count, @deleted = deleted_count
    FROM crude.dynsql_load
    WHERE source = @source AND entity = @entity AND period = @period;
    IF @batch <= @last_batch
    BEGIN
      COMMIT TRANSACTION;
      RETURN;
    END;
    IF @finished_at IS NOT NULL THROW 50606, 'The load is complete: no batch may follow.', 1;
  END
  ELSE
  BEGIN
    SET @last_batch = 0;
    SET @load_no = ISNULL(@load_no, 0) + 1;
  END;
  IF @batch <> @last_batch + 1
    THROW 50606, 'A batch is missing before this one.', 1;

  -- Rows that share their key are told apart by counting, over all batches of the load. Looked up
  -- one by one: whatever the optimizer thinks of the table's size, that never reads a whole set.
  UPDATE n
  SET occurrence = n.nth + CASE
    WHEN @load_no = (
      SELECT r.load_no FROM crude.dynsql_row AS r WITH (UPDLOCK, HOLDLOCK)
      WHERE r.source = @source AND r.entity = @entity AND r.period = @period
        AND r.row_key = n.row_key AND r.occurrence = 1
    ) THEN (
      SELECT COUNT(*) FROM crude.dynsql_row AS r
      WHERE r.source = @source AND r.entity = @entity AND r.period = @period
        AND r.row_key = n.row_key AND r.load_no = @load_no
    ) ELSE 0 END
  FROM @row AS n;
  UPDATE n
  SET row_id = (
    SELECT r.row_id FROM crude.dynsql_row AS r WITH (UPDLOCK, HOLDLOCK)
    WHERE r.source = @source AND r.entity = @entity AND r.period = @period
      AND r.row_key = n.row_key AND r.occurrence = n.occurrence
  )
  FROM @row AS n;

  -- BIN2: two texts are the same only when every letter is, case included.
  UPDATE n
  SET was_deleted = r.deleted,
    is_same = CASE
      WHEN r.deleted = 0
        AND ISNULL(r.payload, N'') = ISNULL(n.payload, N'') COLLATE Latin1_General_BIN2
      THEN 1 ELSE 0 END
  FROM @row AS n
  JOIN crude.dynsql_row AS r ON r.row_id = n.row_id;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  UPDATE r
  SET payload = n.payload, deleted = 0, load_no = @load_no, updated_at = @now
  FROM @row AS n
  JOIN crude.dynsql_row AS r ON r.row_id = n.row_id
  WHERE n.is_same = 0;

  -- Seen again as it was: only which load saw it moves on.
  UPDATE r
  SET load_no = @load_no
  FROM @row AS n
  JOIN crude.dynsql_row AS r ON r.row_id = n.row_id
  WHERE n.is_same = 1;

  INSERT INTO crude.dynsql_row (source, entity, period, row_key, occurrence, load_no, deleted,
    payload, created_at, updated_at)
  SELECT @source, @entity, @period, n.row_key, n.occurrence, @load_no, 0, n.payload, @now, @now
  FROM @row AS n
  WHERE n.row_id IS NULL;

  DECLARE @row_count int;
  SELECT
    @row_count = COUNT(*),
    @created = @created + COUNT(CASE WHEN row_id IS NULL OR was_deleted = 1 THEN 1 END),
    @updated = @updated + COUNT(CASE WHEN is_same = 0 AND was_deleted = 0 THEN 1 END)
  FROM @row;

  IF @is_last = 1
  BEGIN
    -- In parts: from 5,000 locks of one statement on SQL Server would lock the whole table, and with
    -- it whoever loads something else.
    DECLARE @gone TABLE (no bigint NOT NULL PRIMARY KEY, row_id bigint NOT NULL);
    INSERT INTO @gone (no, row_id)
    SELECT ROW_NUMBER() OVER (ORDER BY row_id), row_id
    FROM crude.dynsql_row
    WHERE source = @source AND entity = @entity AND period = @period
      AND deleted = 0 AND load_no < @load_no;
    DECLARE @part int = 1000, @from bigint = 0, @count bigint;
    SET @count = (SELECT COUNT(*) FROM @gone);
    WHILE @from < @count
    BEGIN
      UPDATE r
      SET payload = NULL, deleted = 1, updated_at = @now
      FROM @gone AS g
      INNER LOOP JOIN crude.dynsql_row AS r ON r.row_id = g.row_id
      WHERE g.no > @from AND g.no <= @from + @part AND r.deleted = 0 AND r.load_no < @load_no;
      SET @deleted = @deleted + @@ROWCOUNT;
      SET @from = @from + @part;
    END;
  END;

  UPDATE crude.dynsql_load
  SET definition = @definition, load_no = @load_no, load_id = @load_id, started_at = @started_at,
    last_batch = @batch, finished_at = CASE WHEN @is_last = 1 THEN @now END,
    row_count = CASE WHEN @batch = 1 THEN 0 ELSE row_count END + @row_count,
    created_count = @created, updated_count = @updated, deleted_count = @deleted
  WHERE source = @source AND entity = @entity AND period = @period;
  IF @@ROWCOUNT = 0
    INSERT INTO crude.dynsql_load (source, entity, period, definition, load_no, load_id, started_at,
      last_batch, finished_at, row_count, created_count, updated_count, deleted_count)
    VALUES (@source, @entity, @period, @definition, @load_no, @load_id, @started_at,
      @batch, CASE WHEN @is_last = 1 THEN @now END, @row_count, @created, @updated, @deleted);

  COMMIT TRANSACTION;
END;
GO
