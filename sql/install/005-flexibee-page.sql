-- FlexiBee in the aggregate base: a page of changes over several evidences is one call, what is of a
-- history that is over is refused, deleted rows keep what they were, and the journal says who wrote
-- it and does not grow for ever. See docs/flexibee.md, "The apply procedure".
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
-- A code is kept whole, however long it is.
ALTER TABLE crude.flexibee_record ALTER COLUMN code nvarchar(max) NULL;
GO
-- The run or the poll that a row is of; NULL of what an older version has written.
IF COL_LENGTH(N'crude.flexibee_record', N'written_by') IS NULL
  ALTER TABLE crude.flexibee_record ADD written_by nvarchar(100) NULL;
GO
IF COL_LENGTH(N'crude.flexibee_change', N'written_by') IS NULL
  ALTER TABLE crude.flexibee_change ADD written_by nvarchar(100) NULL;
GO
IF OBJECT_ID(N'crude.flexibee_generation') IS NULL
BEGIN
  -- The newest generation that was applied of each evidence, whether it brought a row or not.
  CREATE TABLE crude.flexibee_generation (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    generation int NOT NULL,
    -- UTC by the clock of this server.
    since datetime2(3) NOT NULL,
    CONSTRAINT pk_flexibee_generation PRIMARY KEY (company, evidence)
  );
  INSERT INTO crude.flexibee_generation (company, evidence, generation, since)
  SELECT company, evidence, MAX(generation), SYSUTCDATETIME()
  FROM crude.flexibee_record GROUP BY company, evidence;
END;
GO
-- ALTER keeps the grants that a procedure has.
IF OBJECT_ID(N'crude.sp_read_flexibee_generation') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_read_flexibee_generation AS RETURN 0');
GO
-- The newest generation that was applied of any evidence of a company; 0 where none was. A cursor
-- that begins anew goes above it.
ALTER PROCEDURE crude.sp_read_flexibee_generation
  @company nvarchar(64),
  @generation int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET @generation = ISNULL((SELECT MAX(generation) FROM crude.flexibee_generation WHERE company = @company), 0);
END;
GO
IF OBJECT_ID(N'crude.sp_prune_flexibee_changes') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_prune_flexibee_changes AS RETURN 0');
GO
-- Deletes of the oldest thousand rows of a company's journal those that were read before a moment:
-- to be called until it deletes none. Late commits among them may stay for a while longer.
ALTER PROCEDURE crude.sp_prune_flexibee_changes
  @company nvarchar(64),
  @before datetime2(3),
  @deleted int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  -- By the key: a search by time would lock the journal to its end.
  DELETE c
  FROM (
    SELECT TOP (1000) generation, version FROM crude.flexibee_change
    WHERE company = @company ORDER BY generation, version
  ) AS oldest
  INNER LOOP JOIN crude.flexibee_change AS c
    ON c.company = @company AND c.generation = oldest.generation AND c.version = oldest.version
  WHERE c.read_at < @before;
  SET @deleted = @@ROWCOUNT;
END;
GO
IF OBJECT_ID(N'crude.sp_apply_flexibee_page') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_apply_flexibee_page AS RETURN 0');
GO
-- Applies a page of changes, or of a load, in one transaction. Applying anything twice, or something
-- older after something newer, changes nothing. No statement locks more than 2,000 rows of a table
-- or an index: from 5,000 on SQL Server would lock the whole table, and with it whoever loads
-- another company.
ALTER PROCEDURE crude.sp_apply_flexibee_page
  @company nvarchar(64),
  @generation int,
  @read_at datetime2(3),
  -- The run or the poll that this is of.
  @written_by nvarchar(100),
  -- [{"evidence": "adresar", "changes": [], "records": [], "gone": {"readBefore": "2026-01-31T00:00:00.000Z", "version": 7}}]
  --   changes: [{"version": 7, "id": "12", "operation": "update", "at": "2021-03-12 23:59:55.586215", "externalIds": []}]
  --   records: [{"id": "12", "version": 7, "deleted": false, "code": "A", "externalIds": [], "payload": {}}]
  --   gone, at the end of a full load: what was last read before this moment is deleted in that version
  @evidences nvarchar(max),
  -- [{"evidence": "adresar", "created": 1, "updated": 0, "deleted": 0}]
  @rows nvarchar(max) = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  IF @company IS NULL OR @generation IS NULL OR @read_at IS NULL
    THROW 50501, '@company, @generation and @read_at must not be NULL.', 1;
  IF ISNULL(ISJSON(@evidences), 0) = 0
    THROW 50502, '@evidences must be a JSON array.', 1;

  -- BIN2: what tells rows apart is compared by code point, whatever the database's collation is.
  DECLARE @evidence TABLE (
    no int NOT NULL PRIMARY KEY,
    evidence nvarchar(4000) COLLATE Latin1_General_BIN2 NULL,
    changes nvarchar(max) NULL,
    records nvarchar(max) NULL,
    gone nvarchar(max) NULL,
    gone_read_before datetime2(3) NULL,
    gone_version bigint NULL,
    gone_count int NOT NULL
  );
  INSERT INTO @evidence (no, evidence, changes, records, gone, gone_read_before, gone_version, gone_count)
  SELECT ROW_NUMBER() OVER (ORDER BY j.evidence), j.evidence, j.changes, j.records, j.gone,
    TRY_CONVERT(datetime2(3), j.gone_read_before, 127), TRY_CONVERT(bigint, j.gone_version), 0
  FROM OPENJSON(@evidences) WITH (
    evidence nvarchar(4000) '$.evidence',
    changes nvarchar(max) '$.changes' AS JSON,
    records nvarchar(max) '$.records' AS JSON,
    gone nvarchar(max) '$.gone' AS JSON,
    gone_read_before nvarchar(40) '$.gone.readBefore',
    gone_version nvarchar(40) '$.gone.version'
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @evidence
    WHERE evidence IS NULL OR LEN(evidence) NOT BETWEEN 1 AND 64 OR changes IS NULL OR records IS NULL
      OR (gone IS NOT NULL AND (gone_read_before IS NULL OR gone_version IS NULL))
  )
    THROW 50503, '@evidences: each needs an evidence of 1 to 64 letters, changes and records, and in gone a readBefore and a version.', 1;
  IF EXISTS (SELECT 1 FROM @evidence GROUP BY evidence HAVING COUNT(*) > 1)
    THROW 50504, '@evidences: an evidence is there twice.', 1;

  DECLARE @change TABLE (
    no bigint NOT NULL PRIMARY KEY,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    version bigint NULL,
    record_id bigint NULL,
    operation nvarchar(20) NULL,
    changed_at datetime2(6) NULL,
    external_ids nvarchar(max) NULL
  );
  INSERT INTO @change (no, evidence, version, record_id, operation, changed_at, external_ids)
  SELECT ROW_NUMBER() OVER (ORDER BY TRY_CONVERT(bigint, j.version)), e.evidence, TRY_CONVERT(bigint, j.version),
    TRY_CONVERT(bigint, j.id), j.operation, TRY_CONVERT(datetime2(6), j.changed_at), ISNULL(j.external_ids, N'[]')
  FROM @evidence AS e
  CROSS APPLY OPENJSON(e.changes) WITH (
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
    THROW 50503, 'changes: each needs a version from 1, an id, and the operation create, update or delete.', 1;
  IF EXISTS (SELECT 1 FROM @change GROUP BY version HAVING COUNT(*) > 1)
    THROW 50504, 'changes: a version is there twice.', 1;

  -- Of a record that the mirror has: was_deleted, and what the new state is to it.
  DECLARE @record TABLE (
    no bigint NOT NULL PRIMARY KEY,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NULL,
    version bigint NULL,
    deleted bit NULL,
    code nvarchar(max) NULL,
    external_ids nvarchar(max) NULL,
    payload nvarchar(max) NULL,
    was_deleted bit NULL,
    is_newer bit NULL,
    is_same bit NULL
  );
  INSERT INTO @record (no, evidence, record_id, version, deleted, code, external_ids, payload)
  SELECT ROW_NUMBER() OVER (ORDER BY e.no, TRY_CONVERT(bigint, j.id)), e.evidence, TRY_CONVERT(bigint, j.id),
    TRY_CONVERT(bigint, j.version), j.deleted, j.code, ISNULL(j.external_ids, N'[]'), j.payload
  FROM @evidence AS e
  CROSS APPLY OPENJSON(e.records) WITH (
    id nvarchar(40) '$.id',
    version nvarchar(40) '$.version',
    deleted bit '$.deleted',
    code nvarchar(max) '$.code',
    external_ids nvarchar(max) '$.externalIds' AS JSON,
    payload nvarchar(max) '$.payload' AS JSON
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @record
    WHERE record_id IS NULL OR version IS NULL OR version < 0
      OR deleted IS NULL OR (deleted = 0 AND payload IS NULL)
  )
    THROW 50503, 'records: each needs an id, a version from 0, deleted, and a payload unless it is deleted.', 1;
  IF EXISTS (SELECT 1 FROM @record GROUP BY evidence, record_id HAVING COUNT(*) > 1)
    THROW 50504, 'records: a record is there twice.', 1;
  -- Rows of the mirror that this call has written, for the procedures of the typed tables.
  CREATE TABLE #flexibee_written (
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NOT NULL,
    PRIMARY KEY (evidence, record_id)
  );
  DECLARE @gone TABLE (
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NOT NULL
  );

  BEGIN TRANSACTION;

  -- Whoever applies to the same company takes turns: no deadlocks, and nothing moves between the
  -- comparison and the writing.
  DECLARE @resource nvarchar(255) = N'syncboard/flexibee/' + @company;
  DECLARE @lock int;
  EXEC @lock = sys.sp_getapplock @Resource = @resource, @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = -1;
  IF @lock < 0 THROW 50505, 'The application lock of the company was refused.', 1;

  -- What comes of a history that is over would bring back rows that nobody has.
  DECLARE @over nvarchar(400) = (
    SELECT TOP (1) CONCAT(N'The base has generation ', g.generation, N' of ', g.evidence, N': generation ', @generation, N' is over.')
    FROM @evidence AS e
    INNER JOIN crude.flexibee_generation AS g WITH (UPDLOCK, HOLDLOCK)
      ON g.company = @company AND g.evidence = e.evidence
    WHERE g.generation > @generation
    ORDER BY g.evidence
  );
  IF @over IS NOT NULL THROW 50506, @over, 1;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  UPDATE g SET generation = @generation, since = @now
  FROM @evidence AS e
  INNER JOIN crude.flexibee_generation AS g ON g.company = @company AND g.evidence = e.evidence
  WHERE g.generation < @generation;
  INSERT INTO crude.flexibee_generation (company, evidence, generation, since)
  SELECT @company, e.evidence, @generation, @now FROM @evidence AS e
  WHERE NOT EXISTS (
    SELECT 1 FROM crude.flexibee_generation AS g WHERE g.company = @company AND g.evidence = e.evidence
  );

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
        WHEN r.deleted <> n.deleted THEN 0
        WHEN n.deleted = 1 THEN 1
        WHEN ISNULL(r.code, N'') = ISNULL(n.code, N'') COLLATE Latin1_General_BIN2
          AND r.external_ids = n.external_ids COLLATE Latin1_General_BIN2
          AND ISNULL(r.payload, N'') = n.payload COLLATE Latin1_General_BIN2
        THEN 1 ELSE 0 END
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r WITH (UPDLOCK, HOLDLOCK)
      ON r.company = @company AND r.evidence = n.evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part;

    UPDATE r
    SET code = n.code, external_ids = n.external_ids, payload = n.payload, deleted = 0,
      generation = @generation, version = n.version, read_at = @read_at, updated_at = @now,
      written_by = @written_by
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = n.evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer = 1 AND n.is_same = 0 AND n.deleted = 0;

    -- What a record was when it was deleted stays, whatever came along.
    UPDATE r
    SET deleted = 1, generation = @generation, version = n.version, read_at = @read_at,
      updated_at = @now, written_by = @written_by
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = n.evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer = 1 AND n.is_same = 0 AND n.deleted = 1;

    -- Seen again as it was: only what the next state is compared with moves on.
    UPDATE r
    SET generation = @generation, version = n.version, read_at = @read_at
    FROM @record AS n
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = n.evidence AND r.record_id = n.record_id
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer = 1 AND n.is_same = 1;

    INSERT INTO crude.flexibee_record (company, evidence, record_id, code, external_ids, generation,
      version, read_at, deleted, payload, created_at, updated_at, written_by)
    SELECT @company, n.evidence, n.record_id, n.code, n.external_ids, @generation,
      n.version, @read_at, n.deleted, n.payload, @now, @now, @written_by
    FROM @record AS n
    WHERE n.no > @from AND n.no <= @from + @part AND n.is_newer IS NULL;

    SET @from = @from + @part;
  END;

  DECLARE @name nvarchar(64), @read_before datetime2(3), @gone_version bigint;
  DECLARE @no int = (SELECT MIN(no) FROM @evidence WHERE gone IS NOT NULL);
  WHILE @no IS NOT NULL
  BEGIN
    SELECT @name = evidence, @read_before = gone_read_before, @gone_version = gone_version
    FROM @evidence WHERE no = @no;
    SET @last = (SELECT MIN(record_id) - 1 FROM crude.flexibee_record WHERE company = @company AND evidence = @name);
    WHILE @last IS NOT NULL
    BEGIN
      SET @from = @last;
      SET @last = (SELECT MAX(record_id) FROM (
        SELECT TOP (1000) record_id FROM crude.flexibee_record
        WHERE company = @company AND evidence = @name AND record_id > @from
        ORDER BY record_id
      ) AS part);
      UPDATE crude.flexibee_record
      SET deleted = 1, generation = @generation, version = @gone_version, read_at = @read_at,
        updated_at = @now, written_by = @written_by
      OUTPUT inserted.evidence, inserted.record_id INTO @gone (evidence, record_id)
      WHERE company = @company AND evidence = @name
        AND record_id > @from AND record_id <= @last AND deleted = 0
        -- The load has moved on to its own generation whatever it has read, by whichever clock.
        AND (generation < @generation
          OR (generation = @generation AND read_at < @read_before
            AND (version < @gone_version OR (version = @gone_version AND read_at < @read_at))));
      UPDATE @evidence SET gone_count = gone_count + @@ROWCOUNT WHERE no = @no;
    END;
    SET @no = (SELECT MIN(no) FROM @evidence WHERE gone IS NOT NULL AND no > @no);
  END;

  SET @from = 0;
  SET @count = (SELECT COUNT(*) FROM @change);
  WHILE @from < @count
  BEGIN
    INSERT INTO crude.flexibee_change (company, generation, version, evidence, record_id, operation,
      changed_at, external_ids, read_at, written_by)
    SELECT @company, @generation, c.version, c.evidence, c.record_id, c.operation,
      c.changed_at, c.external_ids, @read_at, @written_by
    FROM @change AS c
    WHERE c.no > @from AND c.no <= @from + @part AND NOT EXISTS (
      SELECT 1 FROM crude.flexibee_change AS j WITH (UPDLOCK, HOLDLOCK)
      WHERE j.company = @company AND j.generation = @generation AND j.version = c.version
    )
    OPTION (LOOP JOIN);
    SET @from = @from + @part;
  END;

  -- Typed tables are written in the same transaction, by a procedure for each evidence. Whether they
  -- are there is read, not asked of OBJECT_ID: that hides what the caller itself has no right to.
  IF EXISTS (
    SELECT 1 FROM flexi.evidence AS t INNER JOIN @evidence AS e ON e.evidence = t.evidence
    WHERE t.apply_procedure IS NOT NULL
  )
  BEGIN
    INSERT INTO #flexibee_written (evidence, record_id)
    SELECT evidence, record_id FROM @record WHERE is_newer IS NULL OR is_newer = 1
    UNION
    SELECT evidence, record_id FROM @gone;
    DECLARE @procedure nvarchar(300);
    SET @no = (SELECT MIN(no) FROM @evidence);
    WHILE @no IS NOT NULL
    BEGIN
      SET @procedure = (
        SELECT t.apply_procedure FROM flexi.evidence AS t
        INNER JOIN @evidence AS e ON e.evidence = t.evidence
        WHERE e.no = @no AND EXISTS (SELECT 1 FROM #flexibee_written AS w WHERE w.evidence = e.evidence)
      );
      IF @procedure IS NOT NULL EXEC @procedure @company;
      SET @no = (SELECT MIN(no) FROM @evidence WHERE no > @no);
    END;
  END;

  SET @rows = ISNULL((
    SELECT e.evidence, ISNULL(c.created, 0) AS created, ISNULL(c.updated, 0) AS updated,
      ISNULL(c.deleted, 0) + e.gone_count AS deleted
    FROM @evidence AS e
    LEFT JOIN (
      SELECT evidence,
        COUNT(CASE WHEN deleted = 0 AND (is_newer IS NULL OR (is_newer = 1 AND was_deleted = 1)) THEN 1 END) AS created,
        COUNT(CASE WHEN deleted = 0 AND was_deleted = 0 AND is_newer = 1 AND is_same = 0 THEN 1 END) AS updated,
        COUNT(CASE WHEN deleted = 1 AND was_deleted = 0 AND is_newer = 1 THEN 1 END) AS deleted
      FROM @record GROUP BY evidence
    ) AS c ON c.evidence = e.evidence
    ORDER BY e.no
    FOR JSON PATH
  ), N'[]');

  COMMIT TRANSACTION;
END;
GO
-- One evidence of a page: what the catalogue may name in place of the page's procedure, and what a
-- procedure of one's own may call.
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

  IF @evidence IS NULL
    THROW 50501, '@evidence must not be NULL.', 1;
  IF (@gone_read_before IS NULL AND @gone_version IS NOT NULL)
    OR (@gone_read_before IS NOT NULL AND @gone_version IS NULL)
    THROW 50501, '@gone_read_before and @gone_version must be given together.', 1;
  IF ISNULL(ISJSON(@changes), 0) = 0
    THROW 50502, '@changes must be a JSON array.', 1;
  IF ISNULL(ISJSON(@records), 0) = 0
    THROW 50502, '@records must be a JSON array.', 1;

  DECLARE @evidences nvarchar(max) = N'[{"evidence":"' + STRING_ESCAPE(@evidence, 'json')
    + N'","changes":' + @changes + N',"records":' + @records
    + CASE WHEN @gone_version IS NULL THEN N'' ELSE
      N',"gone":{"readBefore":"' + CONVERT(nvarchar(30), @gone_read_before, 126)
      + N'","version":' + CONVERT(nvarchar(20), @gone_version) + N'}' END
    + N'}]';
  DECLARE @rows nvarchar(max);
  EXEC crude.sp_apply_flexibee_page @company = @company, @generation = @generation,
    @read_at = @read_at, @written_by = NULL, @evidences = @evidences, @rows = @rows OUTPUT;
  SELECT @created = created, @updated = updated, @deleted = deleted
  FROM OPENJSON(@rows) WITH (created int '$.created', updated int '$.updated', deleted int '$.deleted');
END;
GO
