-- Gives the typed tables of an evidence their shape: only ever adds columns and widens them.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
IF OBJECT_ID(N'flexi.sp_plan_columns') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_plan_columns AS RETURN 0');
IF OBJECT_ID(N'flexi.sp_write_tables') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_write_tables AS RETURN 0');
IF OBJECT_ID(N'flexi.sp_write_apply') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_write_apply AS RETURN 0');
IF OBJECT_ID(N'flexi.sp_make_shape') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_make_shape AS RETURN 0');
IF OBJECT_ID(N'flexi.sp_shape_evidence') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_shape_evidence AS RETURN 0');
-- Whoever calls it alters as dbo here; where an engine has no EXECUTE AS, as himself.
IF OBJECT_ID(N'flexi.sp_make_shape_as_owner') IS NULL
BEGIN
  IF SERVERPROPERTY(N'Babelfish') IS NULL
    EXEC(N'CREATE PROCEDURE flexi.sp_make_shape_as_owner @evidence nvarchar(64), @outcome varchar(10) OUTPUT
WITH EXECUTE AS OWNER AS EXEC flexi.sp_make_shape @evidence, @outcome OUTPUT;');
  ELSE
    EXEC(N'CREATE PROCEDURE flexi.sp_make_shape_as_owner @evidence nvarchar(64), @outcome varchar(10) OUTPUT
AS EXEC flexi.sp_make_shape @evidence, @outcome OUTPUT;');
END;
GO
-- Compares what companies say with the columns that are there, and enters new and wider ones in
-- flexi.property under the shape @shape.
ALTER PROCEDURE flexi.sp_plan_columns
  @evidence nvarchar(64),
  @shape int
AS
BEGIN
  SET NOCOUNT ON;
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
    FROM flexi.company_property AS p
    WHERE p.evidence = @evidence
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
-- Tables, columns, views and indexes as flexi.property has them of the shape @shape.
ALTER PROCEDURE flexi.sp_write_tables
  @evidence nvarchar(64),
  @shape int
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @first nvarchar(64), @title nvarchar(255), @name nvarchar(128), @table nvarchar(300), @view nvarchar(300),
    @sql nvarchar(max), @columns nvarchar(max), @part int = 1, @parts int, @no int, @isNew bit, @next nvarchar(400),
    @isBabelfish bit = CASE WHEN SERVERPROPERTY(N'Babelfish') IS NULL THEN 0 ELSE 1 END;
  SELECT @first = table_name, @title = title FROM flexi.evidence WHERE evidence = @evidence;
  SET @parts = ISNULL((SELECT MAX(part) FROM flexi.property WHERE evidence = @evidence), 1);
  WHILE @part <= @parts
  BEGIN
    SET @name = @first + CASE WHEN @part = 1 THEN N'' ELSE N'_' + CONVERT(nvarchar(10), @part) END;
    SET @table = N'flexi.' + QUOTENAME(@name);
    SET @view = N'flexi.' + QUOTENAME(@name + N'_living');
    SET @isNew = CASE WHEN OBJECT_ID(@table) IS NULL THEN 1 ELSE 0 END;

    DECLARE @column TABLE (no int NOT NULL, part int NOT NULL, name nvarchar(300) NOT NULL,
      type nvarchar(40) NOT NULL, kind varchar(10) NOT NULL, role varchar(6) NOT NULL, length int NULL, property nvarchar(100) NOT NULL,
      bare nvarchar(128) NOT NULL, title nvarchar(255) NULL, shape int NOT NULL, is_there bit NOT NULL);
    DELETE FROM @column;
    INSERT INTO @column (no, part, name, type, kind, role, length, property, bare, title, shape, is_there)
    SELECT p.ordinal, p.part, QUOTENAME(p.column_name),
      CASE WHEN p.role = 'id' OR p.kind = 'integer' THEN N'bigint'
        WHEN p.length = -1 THEN N'nvarchar(max)'
        WHEN p.length IS NOT NULL THEN N'nvarchar(' + CONVERT(nvarchar(10), p.length) + N')'
        WHEN p.kind = 'numeric' THEN N'decimal(' + CONVERT(nvarchar(10), p.digits) + N', ' + CONVERT(nvarchar(10), p.decimals) + N')'
        WHEN p.kind = 'logic' THEN N'bit'
        WHEN p.kind = 'date' THEN N'date'
        ELSE N'datetimeoffset(7)' END,
      p.kind, p.role, p.length, p.property, p.column_name, p.title, p.shape,
      CASE WHEN EXISTS (SELECT 1 FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(@table)
        AND c.name = p.column_name COLLATE DATABASE_DEFAULT) THEN 1 ELSE 0 END
    FROM flexi.property AS p
    WHERE p.evidence = @evidence AND p.part = @part;

    IF @isNew = 1
    BEGIN
      SET @sql = N'CREATE TABLE ' + @table + N' (
  company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
  id bigint NOT NULL,
  deleted bit NOT NULL,
  generation int NOT NULL,
  version bigint NOT NULL,
  updated_at datetime2(3) NOT NULL,
  misfits nvarchar(max) NULL,
  CONSTRAINT ' + QUOTENAME(N'pk_flexi_' + @name) + N' PRIMARY KEY (company, id)
);';
      EXEC sys.sp_executesql @sql;
      SET @title = ISNULL(@title, @evidence);
      EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @title,
        @level0type = N'SCHEMA', @level0name = N'flexi', @level1type = N'TABLE', @level1name = @name;
    END;

    -- Babelfish adds one column at a time.
    SET @next = CASE WHEN @isBabelfish = 1 THEN N'; ALTER TABLE ' + @table + N' ADD ' ELSE N', ' END;
    SET @sql = (SELECT STRING_AGG(CONVERT(nvarchar(max), name + N' ' + type + N' NULL'), @next) WITHIN GROUP (ORDER BY no)
      FROM @column WHERE is_there = 0);
    IF @sql IS NOT NULL
    BEGIN
      SET @sql = N'ALTER TABLE ' + @table + N' ADD ' + @sql + N';';
      EXEC sys.sp_executesql @sql;
    END;

    SET @no = 0;
    WHILE 1 = 1
    BEGIN
      SET @no = (SELECT MIN(no) FROM @column WHERE no > @no AND is_there = 1 AND shape = @shape);
      IF @no IS NULL BREAK;
      -- An index holds 1,700 bytes of a row.
      SET @sql = (SELECT CASE WHEN property = N'kod' AND length <> 255 AND role = 'value'
          AND EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(@table) AND name = (N'ix_' + bare) COLLATE DATABASE_DEFAULT)
        THEN N'DROP INDEX ' + QUOTENAME(N'ix_' + bare) + N' ON ' + @table + N'; ' ELSE N'' END
        + N'ALTER TABLE ' + @table + N' ALTER COLUMN ' + name + N' ' + type + N';'
        FROM @column WHERE no = @no);
      EXEC sys.sp_executesql @sql;
    END;

    SET @no = 0;
    WHILE 1 = 1
    BEGIN
      SET @no = (SELECT MIN(no) FROM @column WHERE no > @no AND is_there = 0
        AND (role = 'id' OR (property = N'kod' AND role = 'value' AND length = 255) OR (property = N'lastUpdate' AND kind = 'datetime')));
      IF @no IS NULL BREAK;
      SET @sql = (SELECT N'CREATE INDEX ' + QUOTENAME(LEFT(N'ix_' + bare, 128)) + N' ON ' + @table + N' (company, ' + name + N')'
        + CASE WHEN role = 'id' THEN N' WHERE ' + name + N' IS NOT NULL' ELSE N'' END + N';'
        FROM @column WHERE no = @no);
      EXEC sys.sp_executesql @sql;
    END;
    IF @isNew = 1
    BEGIN
      SET @sql = N'CREATE INDEX ix_misfits ON ' + @table + N' (company) WHERE misfits IS NOT NULL;';
      EXEC sys.sp_executesql @sql;
    END;

    SET @columns = (SELECT STRING_AGG(CONVERT(nvarchar(max), N', ' + name), N'') WITHIN GROUP (ORDER BY no) FROM @column);
    -- Babelfish alters no view; ALTER keeps the grants.
    IF @isBabelfish = 1
    BEGIN
      SET @sql = N'DROP VIEW IF EXISTS ' + @view + N';';
      EXEC sys.sp_executesql @sql;
    END;
    SET @sql = CASE WHEN OBJECT_ID(@view) IS NULL THEN N'CREATE' ELSE N'ALTER' END + N' VIEW ' + @view
      + N' AS SELECT company, id, generation, version, updated_at' + ISNULL(@columns, N'')
      + N' FROM ' + @table + N' WHERE deleted = 0;';
    EXEC sys.sp_executesql @sql;

    SET @sql = (SELECT STRING_AGG(CONVERT(nvarchar(max), N'EXEC sys.sp_addextendedproperty @name = N''MS_Description'', @value = N'''
      + REPLACE(title, N'''', N'''''') + N''', @level0type = N''SCHEMA'', @level0name = N''flexi'', @level1type = N''TABLE'', @level1name = N'''
      + REPLACE(@name, N'''', N'''''') + N''', @level2type = N''COLUMN'', @level2name = N''' + REPLACE(bare, N'''', N'''''') + N''';'), N'
')
      FROM @column WHERE is_there = 0 AND title <> N'');
    IF @sql IS NOT NULL EXEC sys.sp_executesql @sql;
    SET @part = @part + 1;
  END;
END;
GO
-- Writes the procedure that brings the typed rows of an evidence up to those of the mirror which
-- #flexibee_written (evidence, record_id) names. Each row is made anew out of its JSON, so that it
-- says what the mirror says, however often.
ALTER PROCEDURE flexi.sp_write_apply
  @evidence nvarchar(64),
  @procedure nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @first nvarchar(64) = (SELECT table_name FROM flexi.evidence WHERE evidence = @evidence);
  DECLARE @bare nvarchar(128) = N'sp_apply_' + @first, @literal nvarchar(200) = N'N''' + REPLACE(@evidence, N'''', N'''''') + N'''';
  SET @procedure = N'flexi.' + QUOTENAME(@bare);

  -- raw: the text of a value as JSON has it; is_told: an expression of its own says whose it is.
  DECLARE @column TABLE (no int NOT NULL PRIMARY KEY, part int NOT NULL, name nvarchar(300) NOT NULL, bare nvarchar(128) NOT NULL,
    kind varchar(10) NOT NULL, role varchar(6) NOT NULL, length int NULL, digits int NULL, decimals int NULL,
    path nvarchar(400) NOT NULL, guard nvarchar(max) NULL, raw nvarchar(200) NOT NULL);
  INSERT INTO @column (no, part, name, bare, kind, role, length, digits, decimals, path, guard, raw)
  SELECT p.ordinal, p.part, QUOTENAME(p.column_name), p.column_name, p.kind, p.role, p.length, p.digits, p.decimals,
    N'''$."' + REPLACE(STRING_ESCAPE(p.property + CASE p.role WHEN 'id' THEN N'@ref' WHEN 'showAs' THEN N'@showAs' ELSE N'' END, 'json'), N'''', N'''''') + N'"''',
    CASE WHEN o.kinds > 1 THEN N'  DECLARE @is' + CONVERT(nvarchar(10), p.ordinal) + N' bit = CASE WHEN EXISTS (SELECT 1 FROM flexi.company_property
    WHERE company = @company AND evidence = ' + @literal + N' AND property = N''' + REPLACE(p.property, N'''', N'''''') + N''' AND kind = ''' + p.kind + N''') THEN 1 ELSE 0 END;
' END,
    CASE WHEN o.kinds > 1 THEN N'CASE WHEN @is' + CONVERT(nvarchar(10), p.ordinal) + N' = 1 THEN j.v' + CONVERT(nvarchar(10), p.ordinal) + N' END'
      ELSE N'j.v' + CONVERT(nvarchar(10), p.ordinal) END
  FROM flexi.property AS p
  INNER JOIN (SELECT property, COUNT(DISTINCT kind) AS kinds FROM flexi.property WHERE evidence = @evidence GROUP BY property) AS o
    ON o.property = p.property
  WHERE p.evidence = @evidence;

  DECLARE @sql nvarchar(max) = CASE WHEN OBJECT_ID(@procedure) IS NULL THEN N'CREATE' ELSE N'ALTER' END + N' PROCEDURE ' + @procedure + N'
  @company nvarchar(64)
AS
BEGIN
  SET NOCOUNT ON;
' + ISNULL((SELECT STRING_AGG(guard, N'') FROM @column WHERE guard IS NOT NULL), N'') + N'  DECLARE @written TABLE (record_id bigint NOT NULL PRIMARY KEY);
  INSERT INTO @written (record_id) SELECT DISTINCT record_id FROM #flexibee_written WHERE evidence = ' + @literal + N';
  DECLARE @misfit TABLE (names nvarchar(max) NOT NULL, sign int NOT NULL);
  DECLARE @after bigint = CONVERT(bigint, ''-9223372036854775808''), @last bigint;
  WHILE 1 = 1
  BEGIN
    SET @last = (SELECT MAX(record_id) FROM (SELECT TOP (1000) record_id FROM @written WHERE record_id > @after ORDER BY record_id) AS page);
    IF @last IS NULL BREAK;
';
  DECLARE @part int = 1, @parts int = ISNULL((SELECT MAX(part) FROM @column), 1), @table nvarchar(300), @values nvarchar(max), @misfits nvarchar(max);
  WHILE @part <= @parts
  BEGIN
    SET @table = N'flexi.' + QUOTENAME(@first + CASE WHEN @part = 1 THEN N'' ELSE N'_' + CONVERT(nvarchar(10), @part) END);
    SET @values = (SELECT STRING_AGG(CONVERT(nvarchar(max), CASE
      WHEN role = 'id' THEN N'TRY_CONVERT(bigint, NULLIF(REPLACE(RIGHT(' + raw + N', CHARINDEX(N''/'', REVERSE(N''/'' + ' + raw + N')) - 1), N''.json'', N''''), N''''))'
      WHEN role = 'code' THEN N'CASE WHEN ' + raw + N' LIKE N''code:%''' + CASE WHEN length = -1 THEN N'' ELSE N' AND DATALENGTH(' + raw + N') <= ' + CONVERT(nvarchar(10), 2 * (length + 5)) END
        + N' THEN SUBSTRING(' + raw + N', 6, ' + CASE WHEN length = -1 THEN N'1000000' ELSE CONVERT(nvarchar(10), length) END + N') END'
      WHEN kind = 'string' AND length = -1 THEN raw
      WHEN kind = 'string' THEN N'CASE WHEN DATALENGTH(' + raw + N') <= ' + CONVERT(nvarchar(10), 2 * length) + N' THEN ' + raw + N' END'
      WHEN kind = 'select' THEN N'CASE WHEN DATALENGTH(' + raw + N') BETWEEN 2 AND ' + CONVERT(nvarchar(10), CASE WHEN length = -1 THEN 2000000000 ELSE 2 * length END) + N' THEN ' + raw + N' END'
      WHEN kind = 'integer' THEN N'TRY_CONVERT(bigint, NULLIF(' + raw + N', N''''))'
      -- More decimals than the column has would be rounded away.
      WHEN kind = 'numeric' THEN N'CASE WHEN ' + raw + N' NOT LIKE N''%.' + REPLICATE(N'_', decimals) + N'%[1-9]%'' THEN TRY_CONVERT(decimal('
        + CONVERT(nvarchar(10), digits) + N', ' + CONVERT(nvarchar(10), decimals) + N'), NULLIF(' + raw + N', N'''')) END'
      WHEN kind = 'logic' THEN N'TRY_CONVERT(bit, NULLIF(' + raw + N', N''''))'
      WHEN kind = 'date' THEN N'TRY_CONVERT(date, NULLIF(LEFT(' + raw + N', 10), N''''), 23)'
      -- Without a zone nobody knows which moment it is.
      ELSE N'CASE WHEN ' + raw + N' LIKE N''%[+-]__:__'' OR ' + raw + N' LIKE N''%Z'' THEN TRY_CONVERT(datetimeoffset(7), ' + raw + N') END' END
      + N' AS c' + CONVERT(nvarchar(10), no)), N',
        ') WITHIN GROUP (ORDER BY no) FROM @column WHERE part = @part);
    -- In groups: there is a limit to how deep an expression is.
    SET @misfits = (SELECT STRING_AGG(g.terms, N',
      ') FROM (
      SELECT STRING_AGG(CONVERT(nvarchar(max), N'CASE WHEN v.c' + CONVERT(nvarchar(10), no) + N' IS NULL AND ' + raw + N' <> N''''' +
        CASE WHEN role = 'code' THEN N' AND (' + raw + N' LIKE N''code:%'' OR (' + raw + N' NOT LIKE N''ext:%'' AND TRY_CONVERT(bigint, ' + raw + N') IS NULL))' ELSE N'' END
        + N' THEN N''' + REPLACE(bare, N'''', N'''''') + N' '' ELSE N'''' END'), N' + ') WITHIN GROUP (ORDER BY no) AS terms
      FROM @column WHERE part = @part AND NOT (kind = 'string' AND length = -1) GROUP BY no / 40) AS g);
    SET @sql = @sql + N'
    INSERT INTO @misfit (names, sign) SELECT t.misfits, -1 FROM @written AS w
    INNER LOOP JOIN ' + @table + N' AS t ON t.company = @company AND t.id = w.record_id
    WHERE w.record_id > @after AND w.record_id <= @last AND t.misfits IS NOT NULL;
    DELETE t FROM @written AS w
    INNER LOOP JOIN ' + @table + N' AS t ON t.company = @company AND t.id = w.record_id
    WHERE w.record_id > @after AND w.record_id <= @last;
    INSERT INTO ' + @table + N' (company, id, deleted, generation, version, updated_at, misfits' + ISNULL((SELECT STRING_AGG(CONVERT(nvarchar(max), N', ' + name), N'') WITHIN GROUP (ORDER BY no) FROM @column WHERE part = @part), N'') + N')
    SELECT r.company, r.record_id, r.deleted, r.generation, r.version, r.updated_at, '
      + CASE WHEN @misfits IS NULL THEN N'NULL' ELSE N'NULLIF(m.names, N'''')' END
      + ISNULL((SELECT STRING_AGG(CONVERT(nvarchar(max), N', v.c' + CONVERT(nvarchar(10), no)), N'') WITHIN GROUP (ORDER BY no) FROM @column WHERE part = @part), N'') + N'
    FROM @written AS w
    INNER LOOP JOIN crude.flexibee_record AS r
      ON r.company = @company AND r.evidence = ' + @literal + N' AND r.record_id = w.record_id'
      + ISNULL(N'
    OUTER APPLY OPENJSON(r.payload) WITH (
      ' + (SELECT STRING_AGG(CONVERT(nvarchar(max), N'v' + CONVERT(nvarchar(10), no) + N' nvarchar(max) ' + path), N',
      ') WITHIN GROUP (ORDER BY no) FROM @column WHERE part = @part) + N'
    ) AS j
    CROSS APPLY (
      SELECT ' + @values + N'
    ) AS v', N'') + ISNULL(N'
    CROSS APPLY (SELECT CONCAT(N'''', ' + @misfits + N') AS names) AS m', N'') + N'
    WHERE w.record_id > @after AND w.record_id <= @last;
    INSERT INTO @misfit (names, sign) SELECT t.misfits, 1 FROM @written AS w
    INNER LOOP JOIN ' + @table + N' AS t ON t.company = @company AND t.id = w.record_id
    WHERE w.record_id > @after AND w.record_id <= @last AND t.misfits IS NOT NULL;
';
    SET @part = @part + 1;
  END;
  SET @sql = @sql + N'    SET @after = @last;
  END;
  IF NOT EXISTS (SELECT 1 FROM @misfit) RETURN 0;
  DECLARE @moved TABLE (name nvarchar(128) COLLATE Latin1_General_CI_AS NOT NULL PRIMARY KEY, difference int NOT NULL);
  INSERT INTO @moved (name, difference)
  SELECT s.value, SUM(m.sign) FROM @misfit AS m CROSS APPLY STRING_SPLIT(m.names, N'' '') AS s
  WHERE s.value <> N'''' GROUP BY s.value;
  UPDATE f SET row_count = f.row_count + m.difference
  FROM @moved AS m INNER JOIN flexi.misfit AS f
    ON f.company = @company AND f.evidence = ' + @literal + N' AND f.column_name = m.name;
  INSERT INTO flexi.misfit (company, evidence, column_name, row_count)
  SELECT @company, ' + @literal + N', m.name, m.difference FROM @moved AS m
  WHERE NOT EXISTS (SELECT 1 FROM flexi.misfit AS f
    WHERE f.company = @company AND f.evidence = ' + @literal + N' AND f.column_name = m.name);
  DELETE FROM flexi.misfit WHERE company = @company AND evidence = ' + @literal + N' AND row_count <= 0;
END;';
  EXEC sys.sp_executesql @sql;
END;
GO
-- Makes what companies have said and the tables do not have, in one transaction, or nothing.
-- @outcome: shaped, same, no right; error 1222 after 5 s in which somebody else had the tables.
ALTER PROCEDURE flexi.sp_make_shape
  @evidence nvarchar(64),
  @outcome varchar(10) OUTPUT
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
  SELECT @shape = shape + 1, @procedure = apply_procedure FROM flexi.evidence WHERE evidence = @evidence;
  SET @isThere = CASE WHEN OBJECT_ID(@procedure) IS NULL THEN 0 ELSE 1 END;
  EXEC flexi.sp_plan_columns @evidence, @shape;
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
    EXEC flexi.sp_make_shape_as_owner @evidence, @state OUTPUT;
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
