-- Brings typed rows up to what the mirror has, after the columns have changed or where it was there first.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
IF OBJECT_ID(N'flexi.sp_fill_evidence') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_fill_evidence AS RETURN 0');
GO
-- Fills the next part, of whichever company is not filled in the evidence's newest shape, in one
-- transaction that keeps whoever applies to the same company waiting.
ALTER PROCEDURE flexi.sp_fill_evidence
  @evidence nvarchar(64),
  @rows int = 1000,
  -- 1: there may be more to do.
  @more bit = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  DECLARE @company nvarchar(64), @procedure nvarchar(200), @shape int, @after bigint, @last bigint, @count int, @lock int;
  SET @more = 0;
  SELECT TOP (1) @company = f.company
  FROM flexi.filled AS f INNER JOIN flexi.evidence AS e ON e.evidence = f.evidence
  WHERE f.evidence = @evidence AND f.shape < e.shape AND e.apply_procedure IS NOT NULL
  ORDER BY f.company;
  IF @company IS NULL RETURN 0;

  CREATE TABLE #flexibee_written (
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    record_id bigint NOT NULL
  );
  BEGIN TRANSACTION;
  DECLARE @resource nvarchar(255) = N'syncboard/flexibee/' + @company;
  EXEC @lock = sys.sp_getapplock @Resource = @resource, @LockMode = 'Exclusive',
    @LockOwner = 'Transaction', @LockTimeout = -1;
  IF @lock < 0 THROW 50505, 'The application lock of the company was refused.', 1;
  SELECT @shape = e.shape, @procedure = e.apply_procedure,
    @after = CASE WHEN f.target = e.shape THEN f.after_id END
  FROM flexi.filled AS f INNER JOIN flexi.evidence AS e ON e.evidence = f.evidence
  WHERE f.company = @company AND f.evidence = @evidence;
  INSERT INTO #flexibee_written (evidence, record_id)
  SELECT TOP (@rows) @evidence, record_id FROM crude.flexibee_record
  WHERE company = @company AND evidence = @evidence
    AND record_id > ISNULL(@after, CONVERT(bigint, '-9223372036854775808'))
  ORDER BY record_id;
  SET @count = @@ROWCOUNT;
  SET @last = (SELECT MAX(record_id) FROM #flexibee_written);
  IF @count > 0 EXEC @procedure @company;
  IF @count < @rows
    UPDATE flexi.filled SET shape = @shape, target = NULL, after_id = NULL
    WHERE company = @company AND evidence = @evidence;
  ELSE
    UPDATE flexi.filled SET target = @shape, after_id = @last
    WHERE company = @company AND evidence = @evidence;
  COMMIT TRANSACTION;
  SET @more = 1;
END;
GO
IF OBJECT_ID(N'flexi.sp_typed_columns') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_typed_columns AS RETURN 0');
IF OBJECT_ID(N'flexi.sp_typed_state') IS NULL
  EXEC(N'CREATE PROCEDURE flexi.sp_typed_state AS RETURN 0');
GO
-- What an evidence's columns are made of, for whoever looks whether a record has more.
ALTER PROCEDURE flexi.sp_typed_columns
  @evidence nvarchar(64)
AS
BEGIN
  SET NOCOUNT ON;
  SELECT property, role, length FROM flexi.property WHERE evidence = @evidence;
END;
GO
-- What people should know of a company's typed tables: values that did not fit, with the number of
-- rows; and properties that are of another kind elsewhere, whose column has the kind in its name.
ALTER PROCEDURE flexi.sp_typed_state
  @company nvarchar(64)
AS
BEGIN
  SET NOCOUNT ON;
  SELECT m.evidence, m.column_name, m.row_count, NULL AS property, NULL AS kind, NULL AS first_kind, NULL AS first_company
  FROM flexi.misfit AS m WHERE m.company = @company
  UNION ALL
  SELECT p.evidence, p.column_name, NULL, p.property, p.kind, f.kind, f.company
  FROM flexi.company_property AS c
  INNER JOIN flexi.property AS p ON p.evidence = c.evidence AND p.property = c.property AND p.kind = c.kind
  INNER JOIN flexi.property AS f ON f.evidence = p.evidence AND f.property = p.property AND f.kind <> p.kind
  WHERE c.company = @company AND p.role IN ('value', 'id') AND f.role IN ('value', 'id')
    AND f.ordinal < p.ordinal AND NOT EXISTS (SELECT 1 FROM flexi.property AS o
      WHERE o.evidence = f.evidence AND o.property = f.property AND o.role IN ('value', 'id') AND o.ordinal < f.ordinal);
END;
GO
