-- FlexiBee in the aggregate base: what is there of an evidence, for whoever compares it with the
-- company. See docs/flexibee.md, "Reconciliation".
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
-- ALTER keeps the grants that a procedure has.
IF OBJECT_ID(N'crude.sp_list_flexibee_records') IS NULL
  EXEC(N'CREATE PROCEDURE crude.sp_list_flexibee_records AS RETURN 0');
GO
-- Records that are not deleted, by number: version, and what tells whether they are the same.
ALTER PROCEDURE crude.sp_list_flexibee_records
  @company nvarchar(64),
  @evidence nvarchar(64),
  -- NULL: from the beginning.
  @after_id bigint,
  -- NULL: to the end.
  @through_id bigint = NULL,
  -- 0: content is the member lastUpdate; 1: the SHA-256 of the payload as UTF-16LE, hexadecimal.
  @digest bit = 0,
  @most int = 25000,
  -- Only those of this generation that were last read before a moment; NULL: all.
  @generation int = NULL,
  @read_before datetime2(3) = NULL
AS
BEGIN
  SET NOCOUNT ON;
  -- A range that is always there is a seek; what it has too many of is one row.
  DECLARE @from bigint = ISNULL(@after_id, -9223372036854775808);
  DECLARE @through bigint = ISNULL(@through_id, 9223372036854775807);
  SELECT TOP (@most) record_id, version,
    CASE WHEN @digest = 1 THEN CONVERT(nvarchar(64), HASHBYTES('SHA2_256', payload), 2)
      ELSE JSON_VALUE(payload, '$.lastUpdate') END AS content
  FROM crude.flexibee_record
  WHERE company = @company AND evidence = @evidence AND deleted = 0
    AND record_id >= @from AND record_id <= @through
    AND (@after_id IS NULL OR record_id > @after_id)
    AND (@generation IS NULL OR generation = @generation) AND (@read_before IS NULL OR read_at < @read_before)
  ORDER BY record_id;
END;
GO
