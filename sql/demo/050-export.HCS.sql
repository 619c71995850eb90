-- Stage 1 of every entity: what differs from what was exported last.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [HCS];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_bank_dictionary', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_bank_dictionary] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_bank_dictionary]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for bank_code, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_bank_dictionary ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'bank_code' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[bank_dictionary] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [name] = live.[name],
    [correspondent_account] = live.[correspondent_account],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[bank_dictionary] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[bank_code] AS live ON live.[bank_code] = sent.[bank_code]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[name] COLLATE Latin1_General_BIN2, live.[correspondent_account] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[name] COLLATE Latin1_General_BIN2, sent.[correspondent_account] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[bank_dictionary] ([bill_datasource_section], [bank_code], [name], [correspondent_account], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[bank_code], live.[name], live.[correspondent_account], 0, @now, @sequence
  FROM [dbo].[bank_code] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[bank_dictionary] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[bank_code] = live.[bank_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[bank_dictionary] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[bank_code] AS live
      WHERE live.[bank_code] = sent.[bank_code]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'bank_code', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_benefit_provider', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_benefit_provider] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_benefit_provider]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for benefit_provider, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_benefit_provider ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'benefit_provider' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[benefit_provider] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [name] = live.[name],
    [level] = live.[level],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[benefit_provider] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[benefit_provider] AS live ON live.[benefit_provider_id] = sent.[benefit_provider_id]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[name] COLLATE Latin1_General_BIN2, live.[level] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[name] COLLATE Latin1_General_BIN2, sent.[level] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[benefit_provider] ([bill_datasource_section], [benefit_provider_id], [name], [level], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[benefit_provider_id], live.[name], live.[level], 0, @now, @sequence
  FROM [dbo].[benefit_provider] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[benefit_provider] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[benefit_provider_id] = live.[benefit_provider_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[benefit_provider] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[benefit_provider] AS live
      WHERE live.[benefit_provider_id] = sent.[benefit_provider_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'benefit_provider', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_building_structure', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_building_structure] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_building_structure]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for building_structure, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_building_structure ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'building_structure' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[building_structure] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [city_id] = live.[city_id],
    [street] = live.[street],
    [house] = live.[house],
    [floors] = live.[floors],
    [entrances] = live.[entrances],
    [wall_material] = live.[wall_material],
    [built_year] = live.[built_year],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[building_structure] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[building_structure] AS live ON live.[building_structure_id] = sent.[building_structure_id]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[city_id], live.[street] COLLATE Latin1_General_BIN2, live.[house] COLLATE Latin1_General_BIN2, live.[floors], live.[entrances], live.[wall_material] COLLATE Latin1_General_BIN2, live.[built_year]
      EXCEPT
      SELECT sent.[city_id], sent.[street] COLLATE Latin1_General_BIN2, sent.[house] COLLATE Latin1_General_BIN2, sent.[floors], sent.[entrances], sent.[wall_material] COLLATE Latin1_General_BIN2, sent.[built_year]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[building_structure] ([bill_datasource_section], [building_structure_id], [city_id], [street], [house], [floors], [entrances], [wall_material], [built_year], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[building_structure_id], live.[city_id], live.[street], live.[house], live.[floors], live.[entrances], live.[wall_material], live.[built_year], 0, @now, @sequence
  FROM [dbo].[building_structure] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[building_structure] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[building_structure_id] = live.[building_structure_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[building_structure] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[building_structure] AS live
      WHERE live.[area] = @code AND live.[building_structure_id] = sent.[building_structure_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'building_structure', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_city', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_city] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_city]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for city, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_city ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'city' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[city] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [name] = live.[name],
    [kind] = live.[kind],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[city] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[city] AS live ON live.[city_id] = sent.[city_id]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[name] COLLATE Latin1_General_BIN2, live.[kind] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[name] COLLATE Latin1_General_BIN2, sent.[kind] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[city] ([bill_datasource_section], [city_id], [name], [kind], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[city_id], live.[name], live.[kind], 0, @now, @sequence
  FROM [dbo].[city] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[city] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[city_id] = live.[city_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[city] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[city] AS live
      WHERE live.[city_id] = sent.[city_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'city', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_equipment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_equipment] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_equipment]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for equipment, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_equipment ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'equipment' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[equipment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [model] = live.[model],
    [resource] = live.[resource],
    [digits] = live.[digits],
    [verification_interval_years] = live.[verification_interval_years],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[equipment] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[equipment] AS live ON live.[equipment_id] = sent.[equipment_id]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[model] COLLATE Latin1_General_BIN2, live.[resource] COLLATE Latin1_General_BIN2, live.[digits], live.[verification_interval_years]
      EXCEPT
      SELECT sent.[model] COLLATE Latin1_General_BIN2, sent.[resource] COLLATE Latin1_General_BIN2, sent.[digits], sent.[verification_interval_years]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[equipment] ([bill_datasource_section], [equipment_id], [model], [resource], [digits], [verification_interval_years], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[equipment_id], live.[model], live.[resource], live.[digits], live.[verification_interval_years], 0, @now, @sequence
  FROM [dbo].[equipment] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[equipment] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[equipment_id] = live.[equipment_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[equipment] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_meter] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_meter]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for meter, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_meter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'meter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[meter] WITH (UPDLOCK, HOLDLOCK));

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
  FROM [heap].[meter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[meter] AS live ON live.[meter_id] = sent.[meter_id]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[serial_number] COLLATE Latin1_General_BIN2, live.[equipment_id], live.[installed_on], live.[verified_until], live.[initial_reading]
      EXCEPT
      SELECT sent.[serial_number] COLLATE Latin1_General_BIN2, sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter] ([bill_datasource_section], [meter_id], [serial_number], [equipment_id], [installed_on], [verified_until], [initial_reading], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[meter_id], live.[serial_number], live.[equipment_id], live.[installed_on], live.[verified_until], live.[initial_reading], 0, @now, @sequence
  FROM [dbo].[meter] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[meter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[meter_id] = live.[meter_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[meter] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[meter] AS live
      WHERE live.[area] = @code AND live.[meter_id] = sent.[meter_id]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_meter_place', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_meter_place] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_meter_place]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for meter_place, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_meter_place ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'meter_place' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[meter_place] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [name] = live.[name],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[meter_place] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[meter_place] AS live ON live.[meter_place_id] = sent.[meter_place_id]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[name] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[name] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter_place] ([bill_datasource_section], [meter_place_id], [name], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[meter_place_id], live.[name], 0, @now, @sequence
  FROM [dbo].[meter_place] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[meter_place] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[meter_place_id] = live.[meter_place_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[meter_place] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[meter_place] AS live
      WHERE live.[area] = @code AND live.[meter_place_id] = sent.[meter_place_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'meter_place', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_premises', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_premises] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_premises]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for premises, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_premises ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'premises' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[premises] WITH (UPDLOCK, HOLDLOCK));

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
  FROM [heap].[premises] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[premises] AS live ON live.[premises_id] = sent.[premises_id]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[address] COLLATE Latin1_General_BIN2, live.[kind] COLLATE Latin1_General_BIN2, live.[square], live.[rooms], live.[floor]
      EXCEPT
      SELECT sent.[address] COLLATE Latin1_General_BIN2, sent.[kind] COLLATE Latin1_General_BIN2, sent.[square], sent.[rooms], sent.[floor]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[premises] ([bill_datasource_section], [premises_id], [address], [kind], [square], [rooms], [floor], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[premises_id], live.[address], live.[kind], live.[square], live.[rooms], live.[floor], 0, @now, @sequence
  FROM [dbo].[premises] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[premises] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[premises_id] = live.[premises_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[premises] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_personal_account', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for personal_account, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_personal_account ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[personal_account] WITH (UPDLOCK, HOLDLOCK));

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
  FROM [heap].[personal_account] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[account_number] COLLATE Latin1_General_BIN2, live.[premises_id], live.[owner_name] COLLATE Latin1_General_BIN2, live.[residents], live.[opened_on], live.[closed_on]
      EXCEPT
      SELECT sent.[account_number] COLLATE Latin1_General_BIN2, sent.[premises_id], sent.[owner_name] COLLATE Latin1_General_BIN2, sent.[residents], sent.[opened_on], sent.[closed_on]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account] ([bill_datasource_section], [personal_account_id], [account_number], [premises_id], [owner_name], [residents], [opened_on], [closed_on], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[personal_account_id], live.[account_number], live.[premises_id], live.[owner_name], live.[residents], live.[opened_on], live.[closed_on], 0, @now, @sequence
  FROM [dbo].[personal_account] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[personal_account] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_account] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account] AS live
      WHERE live.[area] = @code AND live.[personal_account_id] = sent.[personal_account_id]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_personal_account_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account_meter] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account_meter]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for personal_account_meter, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_personal_account_meter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account_meter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[personal_account_meter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [meter_place_id] = live.[meter_place_id],
    [date_from] = live.[date_from],
    [date_to] = live.[date_to],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_account_meter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account_meter] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[meter_id] = sent.[meter_id]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[meter_place_id], live.[date_from], live.[date_to]
      EXCEPT
      SELECT sent.[meter_place_id], sent.[date_from], sent.[date_to]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account_meter] ([bill_datasource_section], [personal_account_id], [meter_id], [meter_place_id], [date_from], [date_to], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[personal_account_id], live.[meter_id], live.[meter_place_id], live.[date_from], live.[date_to], 0, @now, @sequence
  FROM [dbo].[personal_account_meter] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[personal_account_meter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[meter_id] = live.[meter_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_account_meter] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account_meter] AS live
      WHERE live.[area] = @code AND live.[personal_account_id] = sent.[personal_account_id] AND live.[meter_id] = sent.[meter_id]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_personal_account_parameter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account_parameter] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_personal_account_parameter]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for personal_account_parameter, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_personal_account_parameter ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_account_parameter' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[personal_account_parameter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [value] = live.[value],
    [date_from] = live.[date_from],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_account_parameter] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_account_parameter] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[parameter_code] = sent.[parameter_code]
  WHERE sent.[bill_datasource_section] = @code AND
    live.[area] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[value] COLLATE Latin1_General_BIN2, live.[date_from]
      EXCEPT
      SELECT sent.[value] COLLATE Latin1_General_BIN2, sent.[date_from]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account_parameter] ([bill_datasource_section], [personal_account_id], [parameter_code], [value], [date_from], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[personal_account_id], live.[parameter_code], live.[value], live.[date_from], 0, @now, @sequence
  FROM [dbo].[personal_account_parameter] AS live
  WHERE live.[area] = @code AND
    NOT EXISTS (SELECT 1 FROM [heap].[personal_account_parameter] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[parameter_code] = live.[parameter_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_account_parameter] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_account_parameter] AS live
      WHERE live.[area] = @code AND live.[personal_account_id] = sent.[personal_account_id] AND live.[parameter_code] = sent.[parameter_code]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_room', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_room] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_room]
  @CurDataAreaId varchar(4)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('all')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for room, expected all.');
    THROW 50001, @fault, 1;
  END;

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_room ', @code);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'room' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[room] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [square] = live.[square],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[room] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[room] AS live ON live.[premises_id] = sent.[premises_id] AND live.[room_number] = sent.[room_number]
  WHERE sent.[bill_datasource_section] = @code AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[square]
      EXCEPT
      SELECT sent.[square]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[room] ([bill_datasource_section], [premises_id], [room_number], [square], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[premises_id], live.[room_number], live.[square], 0, @now, @sequence
  FROM [dbo].[room] AS live
  WHERE NOT EXISTS (SELECT 1 FROM [heap].[room] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[premises_id] = live.[premises_id] AND sent.[room_number] = live.[room_number]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[room] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[room] AS live
      WHERE live.[premises_id] = sent.[premises_id] AND live.[room_number] = sent.[room_number]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'room', @code, NULL,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_meter_reading', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_meter_reading] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_meter_reading]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for meter_reading, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_meter_reading ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'meter_reading' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[meter_reading] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [reading] = live.[reading],
    [consumption] = live.[consumption],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[meter_reading] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[meter_reading] AS live ON live.[meter_id] = sent.[meter_id] AND live.[reading_date] = sent.[reading_date]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[reading], live.[consumption]
      EXCEPT
      SELECT sent.[reading], sent.[consumption]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter_reading] ([bill_datasource_section], [period], [meter_id], [reading_date], [reading], [consumption], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[meter_id], live.[reading_date], live.[reading], live.[consumption], 0, @now, @sequence
  FROM [dbo].[meter_reading] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[meter_reading] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[meter_id] = live.[meter_id] AND sent.[reading_date] = live.[reading_date]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[meter_reading] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[meter_reading] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[meter_id] = sent.[meter_id] AND live.[reading_date] = sent.[reading_date]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_payment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_payment] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_payment]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for payment, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_payment ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'payment' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[payment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [personal_account_id] = live.[personal_account_id],
    [payment_date] = live.[payment_date],
    [amount] = live.[amount],
    [bank_code] = live.[bank_code],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[payment] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[payment] AS live ON live.[payment_id] = sent.[payment_id]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[personal_account_id], live.[payment_date], live.[amount], live.[bank_code] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[payment] ([bill_datasource_section], [period], [payment_id], [personal_account_id], [payment_date], [amount], [bank_code], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[payment_id], live.[personal_account_id], live.[payment_date], live.[amount], live.[bank_code], 0, @now, @sequence
  FROM [dbo].[payment] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[payment] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[payment_id] = live.[payment_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[payment] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[payment] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[payment_id] = sent.[payment_id]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_charge_correction_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_charge_correction_detail] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_charge_correction_detail]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for charge_correction_detail, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_charge_correction_detail ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'charge_correction_detail' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[charge_correction_detail] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [amount] = live.[amount],
    [reason] = live.[reason],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[charge_correction_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[charge_correction_detail] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[amount], live.[reason] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[amount], sent.[reason] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[charge_correction_detail] ([bill_datasource_section], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[service_code], live.[amount], live.[reason], 0, @now, @sequence
  FROM [dbo].[charge_correction_detail] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[charge_correction_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[service_code] = live.[service_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[charge_correction_detail] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[charge_correction_detail] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'charge_correction_detail', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_charge_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_charge_detail] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_charge_detail]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for charge_detail, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_charge_detail ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'charge_detail' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[charge_detail] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [quantity] = live.[quantity],
    [tariff] = live.[tariff],
    [amount] = live.[amount],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[charge_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[charge_detail] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[quantity], live.[tariff], live.[amount]
      EXCEPT
      SELECT sent.[quantity], sent.[tariff], sent.[amount]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[charge_detail] ([bill_datasource_section], [period], [personal_account_id], [service_code], [quantity], [tariff], [amount], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[service_code], live.[quantity], live.[tariff], live.[amount], 0, @now, @sequence
  FROM [dbo].[charge_detail] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[charge_detail] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[service_code] = live.[service_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[charge_detail] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[charge_detail] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_personal_saldo', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_personal_saldo] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_personal_saldo]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for personal_saldo, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_personal_saldo ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'personal_saldo' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[personal_saldo] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [opening] = live.[opening],
    [closing] = live.[closing],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_saldo] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[personal_saldo] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[opening], live.[closing]
      EXCEPT
      SELECT sent.[opening], sent.[closing]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_saldo] ([bill_datasource_section], [period], [personal_account_id], [opening], [closing], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[opening], live.[closing], 0, @now, @sequence
  FROM [dbo].[personal_saldo] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[personal_saldo] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[personal_saldo] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[personal_saldo] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_recalculation', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_recalculation] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_recalculation]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for recalculation, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_recalculation ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'recalculation' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[recalculation] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [amount] = live.[amount],
    [reason] = live.[reason],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[recalculation] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[recalculation] AS live ON live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[amount], live.[reason] COLLATE Latin1_General_BIN2
      EXCEPT
      SELECT sent.[amount], sent.[reason] COLLATE Latin1_General_BIN2));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[recalculation] ([bill_datasource_section], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[service_code], live.[amount], live.[reason], 0, @now, @sequence
  FROM [dbo].[recalculation] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[recalculation] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id] AND sent.[service_code] = live.[service_code]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[recalculation] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[recalculation] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id] AND live.[service_code] = sent.[service_code]);
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

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_running_balance', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_running_balance] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_running_balance]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for running_balance, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_running_balance ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'running_balance' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[running_balance] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE sent
  SET [balance] = live.[balance],
    [overdue] = live.[overdue],
    [is_deleted] = 0,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[running_balance] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[running_balance] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[balance], live.[overdue]
      EXCEPT
      SELECT sent.[balance], sent.[overdue]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[running_balance] ([bill_datasource_section], [period], [personal_account_id], [balance], [overdue], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[balance], live.[overdue], 0, @now, @sequence
  FROM [dbo].[running_balance] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[running_balance] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[running_balance] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[running_balance] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id]);
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  INSERT INTO [dbo].[export_batch]
    ([export_batch_id], [entity], [code], [period], [rows_changed], [date_export])
  SELECT COALESCE(MAX([export_batch_id]), 0) + 1, 'running_balance', @code, @period,
    @changed + @added + @removed, @now
  FROM [dbo].[export_batch] WITH (UPDLOCK, HOLDLOCK);

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'dbo.sp_export_to_bill_ab_turnover_balance_sheet', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_export_to_bill_ab_turnover_balance_sheet] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_export_to_bill_ab_turnover_balance_sheet]
  @CurDataAreaId varchar(4),
  @period_month int,
  @period_year int
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @code varchar(4) = @CurDataAreaId, @fault nvarchar(400);
  IF @code IS NULL OR @code NOT IN ('0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10')
  BEGIN
    SET @fault = CONCAT(N'@CurDataAreaId: unknown data area ''', @code,
      N''' for turnover_balance_sheet, expected 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10.');
    THROW 50001, @fault, 1;
  END;
  IF @period_month IS NULL THROW 50002, N'@period_month must not be NULL.', 1;
  IF @period_year IS NULL THROW 50002, N'@period_year must not be NULL.', 1;
  DECLARE @period date = DATEFROMPARTS(@period_year, @period_month, 1);

  DECLARE @label nvarchar(200) = CONCAT(N'dbo.sp_export_to_bill_ab_turnover_balance_sheet ', @code, N' ', @period);
  DECLARE @milliseconds int = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'export' AND [entity] = 'turnover_balance_sheet' AND [code] IN (@code));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;

  DECLARE @now datetime2(3) = SYSUTCDATETIME();
  DECLARE @sequence bigint, @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- Held to the end: sequences are committed in their order.
  SET @sequence = (SELECT COALESCE(MAX([export_sequence]), 0) + 1
    FROM [heap].[turnover_balance_sheet] WITH (UPDLOCK, HOLDLOCK));

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
  FROM [heap].[turnover_balance_sheet] AS sent WITH (UPDLOCK, HOLDLOCK)
  JOIN [dbo].[turnover_balance_sheet] AS live ON live.[personal_account_id] = sent.[personal_account_id]
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    live.[area] = @code AND
    live.[period] = @period AND
    (sent.[is_deleted] = 1 OR EXISTS (
      SELECT live.[opening], live.[charged], live.[corrected], live.[paid], live.[closing]
      EXCEPT
      SELECT sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing]));
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[turnover_balance_sheet] ([bill_datasource_section], [period], [personal_account_id], [opening], [charged], [corrected], [paid], [closing], [is_deleted], [date_modification], [export_sequence])
  SELECT @code, live.[period], live.[personal_account_id], live.[opening], live.[charged], live.[corrected], live.[paid], live.[closing], 0, @now, @sequence
  FROM [dbo].[turnover_balance_sheet] AS live
  WHERE live.[area] = @code AND
    live.[period] = @period AND
    NOT EXISTS (SELECT 1 FROM [heap].[turnover_balance_sheet] AS sent WITH (UPDLOCK, HOLDLOCK)
      WHERE sent.[bill_datasource_section] = @code AND sent.[period] = @period AND sent.[personal_account_id] = live.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  UPDATE sent
  SET [is_deleted] = 1,
    [date_modification] = @now,
    [export_sequence] = @sequence
  FROM [heap].[turnover_balance_sheet] AS sent
  WHERE sent.[bill_datasource_section] = @code AND
    sent.[period] = @period AND
    sent.[is_deleted] = 0 AND
    NOT EXISTS (SELECT 1 FROM [dbo].[turnover_balance_sheet] AS live
      WHERE live.[area] = @code AND live.[period] = @period AND live.[personal_account_id] = sent.[personal_account_id]);
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
