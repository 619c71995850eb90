-- Stage 3 of every entity: heap up to crude.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [AB];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_bank_code', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_bank_code] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_bank_code]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_bank_code', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'bank_code';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'bank_code');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[bank_code] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'bank_code' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'bank_code' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [name] = loaded.[name],
    [correspondent_account] = loaded.[correspondent_account],
    [date_modification] = @now
  FROM [heap].[bank_code] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[bank_code] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[bank_code] = kept.[bank_code]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[bank_code] ([datasource_id], [bank_code], [name], [correspondent_account], [date_modification])
  SELECT loaded.[datasource_id], loaded.[bank_code], loaded.[name], loaded.[correspondent_account], @now
  FROM [crude].[bank_code] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[bank_code] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[bank_code] = loaded.[bank_code]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[bank_code] AS kept
  JOIN [crude].[bank_code] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[bank_code] = kept.[bank_code]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'bank_code';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_benefit_provider', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_benefit_provider] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_benefit_provider]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_benefit_provider', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'benefit_provider';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'benefit_provider');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[benefit_provider] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'benefit_provider' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'benefit_provider' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [name] = loaded.[name],
    [level] = loaded.[level],
    [date_modification] = @now
  FROM [heap].[benefit_provider] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[benefit_provider] AS loaded ON loaded.[benefit_provider_id] = kept.[benefit_provider_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[benefit_provider] ([benefit_provider_id], [name], [level], [date_modification])
  SELECT loaded.[benefit_provider_id], loaded.[name], loaded.[level], @now
  FROM [crude].[benefit_provider] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[benefit_provider] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[benefit_provider_id] = loaded.[benefit_provider_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[benefit_provider] AS kept
  JOIN [crude].[benefit_provider] AS loaded ON loaded.[benefit_provider_id] = kept.[benefit_provider_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'benefit_provider';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_building_structure', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_building_structure] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_building_structure]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_building_structure', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'building_structure';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'building_structure');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[building_structure] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'building_structure' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'building_structure' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [city_id] = loaded.[city_id],
    [street] = loaded.[street],
    [house] = loaded.[house],
    [floors] = loaded.[floors],
    [entrances] = loaded.[entrances],
    [wall_material] = loaded.[wall_material],
    [built_year] = loaded.[built_year],
    [date_modification] = @now
  FROM [heap].[building_structure] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[building_structure] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[building_structure_id] = kept.[building_structure_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[building_structure] ([datasource_id], [building_structure_id], [city_id], [street], [house], [floors], [entrances], [wall_material], [built_year], [date_modification])
  SELECT loaded.[datasource_id], loaded.[building_structure_id], loaded.[city_id], loaded.[street], loaded.[house], loaded.[floors], loaded.[entrances], loaded.[wall_material], loaded.[built_year], @now
  FROM [crude].[building_structure] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[building_structure] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[building_structure_id] = loaded.[building_structure_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[building_structure] AS kept
  JOIN [crude].[building_structure] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[building_structure_id] = kept.[building_structure_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'building_structure';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_city', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_city] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_city]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_city', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'city';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'city');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[city] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'city' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'city' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [name] = loaded.[name],
    [kind] = loaded.[kind],
    [date_modification] = @now
  FROM [heap].[city] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[city] AS loaded ON loaded.[city_id] = kept.[city_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[city] ([city_id], [name], [kind], [date_modification])
  SELECT loaded.[city_id], loaded.[name], loaded.[kind], @now
  FROM [crude].[city] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[city] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[city_id] = loaded.[city_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[city] AS kept
  JOIN [crude].[city] AS loaded ON loaded.[city_id] = kept.[city_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'city';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_equipment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_equipment] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_equipment]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_equipment', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'equipment');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[equipment] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'equipment' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'equipment' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [model] = loaded.[model],
    [resource] = loaded.[resource],
    [digits] = loaded.[digits],
    [verification_interval_years] = loaded.[verification_interval_years],
    [date_modification] = @now
  FROM [heap].[equipment] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[equipment] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[equipment_id] = kept.[equipment_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[equipment] ([datasource_id], [equipment_id], [model], [resource], [digits], [verification_interval_years], [date_modification])
  SELECT loaded.[datasource_id], loaded.[equipment_id], loaded.[model], loaded.[resource], loaded.[digits], loaded.[verification_interval_years], @now
  FROM [crude].[equipment] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[equipment] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[equipment_id] = loaded.[equipment_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[equipment] AS kept
  JOIN [crude].[equipment] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[equipment_id] = kept.[equipment_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'equipment';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_meter] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_meter', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'meter');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[meter] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'meter' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'meter' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [serial_number] = loaded.[serial_number],
    [equipment_id] = loaded.[equipment_id],
    [installed_on] = loaded.[installed_on],
    [verified_until] = loaded.[verified_until],
    [initial_reading] = loaded.[initial_reading],
    [date_modification] = @now
  FROM [heap].[meter] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[meter] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_id] = kept.[meter_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter] ([datasource_id], [meter_id], [serial_number], [equipment_id], [installed_on], [verified_until], [initial_reading], [date_modification])
  SELECT loaded.[datasource_id], loaded.[meter_id], loaded.[serial_number], loaded.[equipment_id], loaded.[installed_on], loaded.[verified_until], loaded.[initial_reading], @now
  FROM [crude].[meter] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[meter] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[meter_id] = loaded.[meter_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[meter] AS kept
  JOIN [crude].[meter] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_id] = kept.[meter_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'meter';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_meter_place', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_meter_place] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_meter_place]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_meter_place', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_place';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'meter_place');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[meter_place] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'meter_place' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'meter_place' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [name] = loaded.[name],
    [date_modification] = @now
  FROM [heap].[meter_place] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[meter_place] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_place_id] = kept.[meter_place_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter_place] ([datasource_id], [meter_place_id], [name], [date_modification])
  SELECT loaded.[datasource_id], loaded.[meter_place_id], loaded.[name], @now
  FROM [crude].[meter_place] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[meter_place] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[meter_place_id] = loaded.[meter_place_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[meter_place] AS kept
  JOIN [crude].[meter_place] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_place_id] = kept.[meter_place_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'meter_place';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_premises', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_premises] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_premises]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_premises', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'premises');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[premises] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'premises' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'premises' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [address] = loaded.[address],
    [kind] = loaded.[kind],
    [square] = loaded.[square],
    [rooms] = loaded.[rooms],
    [floor] = loaded.[floor],
    [date_modification] = @now
  FROM [heap].[premises] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[premises] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[premises_id] = kept.[premises_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[premises] ([datasource_id], [premises_id], [address], [kind], [square], [rooms], [floor], [date_modification])
  SELECT loaded.[datasource_id], loaded.[premises_id], loaded.[address], loaded.[kind], loaded.[square], loaded.[rooms], loaded.[floor], @now
  FROM [crude].[premises] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[premises] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[premises_id] = loaded.[premises_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[premises] AS kept
  JOIN [crude].[premises] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[premises_id] = kept.[premises_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'premises';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_personal_account', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_personal_account', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'personal_account');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[personal_account] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'personal_account' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'personal_account' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [account_number] = loaded.[account_number],
    [premises_id] = loaded.[premises_id],
    [owner_name] = loaded.[owner_name],
    [residents] = loaded.[residents],
    [opened_on] = loaded.[opened_on],
    [closed_on] = loaded.[closed_on],
    [date_modification] = @now
  FROM [heap].[personal_account] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[personal_account] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account] ([datasource_id], [personal_account_id], [account_number], [premises_id], [owner_name], [residents], [opened_on], [closed_on], [date_modification])
  SELECT loaded.[datasource_id], loaded.[personal_account_id], loaded.[account_number], loaded.[premises_id], loaded.[owner_name], loaded.[residents], loaded.[opened_on], loaded.[closed_on], @now
  FROM [crude].[personal_account] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[personal_account] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[personal_account_id] = loaded.[personal_account_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[personal_account] AS kept
  JOIN [crude].[personal_account] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'personal_account';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_personal_account_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account_meter] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_personal_account_meter', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'personal_account_meter');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[personal_account_meter] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'personal_account_meter' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'personal_account_meter' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [meter_place_id] = loaded.[meter_place_id],
    [date_from] = loaded.[date_from],
    [date_to] = loaded.[date_to],
    [date_modification] = @now
  FROM [heap].[personal_account_meter] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[personal_account_meter] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[meter_id] = kept.[meter_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account_meter] ([datasource_id], [personal_account_id], [meter_id], [meter_place_id], [date_from], [date_to], [date_modification])
  SELECT loaded.[datasource_id], loaded.[personal_account_id], loaded.[meter_id], loaded.[meter_place_id], loaded.[date_from], loaded.[date_to], @now
  FROM [crude].[personal_account_meter] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[personal_account_meter] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[meter_id] = loaded.[meter_id]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[personal_account_meter] AS kept
  JOIN [crude].[personal_account_meter] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[meter_id] = kept.[meter_id]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'personal_account_meter';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_personal_account_parameter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account_parameter] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_account_parameter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_personal_account_parameter', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'personal_account_parameter');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[personal_account_parameter] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'personal_account_parameter' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'personal_account_parameter' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [value] = loaded.[value],
    [date_from] = loaded.[date_from],
    [date_modification] = @now
  FROM [heap].[personal_account_parameter] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[personal_account_parameter] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[parameter_code] = kept.[parameter_code]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[personal_account_parameter] ([personal_account_id], [parameter_code], [value], [date_from], [date_modification])
  SELECT loaded.[personal_account_id], loaded.[parameter_code], loaded.[value], loaded.[date_from], @now
  FROM [crude].[personal_account_parameter] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[personal_account_parameter] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[parameter_code] = loaded.[parameter_code]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[personal_account_parameter] AS kept
  JOIN [crude].[personal_account_parameter] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[parameter_code] = kept.[parameter_code]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'personal_account_parameter';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_room', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_room] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_room]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_room', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'room';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'room');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[room] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'room' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'room' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [square] = loaded.[square],
    [date_modification] = @now
  FROM [heap].[room] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[room] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[premises_id] = kept.[premises_id] AND loaded.[room_number] = kept.[room_number]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[room] ([datasource_id], [premises_id], [room_number], [square], [date_modification])
  SELECT loaded.[datasource_id], loaded.[premises_id], loaded.[room_number], loaded.[square], @now
  FROM [crude].[room] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[room] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[premises_id] = loaded.[premises_id] AND kept.[room_number] = loaded.[room_number]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[room] AS kept
  JOIN [crude].[room] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[premises_id] = kept.[premises_id] AND loaded.[room_number] = kept.[room_number]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'room';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_meter_reading', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_meter_reading] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_meter_reading]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_meter_reading', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'meter_reading');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[meter_reading] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'meter_reading' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'meter_reading' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [reading] = loaded.[reading],
    [consumption] = loaded.[consumption],
    [date_modification] = @now
  FROM [heap].[meter_reading] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[meter_reading] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_id] = kept.[meter_id] AND loaded.[reading_date] = kept.[reading_date] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[meter_reading] ([datasource_id], [period], [meter_id], [reading_date], [reading], [consumption], [date_modification])
  SELECT loaded.[datasource_id], loaded.[period], loaded.[meter_id], loaded.[reading_date], loaded.[reading], loaded.[consumption], @now
  FROM [crude].[meter_reading] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[meter_reading] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[meter_id] = loaded.[meter_id] AND kept.[reading_date] = loaded.[reading_date] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[meter_reading] AS kept
  JOIN [crude].[meter_reading] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[meter_id] = kept.[meter_id] AND loaded.[reading_date] = kept.[reading_date] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'meter_reading';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_payment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_payment] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_payment]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_payment', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'payment');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[payment] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'payment' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'payment' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [personal_account_id] = loaded.[personal_account_id],
    [payment_date] = loaded.[payment_date],
    [amount] = loaded.[amount],
    [bank_code] = loaded.[bank_code],
    [date_modification] = @now
  FROM [heap].[payment] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[payment] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[payment_id] = kept.[payment_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[payment] ([datasource_id], [period], [payment_id], [personal_account_id], [payment_date], [amount], [bank_code], [date_modification])
  SELECT loaded.[datasource_id], loaded.[period], loaded.[payment_id], loaded.[personal_account_id], loaded.[payment_date], loaded.[amount], loaded.[bank_code], @now
  FROM [crude].[payment] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[payment] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[payment_id] = loaded.[payment_id] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[payment] AS kept
  JOIN [crude].[payment] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[payment_id] = kept.[payment_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'payment';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_charge_correction_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_charge_correction_detail] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_charge_correction_detail]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_charge_correction_detail', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_correction_detail';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'charge_correction_detail');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[charge_correction_detail] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'charge_correction_detail' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'charge_correction_detail' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [amount] = loaded.[amount],
    [reason] = loaded.[reason],
    [date_modification] = @now
  FROM [heap].[charge_correction_detail] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[charge_correction_detail] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[charge_correction_detail] ([period], [personal_account_id], [service_code], [amount], [reason], [date_modification])
  SELECT loaded.[period], loaded.[personal_account_id], loaded.[service_code], loaded.[amount], loaded.[reason], @now
  FROM [crude].[charge_correction_detail] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[charge_correction_detail] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[service_code] = loaded.[service_code] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[charge_correction_detail] AS kept
  JOIN [crude].[charge_correction_detail] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'charge_correction_detail';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_charge_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_charge_detail] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_charge_detail]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_charge_detail', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'charge_detail');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[charge_detail] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'charge_detail' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'charge_detail' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [quantity] = loaded.[quantity],
    [tariff] = loaded.[tariff],
    [amount] = loaded.[amount],
    [date_modification] = @now
  FROM [heap].[charge_detail] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[charge_detail] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[charge_detail] ([period], [personal_account_id], [service_code], [quantity], [tariff], [amount], [date_modification])
  SELECT loaded.[period], loaded.[personal_account_id], loaded.[service_code], loaded.[quantity], loaded.[tariff], loaded.[amount], @now
  FROM [crude].[charge_detail] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[charge_detail] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[service_code] = loaded.[service_code] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[charge_detail] AS kept
  JOIN [crude].[charge_detail] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'charge_detail';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_personal_saldo', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_saldo] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_personal_saldo]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_personal_saldo', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'personal_saldo');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[personal_saldo] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'personal_saldo' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'personal_saldo' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [opening] = loaded.[opening],
    [closing] = loaded.[closing],
    [date_modification] = @now
  FROM [test].[personal_saldo] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[personal_saldo] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [test].[personal_saldo] ([datasource_id], [period], [personal_account_id], [opening], [closing], [date_modification])
  SELECT loaded.[datasource_id], loaded.[period], loaded.[personal_account_id], loaded.[opening], loaded.[closing], @now
  FROM [crude].[personal_saldo] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [test].[personal_saldo] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [test].[personal_saldo] AS kept
  JOIN [crude].[personal_saldo] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'personal_saldo';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_recalculation', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_recalculation] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_recalculation]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_recalculation', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'recalculation');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[recalculation] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'recalculation' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'recalculation' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [amount] = loaded.[amount],
    [reason] = loaded.[reason],
    [date_modification] = @now
  FROM [heap].[recalculation] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[recalculation] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[recalculation] ([datasource_id], [period], [personal_account_id], [service_code], [amount], [reason], [date_modification])
  SELECT loaded.[datasource_id], loaded.[period], loaded.[personal_account_id], loaded.[service_code], loaded.[amount], loaded.[reason], @now
  FROM [crude].[recalculation] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[recalculation] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[service_code] = loaded.[service_code] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[recalculation] AS kept
  JOIN [crude].[recalculation] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[service_code] = kept.[service_code] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'recalculation';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_running_balance', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_running_balance] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_running_balance]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_running_balance', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'running_balance';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'running_balance');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[running_balance] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'running_balance' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'running_balance' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [balance] = loaded.[balance],
    [overdue] = loaded.[overdue],
    [date_modification] = @now
  FROM [heap].[running_balance] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[running_balance] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[running_balance] ([datasource_id], [period], [personal_account_id], [balance], [overdue], [date_modification])
  SELECT loaded.[datasource_id], loaded.[period], loaded.[personal_account_id], loaded.[balance], loaded.[overdue], @now
  FROM [crude].[running_balance] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[running_balance] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[datasource_id] = loaded.[datasource_id] AND kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[running_balance] AS kept
  JOIN [crude].[running_balance] AS loaded ON loaded.[datasource_id] = kept.[datasource_id] AND loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'running_balance';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'heap.sp_load_to_heap_from_crude_turnover_balance_sheet', N'P') IS NULL EXEC(N'CREATE PROCEDURE [heap].[sp_load_to_heap_from_crude_turnover_balance_sheet] AS RETURN 0');
GO

ALTER PROCEDURE [heap].[sp_load_to_heap_from_crude_turnover_balance_sheet]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'heap.sp_load_to_heap_from_crude_turnover_balance_sheet', @milliseconds int, @now datetime2(3);
  DECLARE @taken bigint, @taken_batch bigint, @last bigint, @last_batch bigint;
  DECLARE @changed int, @added int, @removed int, @total int;
  BEGIN TRANSACTION;

  -- The row stays locked: two loads of one entity take turns.
  SELECT @taken = [load_sequence], @taken_batch = [load_batch_id]
  FROM [heap].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet';

  SET @last_batch = (SELECT COALESCE(MAX([load_batch_id]), @taken_batch)
    FROM [crude].[load_batch] WHERE [entity] = 'turnover_balance_sheet');
  SET @last = (SELECT COALESCE(MAX([load_sequence]), @taken)
    FROM [crude].[turnover_balance_sheet] WHERE [load_sequence] > @taken);

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'heap' AND [entity] = 'turnover_balance_sheet' AND [code] IN (SELECT source.[datasource_section]
      FROM [crude].[load_batch] AS batch
      JOIN [heap].[list_datasource] AS source ON source.[list_datasource_id] = batch.[datasource_id]
      WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[load_batch_id] > @taken_batch
        AND batch.[load_batch_id] <= @last_batch));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();

  SET NOCOUNT OFF;
  UPDATE kept
  SET [opening] = loaded.[opening],
    [charged] = loaded.[charged],
    [corrected] = loaded.[corrected],
    [paid] = loaded.[paid],
    [closing] = loaded.[closing],
    [date_modification] = @now
  FROM [heap].[turnover_balance_sheet] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [crude].[turnover_balance_sheet] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0;
  SET @changed = @@ROWCOUNT;

  INSERT INTO [heap].[turnover_balance_sheet] ([period], [personal_account_id], [opening], [charged], [corrected], [paid], [closing], [date_modification])
  SELECT loaded.[period], loaded.[personal_account_id], loaded.[opening], loaded.[charged], loaded.[corrected], loaded.[paid], loaded.[closing], @now
  FROM [crude].[turnover_balance_sheet] AS loaded
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 0
    AND NOT EXISTS (SELECT 1 FROM [heap].[turnover_balance_sheet] AS kept WITH (UPDLOCK, HOLDLOCK)
      WHERE kept.[personal_account_id] = loaded.[personal_account_id] AND kept.[period] = loaded.[period]);
  SET @added = @@ROWCOUNT;

  DELETE kept
  FROM [heap].[turnover_balance_sheet] AS kept
  JOIN [crude].[turnover_balance_sheet] AS loaded ON loaded.[personal_account_id] = kept.[personal_account_id] AND loaded.[period] = kept.[period]
  WHERE loaded.[load_sequence] > @taken
    AND loaded.[load_sequence] <= @last AND loaded.[is_deleted] = 1;
  SET @removed = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [heap].[load_state]
  SET [load_sequence] = @last, [load_batch_id] = @last_batch
  WHERE [entity] = 'turnover_balance_sheet';

  COMMIT TRANSACTION;

  SET @total = @changed + @added + @removed;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO
