-- Stage 1 of every entity: what differs from what was exported last.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [STEK_ZAGSER];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_equipment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_equipment] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_equipment]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_equipment ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'equipment' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[equipment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [model] = live.[model],
    [resource] = live.[resource],
    [digits] = live.[digits],
    [verification_interval_years] = live.[verification_interval_years],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[equipment] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[equipment] AS live ON live.[equipment_id] = sent.[equipment_id]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[model] COLLATE Latin1_General_BIN2, live.[resource] COLLATE Latin1_General_BIN2, live.[digits], live.[verification_interval_years]
      EXCEPT
      SELECT sent.[model] COLLATE Latin1_General_BIN2, sent.[resource] COLLATE Latin1_General_BIN2, sent.[digits], sent.[verification_interval_years]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[equipment] ([equipment_id], [model], [resource], [digits], [verification_interval_years], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[equipment_id], live.[model], live.[resource], live.[digits], live.[verification_interval_years], 0, @now, @sequence
  FROM [dbo].[equipment] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[equipment] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[equipment_id] = live.[equipment_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[equipment] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[equipment] AS live
      WHERE live.[equipment_id] = sent.[equipment_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'equipment', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_meter] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_meter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'meter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[meter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [serial_number] = live.[serial_number],
    [equipment_id] = live.[equipment_id],
    [installed_on] = live.[installed_on],
    [verified_until] = live.[verified_until],
    [initial_reading] = live.[initial_reading],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[meter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[meter] AS live ON live.[meter_id] = sent.[meter_id]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[serial_number] COLLATE Latin1_General_BIN2, live.[equipment_id], live.[installed_on], live.[verified_until], live.[initial_reading]
      EXCEPT
      SELECT sent.[serial_number] COLLATE Latin1_General_BIN2, sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[meter] ([meter_id], [serial_number], [equipment_id], [installed_on], [verified_until], [initial_reading], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[meter_id], live.[serial_number], live.[equipment_id], live.[installed_on], live.[verified_until], live.[initial_reading], 0, @now, @sequence
  FROM [dbo].[meter] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[meter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[meter_id] = live.[meter_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[meter] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[meter] AS live
      WHERE live.[meter_id] = sent.[meter_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'meter', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_premises', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_premises] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_premises]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_premises ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'premises' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[premises] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [address] = live.[address],
    [kind] = live.[kind],
    [square] = live.[square],
    [rooms] = live.[rooms],
    [floor] = live.[floor],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[premises] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[premises] AS live ON live.[premises_id] = sent.[premises_id]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[address] COLLATE Latin1_General_BIN2, live.[kind] COLLATE Latin1_General_BIN2, live.[square], live.[rooms], live.[floor]
      EXCEPT
      SELECT sent.[address] COLLATE Latin1_General_BIN2, sent.[kind] COLLATE Latin1_General_BIN2, sent.[square], sent.[rooms], sent.[floor]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[premises] ([premises_id], [address], [kind], [square], [rooms], [floor], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[premises_id], live.[address], live.[kind], live.[square], live.[rooms], live.[floor], 0, @now, @sequence
  FROM [dbo].[premises] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[premises] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[premises_id] = live.[premises_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[premises] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[premises] AS live
      WHERE live.[premises_id] = sent.[premises_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'premises', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_personal_account', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_personal_account] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_personal_account]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_personal_account ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[personal_account] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [account_number] = live.[account_number],
    [premises_id] = live.[premises_id],
    [owner_name] = live.[owner_name],
    [residents] = live.[residents],
    [opened_on] = live.[opened_on],
    [closed_on] = live.[closed_on],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[account_number] COLLATE Latin1_General_BIN2, live.[premises_id], live.[owner_name] COLLATE Latin1_General_BIN2, live.[residents], live.[opened_on], live.[closed_on]
      EXCEPT
      SELECT sent.[account_number] COLLATE Latin1_General_BIN2, sent.[premises_id], sent.[owner_name] COLLATE Latin1_General_BIN2, sent.[residents], sent.[opened_on], sent.[closed_on]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[personal_account] ([personal_account_id], [account_number], [premises_id], [owner_name], [residents], [opened_on], [closed_on], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[personal_account_id], live.[account_number], live.[premises_id], live.[owner_name], live.[residents], live.[opened_on], live.[closed_on], 0, @now, @sequence
  FROM [dbo].[personal_account] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[personal_account] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account] AS live
      WHERE live.[personal_account_id] = sent.[personal_account_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'personal_account', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_personal_account_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_personal_account_meter] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_personal_account_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_personal_account_meter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account_meter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[personal_account_meter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [meter_place_id] = live.[meter_place_id],
    [date_from] = live.[date_from],
    [date_to] = live.[date_to],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account_meter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account_meter] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[meter_id] = sent.[meter_id]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[meter_place_id], live.[date_from], live.[date_to]
      EXCEPT
      SELECT sent.[meter_place_id], sent.[date_from], sent.[date_to]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[personal_account_meter] ([personal_account_id], [meter_id], [meter_place_id], [date_from], [date_to], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[personal_account_id], live.[meter_id], live.[meter_place_id], live.[date_from], live.[date_to], 0, @now, @sequence
  FROM [dbo].[personal_account_meter] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[personal_account_meter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[personal_account_id] = live.[personal_account_id] AND sent.[meter_id] = live.[meter_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account_meter] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account_meter] AS live
      WHERE live.[personal_account_id] = sent.[personal_account_id] AND live.[meter_id] = sent.[meter_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'personal_account_meter', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_personal_account_parameter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_personal_account_parameter] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_personal_account_parameter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_personal_account_parameter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account_parameter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[personal_account_parameter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [value] = live.[value],
    [date_from] = live.[date_from],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account_parameter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account_parameter] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[parameter_code] = sent.[parameter_code]
  WHERE (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[value] COLLATE Latin1_General_BIN2, live.[date_from]
      EXCEPT
      SELECT sent.[value] COLLATE Latin1_General_BIN2, sent.[date_from]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[personal_account_parameter] ([personal_account_id], [parameter_code], [value], [date_from], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[personal_account_id], live.[parameter_code], live.[value], live.[date_from], 0, @now, @sequence
  FROM [dbo].[personal_account_parameter] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [prep].[personal_account_parameter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[personal_account_id] = live.[personal_account_id] AND sent.[parameter_code] = live.[parameter_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_account_parameter] AS sent
  WHERE sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account_parameter] AS live
      WHERE live.[personal_account_id] = sent.[personal_account_id] AND live.[parameter_code] = sent.[parameter_code]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'personal_account_parameter', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_meter_reading', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_meter_reading] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_meter_reading]
  @date_of_month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @date_of_month, 112);
  IF @period IS NULL THROW 50002, N'@date_of_month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_meter_reading ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'meter_reading' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[meter_reading] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [reading] = live.[reading],
    [consumption] = live.[consumption],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[meter_reading] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[meter_reading] AS live ON live.[meter_id] = sent.[meter_id] AND live.[reading_date] = sent.[reading_date]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[reading], live.[consumption]
      EXCEPT
      SELECT sent.[reading], sent.[consumption]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[meter_reading] ([period], [meter_id], [reading_date], [reading], [consumption], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[meter_id], live.[reading_date], live.[reading], live.[consumption], 0, @now, @sequence
  FROM [dbo].[meter_reading] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[meter_reading] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[meter_id] = live.[meter_id] AND sent.[reading_date] = live.[reading_date]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[meter_reading] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[meter_reading] AS live
      WHERE live.[period] = @period AND live.[meter_id] = sent.[meter_id] AND live.[reading_date] = sent.[reading_date]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'meter_reading', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_payment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_payment] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_payment]
  @date_of_month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @date_of_month, 112);
  IF @period IS NULL THROW 50002, N'@date_of_month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_payment ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'payment' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[payment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [personal_account_id] = live.[personal_account_id],
    [payment_date] = live.[payment_date],
    [amount] = live.[amount],
    [bank_code] = live.[bank_code],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[payment] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[payment] AS live ON live.[payment_id] = sent.[payment_id]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[personal_account_id], live.[payment_date], live.[amount], live.[bank_code] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[payment] ([period], [payment_id], [personal_account_id], [payment_date], [amount], [bank_code], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[payment_id], live.[personal_account_id], live.[payment_date], live.[amount], live.[bank_code], 0, @now, @sequence
  FROM [dbo].[payment] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[payment] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[payment_id] = live.[payment_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[payment] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[payment] AS live
      WHERE live.[period] = @period AND live.[payment_id] = sent.[payment_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'payment', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_charge_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_charge_detail] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_charge_detail]
  @month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @month, 112);
  IF @period IS NULL THROW 50002, N'@month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_charge_detail ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'charge_detail' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[charge_detail] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [quantity] = live.[quantity],
    [tariff] = live.[tariff],
    [amount] = live.[amount],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[charge_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[charge_detail] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[quantity], live.[tariff], live.[amount]
      EXCEPT
      SELECT sent.[quantity], sent.[tariff], sent.[amount]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[charge_detail] ([period], [personal_account_id], [service_code], [quantity], [tariff], [amount], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[personal_account_id], live.[service_code], live.[quantity], live.[tariff], live.[amount], 0, @now, @sequence
  FROM [dbo].[charge_detail] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[charge_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[service_code] = live.[service_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[charge_detail] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[charge_detail] AS live
      WHERE live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'charge_detail', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_personal_saldo', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_personal_saldo] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_personal_saldo]
  @month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @month, 112);
  IF @period IS NULL THROW 50002, N'@month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_personal_saldo ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_saldo' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[personal_saldo] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [opening] = live.[opening],
    [closing] = live.[closing],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_saldo] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_saldo] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[opening], live.[closing]
      EXCEPT
      SELECT sent.[opening], sent.[closing]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[personal_saldo] ([period], [personal_account_id], [opening], [closing], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[personal_account_id], live.[opening], live.[closing], 0, @now, @sequence
  FROM [dbo].[personal_saldo] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[personal_saldo] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[personal_saldo] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_saldo] AS live
      WHERE live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'personal_saldo', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_recalculation', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_recalculation] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_recalculation]
  @date_of_month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @date_of_month, 112);
  IF @period IS NULL THROW 50002, N'@date_of_month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_recalculation ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'recalculation' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[recalculation] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [amount] = live.[amount],
    [reason] = live.[reason],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[recalculation] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[recalculation] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[amount], live.[reason] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[amount], sent.[reason] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[recalculation] ([period], [personal_account_id], [service_code], [amount], [reason], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[personal_account_id], live.[service_code], live.[amount], live.[reason], 0, @now, @sequence
  FROM [dbo].[recalculation] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[recalculation] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[service_code] = live.[service_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[recalculation] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[recalculation] AS live
      WHERE live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'recalculation', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'prep.sp_export_to_prep_turnover_balance_sheet', N'P') IS NULL EXEC(N'CREATE PROCEDURE [prep].[sp_export_to_prep_turnover_balance_sheet] AS RETURN 0');
GO

ALTER PROCEDURE [prep].[sp_export_to_prep_turnover_balance_sheet]
  @date_of_month varchar(8)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(8) = 'zagser';
  DECLARE @period date = CONVERT(date, @date_of_month, 112);
  IF @period IS NULL THROW 50002, N'@date_of_month must not be NULL.', 1;
  SET @period = DATEADD(day, 1 - DAY(@period), @period);

  DECLARE @label nvarchar(200) = CONCAT(N'prep.sp_export_to_prep_turnover_balance_sheet ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'turnover_balance_sheet' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [prep].[turnover_balance_sheet] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [opening] = live.[opening],
    [charged] = live.[charged],
    [corrected] = live.[corrected],
    [paid] = live.[paid],
    [closing] = live.[closing],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[turnover_balance_sheet] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[turnover_balance_sheet] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[period] = @period AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[opening], live.[charged], live.[corrected], live.[paid], live.[closing]
      EXCEPT
      SELECT sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [prep].[turnover_balance_sheet] ([period], [personal_account_id], [opening], [charged], [corrected], [paid], [closing], [is_deleted], [date_modification], [export_sequence])
  SELECT live.[period], live.[personal_account_id], live.[opening], live.[charged], live.[corrected], live.[paid], live.[closing], 0, @now, @sequence
  FROM [dbo].[turnover_balance_sheet] AS live
  WHERE live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [prep].[turnover_balance_sheet] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [prep].[turnover_balance_sheet] AS sent
  WHERE sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[turnover_balance_sheet] AS live
      WHERE live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'turnover_balance_sheet', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO
