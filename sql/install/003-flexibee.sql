-- FlexiBee in the aggregate base: the records of the companies that are followed, the journal of
-- their changes, and the procedure that writes both. See docs/flexibee.md, "The apply procedure".
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
IF SCHEMA_ID(N'crude') IS NULL EXEC(N'CREATE SCHEMA crude AUTHORIZATION dbo');
GO
IF OBJECT_ID(N'crude.flexibee_record') IS NULL
BEGIN
  -- BIN2: what tells rows apart is compared by code point, whatever the database's collation is.
  CREATE TABLE crude.flexibee_record (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NOT NULL,
    code nvarchar(255) NULL,
    -- A JSON array: ["code:…", "ext:…"].
    external_ids nvarchar(max) NOT NULL,
    -- A row changes for what is newer by these three, in this order.
    generation int NOT NULL,
    version bigint NOT NULL,
    read_at datetime2(3) NOT NULL,
    -- 1: gone at the source; the row stays, so that nothing older brings the record back.
    deleted bit NOT NULL,
    -- The record as FlexiBee gave it; NULL of one that is deleted.
    payload nvarchar(max) NULL,
    -- UTC by the clock of this server; updated_at is when what a reader sees last changed.
    created_at datetime2(3) NOT NULL,
    updated_at datetime2(3) NOT NULL,
    CONSTRAINT pk_flexibee_record PRIMARY KEY (company, evidence, record_id)
  );
  -- For whoever loads on from here what has changed since the last time.
  CREATE INDEX ix_flexibee_record_updated_at
    ON crude.flexibee_record (company, evidence, updated_at);
END;
GO
IF OBJECT_ID(N'crude.flexibee_change') IS NULL
  CREATE TABLE crude.flexibee_change (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    generation int NOT NULL,
    version bigint NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NOT NULL,
    operation varchar(6) NOT NULL,
    -- By the clock of the FlexiBee server and in its zone; older ones do not tell.
    changed_at datetime2(6) NULL,
    external_ids nvarchar(max) NOT NULL,
    read_at datetime2(3) NOT NULL,
    CONSTRAINT pk_flexibee_change PRIMARY KEY (company, generation, version)
  );
GO
-- ALTER keeps the grants that a procedure has.
IF OBJECT_ID(N'crude.sp_apply_flexibee_changes') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_apply_flexibee_changes AS RETURN 0');
GO
-- Applies one evidence's part of a page of changes, or of a load, in one transaction. Applying
-- anything twice, or something older after something newer, changes nothing. No statement locks
-- more than 2,000 rows of a table or an index: from 5,000 on SQL Server would lock the whole table,
-- and with it whoever loads another company.
ALTER PROCEDURE crude.sp_apply_flexibee_changes
  @company nvarchar(64),
  @evidence nvarchar(64),
  @generation int,
  @read_at datetime2(3),
  -- [{"version": 7, "id": "12", "operation": "update", "at": "2021-03-12 23:59:55.586215", "externalIds": []}]
  @changes nvarchar(max),
  -- [{"id": "12", "version": 7, "deleted": false, "code": "A", "externalIds": [], "payload": {}}]
  @records nvarchar(max),
  -- At the end of a full load: what was last read before this moment is deleted in that version.
  @gone_read_before datetime2(3) = NULL,
  @gone_version bigint = NULL,
  @created int = NULL OUTPUT,
  @updated int = NULL OUTPUT,
  @deleted int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  IF @company IS NULL OR @evidence IS NULL OR @generation IS NULL OR @read_at IS NULL
    THROW 50501, '@company, @evidence, @generation and @read_at must not be NULL.', 1;
  IF (@gone_read_before IS NULL AND @gone_version IS NOT NULL)
    OR (@gone_read_before IS NOT NULL AND @gone_version IS NULL)
    THROW 50501, '@gone_read_before and @gone_version must be given together.', 1;
  IF ISNULL(ISJSON(@changes), 0) = 0
    THROW 50502, '@changes must be a JSON array.', 1;
  IF ISNULL(ISJSON(@records), 0) = 0
    THROW 50502, '@records must be a JSON array.', 1;

  DECLARE @change TABLE (
    no bigint NOT NULL PRIMARY KEY,
    version bigint NULL,
    record_id bigint NULL,
    operation nvarchar(20) NULL,
    changed_at datetime2(6) NULL,
    external_ids nvarchar(max) NULL
  );
  INSERT INTO @change (no, version, record_id, operation, changed_at, external_ids)
  SELECT ROW_NUMBER() OVER (ORDER BY TRY_CONVERT(bigint, j.version)), TRY_CONVERT(bigint, j.version), TRY_CONVERT(bigint, j.id), j.operation,
    TRY_CONVERT(datetime2(6), j.changed_at), ISNULL(j.external_ids, N'[]')
  FROM OPENJSON(@changes) WITH (
    version nvarchar(40) '$.version',
    id nvarchar(40) '$.id',
    operation nvarchar(20) '$.operation',
    changed_at nvarchar(40) '$.at',
    external_ids nvarchar(max) '$.externalIds' AS JSON
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @change
    WHERE version IS NULL OR version < 1 OR record_id IS NULL
      OR operation IS NULL OR operation NOT IN (N'create', N'update', N'delete')
  )
    THROW 50503, '@changes: each needs a version from 1, an id, and the operation create, update or delete.', 1;
  IF EXISTS (SELECT 1 FROM @change GROUP BY version HAVING COUNT(*) > 1)
    THROW 50504, '@changes: a version is there twice.', 1;

  -- Of a record that the mirror has: was_deleted, and what the new state is to it.
  DECLARE @record TABLE (
    no bigint NOT NULL PRIMARY KEY,
    record_id bigint NULL,
    version bigint NULL,
    deleted bit NULL,
    code nvarchar(255) NULL,
    external_ids nvarchar(max) NULL,
    payload nvarchar(max) NULL,
    was_deleted bit NULL,
    is_newer bit NULL,
    is_same bit NULL
  );
  INSERT INTO @record (no, record_id, version, deleted, code, external_ids, payload)
  SELECT ROW_NUMBER() OVER (ORDER BY TRY_CONVERT(bigint, j.id)), TRY_CONVERT(bigint, j.id), TRY_CONVERT(bigint, j.version), j.deleted,
    j.code, ISNULL(j.external_ids, N'[]'), j.payload
  FROM OPENJSON(@records) WITH (
    id nvarchar(40) '$.id',
    version nvarchar(40) '$.version',
    deleted bit '$.deleted',
    code nvarchar(255) '$.code',
    external_ids nvarchar(max) '$.externalIds' AS JSON,
    payload nvarchar(max) '$.payload' AS JSON
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @record
    WHERE record_id IS NULL OR version IS NULL OR version < 0
      OR deleted IS NULL OR (deleted = 0 AND payload IS NULL)
  )
    THROW 50503, '@records: each needs an id, a version from 0, deleted, and a payload unless it is deleted.', 1;
  IF EXISTS (SELECT 1 FROM @record GROUP BY record_id HAVING COUNT(*) > 1)
    THROW 50504, '@records: a record is there twice.', 1;
  -- Of a record that is gone nothing is kept, however much came along.
  UPDATE @record SET code = NULL, external_ids = N'[]', payload = NULL WHERE deleted = 1;

  BEGIN TRANSACTION;

  -- Whoever applies to the same evidence takes turns: no deadlocks, and nothing moves between the
  -- comparison and the writing.
  DECLARE @resource nvarchar(255) = N'syncboard/flexibee/' + @company + N'/' + @evidence;
  DECLARE @lock int;
  EXEC @lock = sys.sp_getapplock @Resource = @resource, @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = -1;
  IF @lock < 0 THROW 50505, 'The application lock of the evidence was refused.', 1;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @part int = 1000, @from bigint = 0, @count bigint, @last bigint;
  SET @count = (SELECT COUNT(*) FROM @record);
  WHILE @from < @count
  BEGIN
    -- LOOP JOIN: each record is looked up by its key, so that HOLDLOCK holds no range beside it.
    -- BIN2: two texts are the same only when every letter is, case included.
    UPDATE n
    SET was_deleted = r.deleted,
      is_newer = CASE
        WHEN r.generation < @generation THEN 1
        WHEN r.generation > @generation THEN 0
        WHEN r.version < n.version THEN 1
        WHEN r.version = n.version AND r.read_at < @read_at THEN 1
        ELSE 0 END,
      is_same = CASE
        WHEN r.deleted = n.deleted
          AND ISNULL(r.code, N'') = ISNULL(n.code, N'') COLLATE Latin1_General_BIN2
          AND r.external_ids = n.external_ids COLLATE Latin1_General_BIN2
          AND ISNULL(r.payload, N'') = ISNULL(n.payload, N'') COLLATE Latin1_General_BIN2
        THEN 1 ELSE 0 END
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r WITH (UPDLOCK, HOLDLOCK)
      ON r.company = @company AND r.evidence = @evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part;

    UPDATE r
    SET code = n.code, external_ids = n.external_ids, payload = n.payload, deleted = n.deleted,
      generation = @generation, version = n.version, read_at = @read_at, updated_at = @now
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = @evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer = 1 AND n.is_same = 0;

    -- Seen again as it was: only what the next state is compared with moves on.
    UPDATE r
    SET generation = @generation, version = n.version, read_at = @read_at
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = @evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer = 1 AND n.is_same = 1;

    INSERT INTO crude.flexibee_record (company, evidence, record_id, code, external_ids, generation,
      version, read_at, deleted, payload, created_at, updated_at)
    SELECT @company, @evidence, n.record_id, n.code, n.external_ids, @generation,
      n.version, @read_at, n.deleted, n.payload, @now, @now
    FROM @record AS n
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer IS NULL;

    SET @from = @from + @part;
  END;

  SELECT
    @created = COUNT(CASE WHEN deleted = 0 AND (is_newer IS NULL OR (is_newer = 1 AND was_deleted = 1)) THEN 1 END),
    @updated = COUNT(CASE WHEN deleted = 0 AND was_deleted = 0 AND is_newer = 1 AND is_same = 0 THEN 1 END),
    @deleted = COUNT(CASE WHEN deleted = 1 AND was_deleted = 0 AND is_newer = 1 THEN 1 END)
  FROM @record;

  IF @gone_read_before IS NOT NULL
  BEGIN
    SET @from = 0;
    WHILE @from IS NOT NULL
    BEGIN
      SET @last = (SELECT MAX(record_id) FROM (
        SELECT TOP (1000) record_id FROM crude.flexibee_record
        WHERE company = @company AND evidence = @evidence AND record_id > @from
        ORDER BY record_id
      ) AS part);
      UPDATE crude.flexibee_record
      SET code = NULL, external_ids = N'[]', payload = NULL, deleted = 1,
        generation = @generation, version = @gone_version, read_at = @read_at, updated_at = @now
      WHERE company = @company AND evidence = @evidence
        AND record_id > @from AND record_id <= @last AND deleted = 0
        AND read_at < @gone_read_before
        AND (generation < @generation
          OR (generation = @generation AND version < @gone_version)
          OR (generation = @generation AND version = @gone_version AND read_at < @read_at));
      SET @deleted = @deleted + @@ROWCOUNT;
      SET @from = @last;
    END;
  END;

  SET @from = 0;
  SET @count = (SELECT COUNT(*) FROM @change);
  WHILE @from < @count
  BEGIN
    INSERT INTO crude.flexibee_change (company, generation, version, evidence, record_id, operation,
      changed_at, external_ids, read_at)
    SELECT @company, @generation, c.version, @evidence, c.record_id, c.operation,
      c.changed_at, c.external_ids, @read_at
    FROM @change AS c
    WHERE c.no > @from AND c.no <= @from + @part AND NOT EXISTS (
      SELECT 1 FROM crude.flexibee_change AS j WITH (UPDLOCK, HOLDLOCK)
      WHERE j.company = @company AND j.generation = @generation AND j.version = c.version
    )
    OPTION (LOOP JOIN);
    SET @from = @from + @part;
  END;

  COMMIT TRANSACTION;
END;
GO
