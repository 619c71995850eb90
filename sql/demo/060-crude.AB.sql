-- Stage 2 of every entity: what the sources have exported since the last load.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [AB];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_bank_code', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_bank_code] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_bank_code]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_bank_code', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [bank_code] char(9) COLLATE DATABASE_DEFAULT NOT NULL,
    [name] nvarchar(120) COLLATE DATABASE_DEFAULT NOT NULL,
    [correspondent_account] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [bank_code])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'bank_code' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'bank_code' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[bank_dictionary] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [bank_code], [name], [correspondent_account], [is_deleted])
  SELECT source.[list_datasource_id], sent.[bank_code], sent.[name], sent.[correspondent_account], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[bank_code], sent.[name], sent.[correspondent_account], sent.[is_deleted]
    FROM [HCS].[heap].[bank_dictionary] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'bank_code' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[bank_code] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [name] = sent.[name],
    [correspondent_account] = sent.[correspondent_account],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[bank_code] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[bank_code] = loaded.[bank_code];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[bank_code] ([datasource_id], [bank_code], [name], [correspondent_account], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[bank_code], sent.[name], sent.[correspondent_account], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[bank_code] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[bank_code] = sent.[bank_code]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'bank_code' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'bank_code';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'bank_code', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_benefit_provider', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_benefit_provider] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_benefit_provider]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_benefit_provider', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [benefit_provider_id] int NOT NULL,
    [name] nvarchar(120) COLLATE DATABASE_DEFAULT NOT NULL,
    [level] nvarchar(40) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [benefit_provider_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'benefit_provider' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'benefit_provider' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[benefit_provider] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [benefit_provider_id], [name], [level], [is_deleted])
  SELECT source.[list_datasource_id], sent.[benefit_provider_id], sent.[name], sent.[level], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[benefit_provider_id], sent.[name], sent.[level], sent.[is_deleted]
    FROM [HCS].[heap].[benefit_provider] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'benefit_provider' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[benefit_provider] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [name] = sent.[name],
    [level] = sent.[level],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[benefit_provider] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[benefit_provider_id] = loaded.[benefit_provider_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[benefit_provider] ([datasource_id], [benefit_provider_id], [name], [level], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[benefit_provider_id], sent.[name], sent.[level], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[benefit_provider] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[benefit_provider_id] = sent.[benefit_provider_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'benefit_provider' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'benefit_provider';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'benefit_provider', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_building_structure', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_building_structure] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_building_structure]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_building_structure', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [building_structure_id] bigint NOT NULL,
    [city_id] int NOT NULL,
    [street] nvarchar(80) COLLATE DATABASE_DEFAULT NOT NULL,
    [house] nvarchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
    [floors] smallint NOT NULL,
    [entrances] smallint NOT NULL,
    [wall_material] nvarchar(40) COLLATE DATABASE_DEFAULT NOT NULL,
    [built_year] smallint NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [building_structure_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'building_structure' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'building_structure' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[building_structure] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [building_structure_id], [city_id], [street], [house], [floors], [entrances], [wall_material], [built_year], [is_deleted])
  SELECT source.[list_datasource_id], sent.[building_structure_id], sent.[city_id], sent.[street], sent.[house], sent.[floors], sent.[entrances], sent.[wall_material], sent.[built_year], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[building_structure_id], sent.[city_id], sent.[street], sent.[house], sent.[floors], sent.[entrances], sent.[wall_material], sent.[built_year], sent.[is_deleted]
    FROM [HCS].[heap].[building_structure] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'building_structure' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[building_structure] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [city_id] = sent.[city_id],
    [street] = sent.[street],
    [house] = sent.[house],
    [floors] = sent.[floors],
    [entrances] = sent.[entrances],
    [wall_material] = sent.[wall_material],
    [built_year] = sent.[built_year],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[building_structure] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[building_structure_id] = loaded.[building_structure_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[building_structure] ([datasource_id], [building_structure_id], [city_id], [street], [house], [floors], [entrances], [wall_material], [built_year], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[building_structure_id], sent.[city_id], sent.[street], sent.[house], sent.[floors], sent.[entrances], sent.[wall_material], sent.[built_year], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[building_structure] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[building_structure_id] = sent.[building_structure_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'building_structure' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'building_structure';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'building_structure', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_city', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_city] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_city]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_city', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [city_id] int NOT NULL,
    [name] nvarchar(60) COLLATE DATABASE_DEFAULT NOT NULL,
    [kind] nvarchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [city_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'city' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'city' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[city] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [city_id], [name], [kind], [is_deleted])
  SELECT source.[list_datasource_id], sent.[city_id], sent.[name], sent.[kind], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[city_id], sent.[name], sent.[kind], sent.[is_deleted]
    FROM [HCS].[heap].[city] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'city' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[city] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [name] = sent.[name],
    [kind] = sent.[kind],
    [is_deleted] = sent.[is_deleted],
    [load_sequence] = @load_sequence
  FROM [crude].[city] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[city_id] = loaded.[city_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[city] ([datasource_id], [city_id], [name], [kind], [is_deleted], [load_sequence])
  SELECT sent.[datasource_id], sent.[city_id], sent.[name], sent.[kind], sent.[is_deleted], @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[city] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[city_id] = sent.[city_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'city' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'city';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'city', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_equipment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_equipment] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_equipment]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_equipment', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [equipment_id] int NOT NULL,
    [model] nvarchar(60) COLLATE DATABASE_DEFAULT NOT NULL,
    [resource] nvarchar(40) COLLATE DATABASE_DEFAULT NOT NULL,
    [digits] tinyint NOT NULL,
    [verification_interval_years] tinyint NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [equipment_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'equipment' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'equipment' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'equipment' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'equipment' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'equipment' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'equipment' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[equipment] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[equipment] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[equipment] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[equipment] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[equipment] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [equipment_id], [model], [resource], [digits], [verification_interval_years], [is_deleted])
  SELECT source.[list_datasource_id], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
    FROM [HCS].[heap].[equipment] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
    FROM [STEK].[prep].[equipment] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[equipment] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
    FROM [STEK_MO].[prep].[equipment] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[equipment] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'equipment' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[equipment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [model] = sent.[model],
    [resource] = sent.[resource],
    [digits] = sent.[digits],
    [verification_interval_years] = sent.[verification_interval_years],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[equipment] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[equipment_id] = loaded.[equipment_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[equipment] ([datasource_id], [equipment_id], [model], [resource], [digits], [verification_interval_years], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[equipment_id], sent.[model], sent.[resource], sent.[digits], sent.[verification_interval_years], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[equipment] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[equipment_id] = sent.[equipment_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'equipment' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'equipment';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'equipment', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_meter] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_meter', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [meter_id] bigint NOT NULL,
    [serial_number] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [equipment_id] int NOT NULL,
    [installed_on] date NOT NULL,
    [verified_until] date NOT NULL,
    [initial_reading] decimal(12, 3) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [meter_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[meter] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[meter] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[meter] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[meter] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[meter] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [meter_id], [serial_number], [equipment_id], [installed_on], [verified_until], [initial_reading], [is_deleted])
  SELECT source.[list_datasource_id], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
    FROM [HCS].[heap].[meter] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
    FROM [STEK].[prep].[meter] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[meter] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
    FROM [STEK_MO].[prep].[meter] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[meter] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'meter' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[meter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [serial_number] = sent.[serial_number],
    [equipment_id] = sent.[equipment_id],
    [installed_on] = sent.[installed_on],
    [verified_until] = sent.[verified_until],
    [initial_reading] = sent.[initial_reading],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[meter] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[meter_id] = loaded.[meter_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[meter] ([datasource_id], [meter_id], [serial_number], [equipment_id], [installed_on], [verified_until], [initial_reading], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[meter_id], sent.[serial_number], sent.[equipment_id], sent.[installed_on], sent.[verified_until], sent.[initial_reading], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[meter] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[meter_id] = sent.[meter_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'meter' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'meter';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'meter', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_meter_place', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_meter_place] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_meter_place]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_meter_place', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [meter_place_id] int NOT NULL,
    [name] nvarchar(60) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [meter_place_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_place' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_place' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[meter_place] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [meter_place_id], [name], [is_deleted])
  SELECT source.[list_datasource_id], sent.[meter_place_id], sent.[name], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[meter_place_id], sent.[name], sent.[is_deleted]
    FROM [HCS].[heap].[meter_place] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'meter_place' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[meter_place] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [name] = sent.[name],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[meter_place] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[meter_place_id] = loaded.[meter_place_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[meter_place] ([datasource_id], [meter_place_id], [name], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[meter_place_id], sent.[name], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[meter_place] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[meter_place_id] = sent.[meter_place_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'meter_place' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'meter_place';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'meter_place', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_premises', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_premises] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_premises]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_premises', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [premises_id] bigint NOT NULL,
    [address] nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    [kind] nvarchar(40) COLLATE DATABASE_DEFAULT NOT NULL,
    [square] decimal(8, 2) NOT NULL,
    [rooms] tinyint NOT NULL,
    [floor] smallint NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [premises_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'premises' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'premises' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'premises' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'premises' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'premises' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'premises' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[premises] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[premises] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[premises] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[premises] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[premises] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [premises_id], [address], [kind], [square], [rooms], [floor], [is_deleted])
  SELECT source.[list_datasource_id], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
    FROM [HCS].[heap].[premises] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
    FROM [STEK].[prep].[premises] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[premises] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
    FROM [STEK_MO].[prep].[premises] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[premises] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'premises' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[premises] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [address] = sent.[address],
    [kind] = sent.[kind],
    [square] = sent.[square],
    [rooms] = sent.[rooms],
    [floor] = sent.[floor],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[premises] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[premises_id] = loaded.[premises_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[premises] ([datasource_id], [premises_id], [address], [kind], [square], [rooms], [floor], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[premises_id], sent.[address], sent.[kind], sent.[square], sent.[rooms], sent.[floor], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[premises] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[premises_id] = sent.[premises_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'premises' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'premises';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'premises', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_personal_account', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_personal_account] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_personal_account]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_personal_account', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [account_number] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [premises_id] bigint NOT NULL,
    [owner_name] nvarchar(120) COLLATE DATABASE_DEFAULT NOT NULL,
    [residents] tinyint NOT NULL,
    [opened_on] date NOT NULL,
    [closed_on] date NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[personal_account] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[personal_account] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[personal_account] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[personal_account] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[personal_account] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [personal_account_id], [account_number], [premises_id], [owner_name], [residents], [opened_on], [closed_on], [is_deleted])
  SELECT source.[list_datasource_id], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
    FROM [HCS].[heap].[personal_account] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
    FROM [STEK].[prep].[personal_account] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[personal_account] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
    FROM [STEK_MO].[prep].[personal_account] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[personal_account] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'personal_account' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[personal_account] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [account_number] = sent.[account_number],
    [premises_id] = sent.[premises_id],
    [owner_name] = sent.[owner_name],
    [residents] = sent.[residents],
    [opened_on] = sent.[opened_on],
    [closed_on] = sent.[closed_on],
    [is_deleted] = sent.[is_deleted],
    [load_sequence] = @load_sequence
  FROM [crude].[personal_account] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[personal_account] ([datasource_id], [personal_account_id], [account_number], [premises_id], [owner_name], [residents], [opened_on], [closed_on], [is_deleted], [load_sequence])
  SELECT sent.[datasource_id], sent.[personal_account_id], sent.[account_number], sent.[premises_id], sent.[owner_name], sent.[residents], sent.[opened_on], sent.[closed_on], sent.[is_deleted], @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[personal_account] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'personal_account' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'personal_account';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'personal_account', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_personal_account_meter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_personal_account_meter] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_personal_account_meter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_personal_account_meter', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [meter_id] bigint NOT NULL,
    [meter_place_id] int NULL,
    [date_from] date NOT NULL,
    [date_to] date NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [meter_id])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_meter' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_meter' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_meter' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_meter' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_meter' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_meter' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[personal_account_meter] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[personal_account_meter] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[personal_account_meter] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[personal_account_meter] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[personal_account_meter] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [personal_account_id], [meter_id], [meter_place_id], [date_from], [date_to], [is_deleted])
  SELECT source.[list_datasource_id], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
    FROM [HCS].[heap].[personal_account_meter] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
    FROM [STEK].[prep].[personal_account_meter] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[personal_account_meter] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
    FROM [STEK_MO].[prep].[personal_account_meter] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[personal_account_meter] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'personal_account_meter' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[personal_account_meter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [meter_place_id] = sent.[meter_place_id],
    [date_from] = sent.[date_from],
    [date_to] = sent.[date_to],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[personal_account_meter] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[meter_id] = loaded.[meter_id];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[personal_account_meter] ([datasource_id], [personal_account_id], [meter_id], [meter_place_id], [date_from], [date_to], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[personal_account_id], sent.[meter_id], sent.[meter_place_id], sent.[date_from], sent.[date_to], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[personal_account_meter] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[meter_id] = sent.[meter_id]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'personal_account_meter' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'personal_account_meter';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'personal_account_meter', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_personal_account_parameter', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_personal_account_parameter] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_personal_account_parameter]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_personal_account_parameter', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [parameter_code] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [value] nvarchar(60) COLLATE DATABASE_DEFAULT NOT NULL,
    [date_from] date NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [parameter_code])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_account_parameter' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_parameter' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_parameter' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_parameter' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_parameter' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_account_parameter' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[personal_account_parameter] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[personal_account_parameter] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[personal_account_parameter] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[personal_account_parameter] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[personal_account_parameter] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [personal_account_id], [parameter_code], [value], [date_from], [is_deleted])
  SELECT source.[list_datasource_id], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
    FROM [HCS].[heap].[personal_account_parameter] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
    FROM [STEK].[prep].[personal_account_parameter] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[personal_account_parameter] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
    FROM [STEK_MO].[prep].[personal_account_parameter] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[personal_account_parameter] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'personal_account_parameter' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[personal_account_parameter] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [value] = sent.[value],
    [date_from] = sent.[date_from],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[personal_account_parameter] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[parameter_code] = loaded.[parameter_code];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[personal_account_parameter] ([datasource_id], [personal_account_id], [parameter_code], [value], [date_from], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[personal_account_id], sent.[parameter_code], sent.[value], sent.[date_from], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[personal_account_parameter] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[parameter_code] = sent.[parameter_code]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'personal_account_parameter' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'personal_account_parameter';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'personal_account_parameter', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_room', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_room] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_room]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_room', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [premises_id] bigint NOT NULL,
    [room_number] nvarchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
    [square] decimal(8, 2) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [premises_id], [room_number])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'room' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'room' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[room] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [premises_id], [room_number], [square], [is_deleted])
  SELECT source.[list_datasource_id], sent.[premises_id], sent.[room_number], sent.[square], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[premises_id], sent.[room_number], sent.[square], sent.[is_deleted]
    FROM [HCS].[heap].[room] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'room' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[room] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [square] = sent.[square],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[room] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[premises_id] = loaded.[premises_id] AND sent.[room_number] = loaded.[room_number];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[room] ([datasource_id], [premises_id], [room_number], [square], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[premises_id], sent.[room_number], sent.[square], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[room] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[premises_id] = sent.[premises_id] AND loaded.[room_number] = sent.[room_number]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'room' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'room';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'room', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_meter_reading', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_meter_reading] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_meter_reading]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_meter_reading', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [meter_id] bigint NOT NULL,
    [reading_date] date NOT NULL,
    [reading] decimal(12, 3) NOT NULL,
    [consumption] decimal(12, 3) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [meter_id], [reading_date], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'meter_reading' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_reading' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_reading' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_reading' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_reading' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'meter_reading' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[meter_reading] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[meter_reading] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[meter_reading] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[meter_reading] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[meter_reading] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [meter_id], [reading_date], [reading], [consumption], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
    FROM [HCS].[heap].[meter_reading] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
    FROM [STEK].[prep].[meter_reading] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[meter_reading] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
    FROM [STEK_MO].[prep].[meter_reading] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[meter_reading] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'meter_reading' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[meter_reading] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [reading] = sent.[reading],
    [consumption] = sent.[consumption],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[meter_reading] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[meter_id] = loaded.[meter_id] AND sent.[reading_date] = loaded.[reading_date] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[meter_reading] ([datasource_id], [period], [meter_id], [reading_date], [reading], [consumption], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[meter_id], sent.[reading_date], sent.[reading], sent.[consumption], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[meter_reading] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[meter_id] = sent.[meter_id] AND loaded.[reading_date] = sent.[reading_date] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'meter_reading' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'meter_reading';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'meter_reading', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_payment', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_payment] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_payment]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_payment', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [payment_id] bigint NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [payment_date] date NOT NULL,
    [amount] decimal(12, 2) NOT NULL,
    [bank_code] char(9) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [payment_id], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'payment' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'payment' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'payment' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'payment' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'payment' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'payment' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[payment] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[payment] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[payment] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[payment] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[payment] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [payment_id], [personal_account_id], [payment_date], [amount], [bank_code], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
    FROM [HCS].[heap].[payment] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
    FROM [STEK].[prep].[payment] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[payment] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
    FROM [STEK_MO].[prep].[payment] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[payment] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'payment' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[payment] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [personal_account_id] = sent.[personal_account_id],
    [payment_date] = sent.[payment_date],
    [amount] = sent.[amount],
    [bank_code] = sent.[bank_code],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[payment] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[payment_id] = loaded.[payment_id] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[payment] ([datasource_id], [period], [payment_id], [personal_account_id], [payment_date], [amount], [bank_code], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[payment_id], sent.[personal_account_id], sent.[payment_date], sent.[amount], sent.[bank_code], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[payment] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[payment_id] = sent.[payment_id] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'payment' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'payment';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'payment', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_charge_correction_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_charge_correction_detail] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_charge_correction_detail]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_charge_correction_detail', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [service_code] varchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
    [amount] decimal(12, 2) NOT NULL,
    [reason] nvarchar(80) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_correction_detail' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_correction_detail' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[charge_correction_detail] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [HCS].[heap].[charge_correction_detail] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'charge_correction_detail' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[charge_correction_detail] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [amount] = sent.[amount],
    [reason] = sent.[reason],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[charge_correction_detail] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[service_code] = loaded.[service_code] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[charge_correction_detail] ([datasource_id], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[charge_correction_detail] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[service_code] = sent.[service_code] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'charge_correction_detail' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'charge_correction_detail';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'charge_correction_detail', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_charge_detail', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_charge_detail] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_charge_detail]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_charge_detail', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [service_code] varchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
    [quantity] decimal(12, 3) NOT NULL,
    [tariff] decimal(10, 2) NOT NULL,
    [amount] decimal(12, 2) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'charge_detail' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_detail' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_detail' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_detail' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_detail' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'charge_detail' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[charge_detail] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[charge_detail] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[charge_detail] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[charge_detail] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[charge_detail] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [service_code], [quantity], [tariff], [amount], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
    FROM [HCS].[heap].[charge_detail] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
    FROM [STEK].[prep].[charge_detail] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[charge_detail] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
    FROM [STEK_MO].[prep].[charge_detail] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[charge_detail] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'charge_detail' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[charge_detail] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [quantity] = sent.[quantity],
    [tariff] = sent.[tariff],
    [amount] = sent.[amount],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[charge_detail] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[service_code] = loaded.[service_code] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[charge_detail] ([datasource_id], [period], [personal_account_id], [service_code], [quantity], [tariff], [amount], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[quantity], sent.[tariff], sent.[amount], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[charge_detail] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[service_code] = sent.[service_code] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'charge_detail' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'charge_detail';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'charge_detail', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_personal_saldo', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_personal_saldo] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_personal_saldo]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_personal_saldo', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [opening] decimal(12, 2) NOT NULL,
    [closing] decimal(12, 2) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'personal_saldo' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_saldo' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_saldo' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_saldo' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_saldo' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'personal_saldo' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[personal_saldo] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[personal_saldo] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[personal_saldo] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[personal_saldo] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[personal_saldo] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [opening], [closing], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
    FROM [HCS].[heap].[personal_saldo] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
    FROM [STEK].[prep].[personal_saldo] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[personal_saldo] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
    FROM [STEK_MO].[prep].[personal_saldo] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[personal_saldo] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'personal_saldo' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[personal_saldo] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [opening] = sent.[opening],
    [closing] = sent.[closing],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[personal_saldo] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[personal_saldo] ([datasource_id], [period], [personal_account_id], [opening], [closing], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[opening], sent.[closing], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[personal_saldo] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'personal_saldo' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'personal_saldo';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'personal_saldo', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_recalculation', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_recalculation] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_recalculation]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_recalculation', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [service_code] varchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
    [amount] decimal(12, 2) NOT NULL,
    [reason] nvarchar(80) COLLATE DATABASE_DEFAULT NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'recalculation' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'recalculation' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'recalculation' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'recalculation' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'recalculation' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'recalculation' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[recalculation] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[recalculation] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[recalculation] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[recalculation] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[recalculation] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [HCS].[heap].[recalculation] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [STEK].[prep].[recalculation] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[recalculation] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [STEK_MO].[prep].[recalculation] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[recalculation] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'recalculation' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[recalculation] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [amount] = sent.[amount],
    [reason] = sent.[reason],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[recalculation] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[service_code] = loaded.[service_code] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[recalculation] ([datasource_id], [period], [personal_account_id], [service_code], [amount], [reason], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[service_code], sent.[amount], sent.[reason], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[recalculation] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[service_code] = sent.[service_code] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'recalculation' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'recalculation';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'recalculation', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_running_balance', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_running_balance] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_running_balance]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_running_balance', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [balance] decimal(12, 2) NOT NULL,
    [overdue] decimal(12, 2) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'running_balance' AND [database_name] = 'HCS';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'running_balance' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[running_balance] WHERE [export_sequence] > @HCS_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [balance], [overdue], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[balance], sent.[overdue], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[balance], sent.[overdue], sent.[is_deleted]
    FROM [HCS].[heap].[running_balance] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'running_balance' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[running_balance] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [balance] = sent.[balance],
    [overdue] = sent.[overdue],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[running_balance] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[running_balance] ([datasource_id], [period], [personal_account_id], [balance], [overdue], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[balance], sent.[overdue], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[running_balance] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last END
  WHERE [entity] = 'running_balance' AND [database_name] IN ('HCS');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'running_balance';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'running_balance', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO

IF OBJECT_ID(N'crude.sp_load_datasource_turnover_balance_sheet', N'P') IS NULL EXEC(N'CREATE PROCEDURE [crude].[sp_load_datasource_turnover_balance_sheet] AS RETURN 0');
GO

ALTER PROCEDURE [crude].[sp_load_datasource_turnover_balance_sheet]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @label nvarchar(200) = N'crude.sp_load_datasource_turnover_balance_sheet', @milliseconds int, @now datetime2(3);
  DECLARE @load_sequence bigint, @changed int, @added int, @total int;

  CREATE TABLE #ended (
    [database_name] varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    [code] varchar(8) COLLATE DATABASE_DEFAULT NOT NULL,
    [export_batch_id] bigint NOT NULL,
    PRIMARY KEY ([code])
  );
  CREATE TABLE #exported (
    [datasource_id] int NOT NULL,
    [period] date NOT NULL,
    [personal_account_id] bigint NOT NULL,
    [opening] decimal(12, 2) NOT NULL,
    [charged] decimal(12, 2) NOT NULL,
    [corrected] decimal(12, 2) NOT NULL,
    [paid] decimal(12, 2) NOT NULL,
    [closing] decimal(12, 2) NOT NULL,
    [is_deleted] bit NOT NULL,
    PRIMARY KEY ([datasource_id], [personal_account_id], [period])
  );
  BEGIN TRANSACTION;

  DECLARE @HCS_sequence bigint, @HCS_last bigint, @HCS_batch bigint;
  SELECT @HCS_sequence = [export_sequence], @HCS_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] = 'HCS';

  DECLARE @STEK_sequence bigint, @STEK_last bigint, @STEK_batch bigint;
  SELECT @STEK_sequence = [export_sequence], @STEK_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] = 'STEK';

  DECLARE @STEK_REGION_sequence bigint, @STEK_REGION_last bigint, @STEK_REGION_batch bigint;
  SELECT @STEK_REGION_sequence = [export_sequence], @STEK_REGION_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] = 'STEK_REGION';

  DECLARE @STEK_MO_sequence bigint, @STEK_MO_last bigint, @STEK_MO_batch bigint;
  SELECT @STEK_MO_sequence = [export_sequence], @STEK_MO_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] = 'STEK_MO';

  DECLARE @STEK_ZAGSER_sequence bigint, @STEK_ZAGSER_last bigint, @STEK_ZAGSER_batch bigint;
  SELECT @STEK_ZAGSER_sequence = [export_sequence], @STEK_ZAGSER_batch = [export_batch_id]
  FROM [crude].[load_state] WITH (UPDLOCK, HOLDLOCK)
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] = 'STEK_ZAGSER';

  -- Before the rows: whatever has ended by now has all its rows in what is read next.
  INSERT INTO #ended ([database_name], [code], [export_batch_id])
  SELECT batch.[database_name], batch.[code], batch.[export_batch_id]
  FROM (
    SELECT 'HCS' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [HCS].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[export_batch_id] > @HCS_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[export_batch_id] > @STEK_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_REGION' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_REGION].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[export_batch_id] > @STEK_REGION_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_MO' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_MO].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[export_batch_id] > @STEK_MO_batch
    GROUP BY batch.[code]
    UNION ALL
    SELECT 'STEK_ZAGSER' AS [database_name], batch.[code], MAX(batch.[export_batch_id]) AS [export_batch_id]
    FROM [STEK_ZAGSER].[dbo].[export_batch] AS batch
    WHERE batch.[entity] = 'turnover_balance_sheet' AND batch.[export_batch_id] > @STEK_ZAGSER_batch
    GROUP BY batch.[code]
  ) AS batch;

  -- Before the rows, too: READ COMMITTED may miss a row that moves behind the scan.
  SELECT @HCS_last = COALESCE(MAX([export_sequence]), @HCS_sequence)
    FROM [HCS].[heap].[turnover_balance_sheet] WHERE [export_sequence] > @HCS_sequence;
  SELECT @STEK_last = COALESCE(MAX([export_sequence]), @STEK_sequence)
    FROM [STEK].[prep].[turnover_balance_sheet] WHERE [export_sequence] > @STEK_sequence;
  SELECT @STEK_REGION_last = COALESCE(MAX([export_sequence]), @STEK_REGION_sequence)
    FROM [STEK_REGION].[prep].[turnover_balance_sheet] WHERE [export_sequence] > @STEK_REGION_sequence;
  SELECT @STEK_MO_last = COALESCE(MAX([export_sequence]), @STEK_MO_sequence)
    FROM [STEK_MO].[prep].[turnover_balance_sheet] WHERE [export_sequence] > @STEK_MO_sequence;
  SELECT @STEK_ZAGSER_last = COALESCE(MAX([export_sequence]), @STEK_ZAGSER_sequence)
    FROM [STEK_ZAGSER].[prep].[turnover_balance_sheet] WHERE [export_sequence] > @STEK_ZAGSER_sequence;

  INSERT INTO #exported ([datasource_id], [period], [personal_account_id], [opening], [charged], [corrected], [paid], [closing], [is_deleted])
  SELECT source.[list_datasource_id], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
  FROM (
    SELECT sent.[bill_datasource_section] AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
    FROM [HCS].[heap].[turnover_balance_sheet] AS sent
    WHERE sent.[export_sequence] > @HCS_sequence AND sent.[export_sequence] <= @HCS_last
    UNION ALL
    SELECT 'stek' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
    FROM [STEK].[prep].[turnover_balance_sheet] AS sent
    WHERE sent.[export_sequence] > @STEK_sequence AND sent.[export_sequence] <= @STEK_last
    UNION ALL
    SELECT 'region' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
    FROM [STEK_REGION].[prep].[turnover_balance_sheet] AS sent
    WHERE sent.[export_sequence] > @STEK_REGION_sequence AND sent.[export_sequence] <= @STEK_REGION_last
    UNION ALL
    SELECT 'mo' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
    FROM [STEK_MO].[prep].[turnover_balance_sheet] AS sent
    WHERE sent.[export_sequence] > @STEK_MO_sequence AND sent.[export_sequence] <= @STEK_MO_last
    UNION ALL
    SELECT 'zagser' AS [code], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted]
    FROM [STEK_ZAGSER].[prep].[turnover_balance_sheet] AS sent
    WHERE sent.[export_sequence] > @STEK_ZAGSER_sequence AND sent.[export_sequence] <= @STEK_ZAGSER_last
  ) AS sent
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = sent.[code];

  SET @milliseconds = (SELECT SUM([milliseconds]) FROM [dbo].[demo_delay]
    WHERE [stage] = 'crude' AND [entity] = 'turnover_balance_sheet' AND [code] IN (SELECT [code] FROM #ended));
  EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;
  SET @now = SYSUTCDATETIME();
  SET @load_sequence = (SELECT COALESCE(MAX([load_sequence]), 0) + 1 FROM [crude].[turnover_balance_sheet] WITH (UPDLOCK, HOLDLOCK));

  SET NOCOUNT OFF;
  UPDATE loaded
  SET [opening] = sent.[opening],
    [charged] = sent.[charged],
    [corrected] = sent.[corrected],
    [paid] = sent.[paid],
    [closing] = sent.[closing],
    [is_deleted] = sent.[is_deleted],
    [date_load] = @now,
    [load_sequence] = @load_sequence
  FROM [crude].[turnover_balance_sheet] AS loaded WITH (UPDLOCK, HOLDLOCK)
  JOIN #exported AS sent ON sent.[datasource_id] = loaded.[datasource_id] AND sent.[personal_account_id] = loaded.[personal_account_id] AND sent.[period] = loaded.[period];
  SET @changed = @@ROWCOUNT;

  INSERT INTO [crude].[turnover_balance_sheet] ([datasource_id], [period], [personal_account_id], [opening], [charged], [corrected], [paid], [closing], [is_deleted], [date_load], [load_sequence])
  SELECT sent.[datasource_id], sent.[period], sent.[personal_account_id], sent.[opening], sent.[charged], sent.[corrected], sent.[paid], sent.[closing], sent.[is_deleted], @now, @load_sequence
  FROM #exported AS sent
  WHERE NOT EXISTS (SELECT 1 FROM [crude].[turnover_balance_sheet] AS loaded WITH (UPDLOCK, HOLDLOCK)
    WHERE loaded.[datasource_id] = sent.[datasource_id] AND loaded.[personal_account_id] = sent.[personal_account_id] AND loaded.[period] = sent.[period]);
  SET @added = @@ROWCOUNT;
  SET NOCOUNT ON;

  UPDATE [crude].[load_state]
  SET [export_sequence] = CASE [database_name]
    WHEN 'HCS' THEN @HCS_last
    WHEN 'STEK' THEN @STEK_last
    WHEN 'STEK_REGION' THEN @STEK_REGION_last
    WHEN 'STEK_MO' THEN @STEK_MO_last
    WHEN 'STEK_ZAGSER' THEN @STEK_ZAGSER_last END
  WHERE [entity] = 'turnover_balance_sheet' AND [database_name] IN ('HCS', 'STEK', 'STEK_REGION', 'STEK_MO', 'STEK_ZAGSER');

  UPDATE state
  SET [export_batch_id] = ended.[export_batch_id]
  FROM [crude].[load_state] AS state
  JOIN (SELECT [database_name], MAX([export_batch_id]) AS [export_batch_id]
    FROM #ended GROUP BY [database_name]) AS ended ON ended.[database_name] = state.[database_name]
  WHERE state.[entity] = 'turnover_balance_sheet';

  INSERT INTO [crude].[load_batch] ([load_batch_id], [entity], [datasource_id], [date_load])
  SELECT (SELECT COALESCE(MAX([load_batch_id]), 0) FROM [crude].[load_batch] WITH (UPDLOCK, HOLDLOCK))
      + ROW_NUMBER() OVER (ORDER BY source.[list_datasource_id]),
    'turnover_balance_sheet', source.[list_datasource_id], @now
  FROM #ended AS ended
  JOIN [heap].[list_datasource] AS source ON source.[datasource_section] = ended.[code];

  COMMIT TRANSACTION;

  SET @total = @changed + @added;
  SET @label = CONCAT(@label, N': ', @total, N' of ', @total, N' rows (100 %)');
  RAISERROR(N'%s', 0, 1, @label) WITH NOWAIT;
END;
GO
