-- What a company tells of its properties is compared with the columns that are there. Until now what
-- all companies had told was gone through for each, which thousands of them wait for.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
-- For whoever looks for a company that is not filled yet, among thousands that are. Babelfish adds to a name.
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'flexi.filled') AND name LIKE N'ix[_]flexi[_]filled[_]shape%')
  CREATE INDEX ix_flexi_filled_shape ON flexi.filled (evidence, shape);
GO
-- Compares what companies say with the columns that are there, and enters new and wider ones in
-- flexi.property under the shape @shape.
ALTER PROCEDURE flexi.sp_plan_columns
  @evidence nvarchar(64),
  @shape int,
  -- What this one says; NULL: what all say.
  @company nvarchar(64)
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @said TABLE (
    property nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    kind varchar(10) COLLATE Latin1_General_BIN2 NOT NULL,
    length int NULL,
    digits int NULL,
    decimals int NULL,
    title nvarchar(255) NULL,
    ordinal int NOT NULL,
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL
  );
  -- Two statements: a plan for both would read the rows of all companies for one.
  IF @company IS NULL
    INSERT INTO @said (property, kind, length, digits, decimals, title, ordinal, company)
    SELECT property, kind, length, digits, decimals, title, ordinal, company
    FROM flexi.company_property WHERE evidence = @evidence;
  ELSE
    INSERT INTO @said (property, kind, length, digits, decimals, title, ordinal, company)
    SELECT property, kind, length, digits, decimals, title, ordinal, company
    FROM flexi.company_property WHERE company = @company AND evidence = @evidence;
  -- Texts grow in few steps: widening waits for everybody who reads.
  DECLARE @wanted TABLE (
    no int NOT NULL PRIMARY KEY,
    property nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    kind varchar(10) COLLATE Latin1_General_BIN2 NOT NULL,
    role varchar(6) COLLATE Latin1_General_BIN2 NOT NULL,
    length int NULL,
    digits int NULL,
    decimals int NULL,
    title nvarchar(255) NULL,
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL
  );
  INSERT INTO @wanted (no, property, kind, role, length, digits, decimals, title, company)
  SELECT ROW_NUMBER() OVER (ORDER BY w.ordinal, w.property, w.kind, r.position), w.property, w.kind, r.role,
    CASE WHEN w.kind IN ('string', 'select', 'relation') AND r.role <> 'id' THEN
      CASE WHEN w.length IS NULL AND w.kind <> 'string' THEN 255
        WHEN w.length IS NULL OR w.length > 4000 THEN -1
        WHEN w.length > 1000 THEN 4000 WHEN w.length > 255 THEN 1000 ELSE 255 END END,
    CASE WHEN w.kind = 'numeric' THEN
      CASE WHEN w.whole + w.decimals > 38 THEN 38 ELSE w.whole + w.decimals END END,
    CASE WHEN w.kind = 'numeric' THEN w.decimals END,
    w.title, w.company
  FROM (
    SELECT p.property, p.kind, MIN(p.ordinal) AS ordinal,
      -- A text without a length is longer than any that has one.
      CASE WHEN p.kind = 'string' AND COUNT(p.length) < COUNT(*) THEN NULL ELSE MAX(p.length) END AS length,
      MAX(ISNULL(p.digits, 19) - ISNULL(p.decimals, 6)) AS whole,
      MAX(ISNULL(p.decimals, 6)) AS decimals, MAX(p.title) AS title, MIN(p.company) AS company
    FROM @said AS p
    GROUP BY p.property, p.kind
  ) AS w
  INNER JOIN (VALUES ('value', 1), ('id', 2), ('code', 3), ('showAs', 4)) AS r (role, position)
    ON (r.role = 'value' AND w.kind <> 'relation')
    OR (r.role IN ('id', 'code') AND w.kind = 'relation')
    OR (r.role = 'showAs' AND w.kind = 'select');

  UPDATE p
  SET length = CASE WHEN p.length = -1 OR w.length = -1 THEN -1
      WHEN w.length > p.length THEN w.length ELSE p.length END,
    digits = CASE
      WHEN x.whole + x.decimals > 38 THEN 38 ELSE x.whole + x.decimals END,
    decimals = x.decimals,
    shape = @shape
  FROM @wanted AS w
  INNER JOIN flexi.property AS p
    ON p.evidence = @evidence AND p.property = w.property AND p.kind = w.kind AND p.role = w.role
  CROSS APPLY (
    SELECT CASE WHEN w.decimals > p.decimals THEN w.decimals ELSE p.decimals END AS decimals,
      CASE WHEN w.digits - w.decimals > p.digits - p.decimals
        THEN w.digits - w.decimals ELSE p.digits - p.decimals END AS whole
  ) AS x
  WHERE (p.length <> -1 AND (w.length = -1 OR w.length > p.length))
    OR x.decimals > p.decimals
    OR (x.whole > p.digits - p.decimals AND p.digits < 38);

  -- Another kind of value, or a name that differs by case only, has a column of its own.
  DECLARE @new TABLE (
    no int NOT NULL PRIMARY KEY,
    column_name nvarchar(128) COLLATE Latin1_General_CI_AS NOT NULL
  );
  INSERT INTO @new (no, column_name)
  SELECT w.no, w.property + CASE WHEN w.role = 'value' THEN N'' ELSE N'_' + w.role END
  FROM @wanted AS w
  WHERE NOT EXISTS (SELECT 1 FROM flexi.property AS p
    WHERE p.evidence = @evidence AND p.property = w.property AND p.kind = w.kind AND p.role = w.role);
  DECLARE @try int = 0;
  WHILE @try < 2
  BEGIN
    UPDATE n
    SET column_name = w.property + N'_' + w.kind + CASE WHEN @try = 0 THEN N'' ELSE CONVERT(nvarchar(10), w.no) END
      + CASE WHEN w.role = 'value' THEN N'' ELSE N'_' + w.role END
    FROM @new AS n INNER JOIN @wanted AS w ON w.no = n.no
    WHERE n.column_name IN (N'company', N'id', N'deleted', N'generation', N'version', N'updated_at', N'misfits')
      OR EXISTS (SELECT 1 FROM flexi.property AS p WHERE p.evidence = @evidence AND p.column_name = n.column_name)
      OR EXISTS (SELECT 1 FROM @new AS o WHERE o.column_name = n.column_name AND o.no < n.no);
    SET @try = @try + 1;
  END;
  DECLARE @last int = ISNULL((SELECT MAX(ordinal) FROM flexi.property WHERE evidence = @evidence), 0);
  INSERT INTO flexi.property (evidence, property, kind, role, column_name, part, ordinal, length,
    digits, decimals, title, company, shape)
  SELECT @evidence, w.property, w.kind, w.role, n.column_name, 0,
    @last + ROW_NUMBER() OVER (ORDER BY n.no), w.length, w.digits, w.decimals,
    w.title + CASE w.role WHEN 'id' THEN N' – ID' WHEN 'code' THEN N' – kód' WHEN 'showAs' THEN N' – text' ELSE N'' END,
    w.company, @shape
  FROM @new AS n INNER JOIN @wanted AS w ON w.no = n.no;

  -- A page holds 8,060 bytes of a row: a text is 24 of them where it stands outside, and 2 for its place.
  UPDATE p
  SET part = 1 + CASE WHEN x.bytes / 7600 > x.columns / 1000 THEN x.bytes / 7600 ELSE x.columns / 1000 END
  FROM flexi.property AS p
  INNER JOIN (
    SELECT ordinal, COUNT(*) OVER (ORDER BY ordinal ROWS UNBOUNDED PRECEDING) - 1 AS columns,
      SUM(CASE WHEN kind = 'numeric' THEN 17 WHEN length IS NULL THEN 10 ELSE 26 END)
        OVER (ORDER BY ordinal ROWS UNBOUNDED PRECEDING) AS bytes
    FROM flexi.property WHERE evidence = @evidence
  ) AS x ON x.ordinal = p.ordinal
  WHERE p.evidence = @evidence AND p.part = 0;
END;
GO
-- Makes what companies have said and the tables do not have, in one transaction, or nothing.
-- @outcome: shaped, same, no right; error 1222 after 5 s in which somebody else had the tables.
ALTER PROCEDURE flexi.sp_make_shape
  @evidence nvarchar(64),
  @outcome varchar(10) OUTPUT,
  -- Who has just said something: what thousands of others say has been made before, unless it is due.
  @company nvarchar(64) = NULL
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  SET LOCK_TIMEOUT 5000;
  DECLARE @lock int, @shape int, @procedure nvarchar(200), @isThere bit;
  BEGIN TRANSACTION;
  EXEC @lock = sys.sp_getapplock @Resource = N'syncboard/flexi/shape', @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = 5000;
  IF @lock < 0 THROW 50705, 'Another company shapes the typed tables: the application lock was refused.', 1;
  SELECT @shape = shape + 1, @procedure = apply_procedure, @company = CASE WHEN due_since IS NULL THEN @company END
  FROM flexi.evidence WHERE evidence = @evidence;
  SET @isThere = CASE WHEN OBJECT_ID(@procedure) IS NULL THEN 0 ELSE 1 END;
  EXEC flexi.sp_plan_columns @evidence, @shape, @company;
  IF @isThere = 1 AND NOT EXISTS (SELECT 1 FROM flexi.property WHERE evidence = @evidence AND shape = @shape)
    SET @outcome = 'same'
  ELSE IF ISNULL(HAS_PERMS_BY_NAME(N'flexi', N'SCHEMA', N'ALTER'), 0) = 0
    OR ISNULL(HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'CREATE TABLE'), 0) = 0
  BEGIN
    ROLLBACK TRANSACTION;
    SET @outcome = 'no right';
    RETURN 0;
  END
  ELSE
  BEGIN
    EXEC flexi.sp_write_tables @evidence, @shape;
    EXEC flexi.sp_write_apply @evidence, @procedure OUTPUT;
    UPDATE flexi.evidence SET shape = @shape, shaped_at = SYSUTCDATETIME(), apply_procedure = @procedure
    WHERE evidence = @evidence;
    SET @outcome = 'shaped';
  END;
  UPDATE flexi.evidence SET due_since = NULL, due_reason = NULL WHERE evidence = @evidence AND due_since IS NOT NULL;
  COMMIT TRANSACTION;
END;
GO
-- Whoever calls it alters as dbo here; where an engine has no EXECUTE AS, as himself.
IF SERVERPROPERTY(N'Babelfish') IS NULL
  EXEC(N'ALTER PROCEDURE flexi.sp_make_shape_as_owner @evidence nvarchar(64), @outcome varchar(10) OUTPUT, @company nvarchar(64) = NULL
WITH EXECUTE AS OWNER AS EXEC flexi.sp_make_shape @evidence, @outcome OUTPUT, @company;');
ELSE
  EXEC(N'ALTER PROCEDURE flexi.sp_make_shape_as_owner @evidence nvarchar(64), @outcome varchar(10) OUTPUT, @company nvarchar(64) = NULL
AS EXEC flexi.sp_make_shape @evidence, @outcome OUTPUT, @company;');
GO
-- Takes what a company says of an evidence's properties, and makes of it what the tables lack.
-- @state: shaped, same; or why that is due: locked, no right (sql:install does it).
ALTER PROCEDURE flexi.sp_shape_evidence
  @company nvarchar(64),
  @evidence nvarchar(64),
  @title nvarchar(255),
  -- [{"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem"},
  --  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"}]
  @properties nvarchar(max),
  @state varchar(10) = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  IF @company IS NULL OR @evidence IS NULL OR @evidence = N'' OR @evidence LIKE N'%[^-0-9A-Za-z]%' COLLATE Latin1_General_BIN2
    THROW 50701, '@company must not be NULL, and @evidence is letters, digits and hyphens.', 1;
  IF ISNULL(ISJSON(@properties), 0) = 0
    THROW 50702, '@properties must be a JSON array.', 1;
  DECLARE @told TABLE (
    no int NOT NULL,
    property nvarchar(100) COLLATE Latin1_General_BIN2 NULL,
    kind nvarchar(100) COLLATE Latin1_General_BIN2 NULL,
    length int NULL,
    digits int NULL,
    decimals int NULL,
    target nvarchar(64) NULL,
    title nvarchar(255) NULL
  );
  INSERT INTO @told (no, property, kind, length, digits, decimals, target, title)
  SELECT ROW_NUMBER() OVER (ORDER BY (SELECT NULL)), CASE WHEN LEN(j.name) <= 100 THEN j.name END, j.type,
    TRY_CONVERT(int, j.maxLength), TRY_CONVERT(int, j.digits), TRY_CONVERT(int, j.decimals), LEFT(j.target, 64), LEFT(j.title, 255)
  FROM OPENJSON(@properties) WITH (
    name nvarchar(max) '$.name',
    type nvarchar(100) '$.type',
    maxLength nvarchar(40) '$.maxLength',
    digits nvarchar(40) '$.digits',
    decimals nvarchar(40) '$.decimal',
    target nvarchar(max) '$.target',
    title nvarchar(max) '$.title'
  ) AS j;
  IF EXISTS (
    SELECT 1 FROM @told
    WHERE property IS NULL OR property = N'' OR property LIKE N'% %' OR property LIKE N'%[' + NCHAR(1) + N'-' + NCHAR(31) + N']%'
      OR length < 1 OR digits NOT BETWEEN 1 AND 38 OR decimals NOT BETWEEN 0 AND ISNULL(digits, 19)
  )
    THROW 50703, '@properties: each needs a name of 1 to 100 letters without blanks; maxLength is from 1, digits from 1 to 38, decimal from 0 to digits.', 1;
  IF EXISTS (SELECT 1 FROM @told GROUP BY property HAVING COUNT(*) > 1)
    THROW 50704, '@properties: a property is there twice.', 1;
  -- The number of a record is its key, and its external ids are no text.
  DELETE FROM @told WHERE property = N'id' OR target = N'external-ids';
  UPDATE @told SET kind = N'string' WHERE ISNULL(kind, N'') NOT IN (N'string', N'integer', N'numeric', N'logic', N'date', N'datetime', N'select', N'relation');

  -- Entered first, and for itself: whoever makes the columns later knows of it.
  DECLARE @lock int, @now datetime2(3) = SYSUTCDATETIME();
  BEGIN TRANSACTION;
  EXEC @lock = sys.sp_getapplock @Resource = N'syncboard/flexi/told', @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = 5000;
  IF @lock < 0
  BEGIN
    ROLLBACK TRANSACTION;
    SET @state = 'locked';
    RETURN 0;
  END;
  INSERT INTO flexi.evidence (evidence, table_name, title, shape)
  SELECT @evidence, REPLACE(@evidence, N'-', N'_'), @title, 0
  WHERE NOT EXISTS (SELECT 1 FROM flexi.evidence WHERE evidence = @evidence);
  INSERT INTO flexi.filled (company, evidence, shape)
  SELECT @company, @evidence, 0
  WHERE @company <> N'' AND NOT EXISTS (SELECT 1 FROM flexi.filled WHERE company = @company AND evidence = @evidence);
  -- Its values move to another column, which may have been there before.
  UPDATE flexi.filled SET shape = 0, target = NULL
  WHERE company = @company AND evidence = @evidence AND EXISTS (
    SELECT 1 FROM @told AS t INNER JOIN flexi.company_property AS p
      ON p.company = @company AND p.evidence = @evidence AND p.property = t.property
    WHERE p.kind <> t.kind
  );
  UPDATE p
  SET kind = t.kind, length = t.length, digits = t.digits, decimals = t.decimals, target = t.target,
    title = t.title, ordinal = t.no, told_at = @now
  FROM @told AS t
  INNER JOIN flexi.company_property AS p
    ON p.company = @company AND p.evidence = @evidence AND p.property = t.property;
  INSERT INTO flexi.company_property (company, evidence, property, kind, length, digits, decimals, target, title, ordinal, told_at)
  SELECT @company, @evidence, t.property, t.kind, t.length, t.digits, t.decimals, t.target, t.title, t.no, @now
  FROM @told AS t
  WHERE NOT EXISTS (SELECT 1 FROM flexi.company_property AS p
    WHERE p.company = @company AND p.evidence = @evidence AND p.property = t.property);
  COMMIT TRANSACTION;

  BEGIN TRY
    EXEC flexi.sp_make_shape_as_owner @evidence, @state OUTPUT, @company;
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION;
    IF ERROR_NUMBER() NOT IN (1222, 50705) THROW;
    SET @state = 'locked';
  END CATCH;
  IF @state IN ('locked', 'no right')
    UPDATE flexi.evidence SET due_since = ISNULL(due_since, @now), due_reason = @state WHERE evidence = @evidence;
END;
GO
