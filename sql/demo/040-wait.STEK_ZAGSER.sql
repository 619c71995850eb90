-- What makes a stage take its time.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [STEK_ZAGSER];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'dbo.sp_demo_wait', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_demo_wait] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_demo_wait]
  @label nvarchar(200),
  @milliseconds int
AS
BEGIN
  SET NOCOUNT ON;
  IF COALESCE(@milliseconds, 0) <= 0 RETURN 0;

  DECLARE @quarter int = 1, @text nvarchar(240), @delay varchar(12);
  SET @delay = CONVERT(varchar(12),
    CONVERT(time(3), DATEADD(millisecond, @milliseconds / 4, CONVERT(datetime2(3), '2019-01-01'))));
  WHILE @quarter <= 4
  BEGIN
    -- As text: an engine without WAITFOR refuses it only when a pace is asked for.
    EXEC sys.sp_executesql N'WAITFOR DELAY @delay', N'@delay varchar(12)', @delay = @delay;
    SET @text = CONCAT(@label, N': ', 25 * @quarter, N' % of the time');
    RAISERROR(N'%s', 0, 1, @text) WITH NOWAIT;
    SET @quarter = @quarter + 1;
  END;
END;
GO
