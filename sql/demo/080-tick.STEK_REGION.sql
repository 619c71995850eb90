-- A little business, so that the next sync has something to do.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [STEK_REGION];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'dbo.sp_demo_tick', N'P') IS NULL EXEC(N'CREATE PROCEDURE [dbo].[sp_demo_tick] AS RETURN 0');
GO

ALTER PROCEDURE [dbo].[sp_demo_tick]
  @seed int = NULL
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @period date = '2019-07-01', @verified date = '2031-07-01';
  DECLARE @code varchar(8), @label varchar(8), @number int, @base bigint, @step int, @rows int;
  DECLARE @draw bigint, @offset bigint, @start bigint;
  DECLARE @account bigint, @id bigint, @meter bigint, @day date, @service varchar(10), @room nvarchar(10);
  DECLARE @amount decimal(12, 2), @before decimal(12, 2), @tariff decimal(10, 2), @quantity decimal(12, 3);
  DECLARE @bank char(9), @owner nvarchar(120), @reason nvarchar(80);

  -- Without a seed: another one every time.
  SET @start = ABS(CONVERT(bigint, COALESCE(@seed, DATEDIFF(second, '2019-01-01', SYSUTCDATETIME()))));

  CREATE TABLE #change (
    [code] varchar(8) NOT NULL,
    [entity] varchar(40) NOT NULL,
    [action] varchar(10) NOT NULL,
    [rows] int NOT NULL
  );
  CREATE TABLE #source (
    [code] varchar(8) NOT NULL PRIMARY KEY,
    [number] int NOT NULL,
    [payment_base] bigint NOT NULL
  );
  INSERT INTO #source ([code], [number], [payment_base]) VALUES
    ('region', 13, 1300000000);

  SET @code = (SELECT MIN([code]) FROM #source);
  WHILE @code IS NOT NULL
  BEGIN
    SELECT @number = [number], @base = [payment_base], @label = [code] FROM #source WHERE [code] = @code;
    SET @draw = (@start + @number * 7919) % 2147483645 + 1;
    BEGIN TRANSACTION;

    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @id = NULL FROM [dbo].[premises] AS live;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @id = live.[premises_id]
    FROM [dbo].[premises] AS live
    ORDER BY live.[premises_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    UPDATE live SET [square] = live.[square] + (1 + @draw % 30) / 10.0
    FROM [dbo].[premises] AS live
    WHERE live.[premises_id] = @id;
    INSERT INTO #change VALUES (@label, 'premises', 'update', @@ROWCOUNT);
    -- A new series of a model.
    SET @draw = @draw * 48271 % 2147483647;
    SET @id = (SELECT MAX([equipment_id]) + 1 FROM [dbo].[equipment]);
    INSERT INTO [dbo].[equipment] ([equipment_id], [model], [resource], [digits], [verification_interval_years])
    SELECT TOP (1) @id, CONCAT([model], N', серия ', @id), [resource], [digits], [verification_interval_years]
    FROM [dbo].[equipment] WHERE [model] NOT LIKE N'%,%' ORDER BY [equipment_id] * @draw % 1009, [equipment_id];
    INSERT INTO #change VALUES (@label, 'equipment', 'insert', @@ROWCOUNT);

    SET @step = 1;
    WHILE @step <= 3
    BEGIN
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @account = NULL FROM [dbo].[personal_account] AS live;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @account = live.[personal_account_id]
    FROM [dbo].[personal_account] AS live
    ORDER BY live.[personal_account_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @bank = NULL FROM [dbo].[payment] AS live
    WHERE live.[period] = @period;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @bank = live.[bank_code]
    FROM [dbo].[payment] AS live
    WHERE live.[period] = @period
    ORDER BY live.[period], live.[payment_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @amount = 100 + @draw % 8901;
    SET @id = (SELECT COALESCE(MAX([payment_id]), @base) + 1 FROM [dbo].[payment]
      WHERE [payment_id] BETWEEN @base AND @base + 99999999);
    INSERT INTO [dbo].[payment] ([period], [payment_id], [personal_account_id],
      [payment_date], [amount], [bank_code])
    SELECT @period, @id, @account, DATEADD(day, @draw % 28, @period), @amount, @bank
    WHERE @account IS NOT NULL AND @bank IS NOT NULL;
    INSERT INTO #change VALUES (@label, 'payment', 'insert', @@ROWCOUNT);
    UPDATE live SET [paid] = live.[paid] + @amount, [closing] = live.[closing] - @amount
    FROM [dbo].[turnover_balance_sheet] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'turnover_balance_sheet', 'update', @@ROWCOUNT);
    UPDATE live SET [closing] = live.[closing] - @amount
    FROM [dbo].[personal_saldo] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'personal_saldo', 'update', @@ROWCOUNT);
    SET @step = @step + 1;
    END;

    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @id = NULL, @account = NULL, @amount = NULL FROM [dbo].[payment] AS live
    WHERE live.[period] = @period;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @id = live.[payment_id], @account = live.[personal_account_id], @amount = live.[amount]
    FROM [dbo].[payment] AS live
    WHERE live.[period] = @period
    ORDER BY live.[period], live.[payment_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @amount = -@amount;
    DELETE live
    FROM [dbo].[payment] AS live
    WHERE live.[period] = @period AND live.[payment_id] = @id;
    INSERT INTO #change VALUES (@label, 'payment', 'delete', @@ROWCOUNT);
    UPDATE live SET [paid] = live.[paid] + @amount, [closing] = live.[closing] - @amount
    FROM [dbo].[turnover_balance_sheet] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'turnover_balance_sheet', 'update', @@ROWCOUNT);
    UPDATE live SET [closing] = live.[closing] - @amount
    FROM [dbo].[personal_saldo] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'personal_saldo', 'update', @@ROWCOUNT);

    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @account = NULL, @service = NULL, @quantity = NULL, @tariff = NULL, @before = NULL FROM [dbo].[charge_detail] AS live
    WHERE live.[period] = @period;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @account = live.[personal_account_id], @service = live.[service_code], @quantity = live.[quantity], @tariff = live.[tariff], @before = live.[amount]
    FROM [dbo].[charge_detail] AS live
    WHERE live.[period] = @period
    ORDER BY live.[period], live.[personal_account_id], live.[service_code] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @quantity = @quantity + (1 + @draw % 2000) / 1000.0;
    SET @amount = ROUND(@quantity * @tariff, 2);
    UPDATE live SET [quantity] = @quantity, [amount] = @amount
    FROM [dbo].[charge_detail] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account AND live.[service_code] = @service;
    INSERT INTO #change VALUES (@label, 'charge_detail', 'update', @@ROWCOUNT);
    SET @amount = @amount - @before;
    UPDATE live SET [charged] = live.[charged] + @amount, [closing] = live.[closing] + @amount
    FROM [dbo].[turnover_balance_sheet] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'turnover_balance_sheet', 'update', @@ROWCOUNT);
    UPDATE live SET [closing] = live.[closing] + @amount
    FROM [dbo].[personal_saldo] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'personal_saldo', 'update', @@ROWCOUNT);

    -- A reduction for the same service, unless it has one.
    SET @draw = @draw * 48271 % 2147483647;
    SET @amount = -(1000 + @draw % 59001) / 100.0;
    SET @reason = (SELECT MIN([reason]) FROM [dbo].[recalculation]);
    IF @service IS NOT NULL AND @reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM [dbo].[recalculation]
      WHERE [period] = @period
        AND [personal_account_id] = @account AND [service_code] = @service)
    BEGIN
    INSERT INTO [dbo].[recalculation] ([period], [personal_account_id],
      [service_code], [amount], [reason])
    VALUES (@period, @account, @service, @amount, @reason);
    INSERT INTO #change VALUES (@label, 'recalculation', 'insert', @@ROWCOUNT);
    UPDATE live SET [corrected] = live.[corrected] + @amount, [closing] = live.[closing] + @amount
    FROM [dbo].[turnover_balance_sheet] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'turnover_balance_sheet', 'update', @@ROWCOUNT);
    UPDATE live SET [closing] = live.[closing] + @amount
    FROM [dbo].[personal_saldo] AS live
    WHERE live.[period] = @period AND live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'personal_saldo', 'update', @@ROWCOUNT);
    END;

    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @meter = NULL FROM [dbo].[meter] AS live;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @meter = live.[meter_id]
    FROM [dbo].[meter] AS live
    ORDER BY live.[meter_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    UPDATE live SET [verified_until] = DATEADD(day, @draw % 3650, @verified)
    FROM [dbo].[meter] AS live
    WHERE live.[meter_id] = @meter;
    INSERT INTO #change VALUES (@label, 'meter', 'update', @@ROWCOUNT);
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @account = NULL, @meter = NULL FROM [dbo].[personal_account_meter] AS live;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @account = live.[personal_account_id], @meter = live.[meter_id]
    FROM [dbo].[personal_account_meter] AS live
    ORDER BY live.[personal_account_id], live.[meter_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    UPDATE live SET [date_to] = DATEADD(day, @draw % 28, @period)
    FROM [dbo].[personal_account_meter] AS live
    WHERE live.[personal_account_id] = @account AND live.[meter_id] = @meter;
    INSERT INTO #change VALUES (@label, 'personal_account_meter', 'update', @@ROWCOUNT);
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @meter = NULL, @day = NULL FROM [dbo].[meter_reading] AS live
    WHERE live.[period] = @period;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @meter = live.[meter_id], @day = live.[reading_date]
    FROM [dbo].[meter_reading] AS live
    WHERE live.[period] = @period
    ORDER BY live.[period], live.[meter_id], live.[reading_date] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @quantity = (1 + @draw % 500) / 1000.0;
    UPDATE live SET [reading] = live.[reading] + @quantity, [consumption] = live.[consumption] + @quantity
    FROM [dbo].[meter_reading] AS live
    WHERE live.[period] = @period AND live.[meter_id] = @meter AND live.[reading_date] = @day;
    INSERT INTO #change VALUES (@label, 'meter_reading', 'update', @@ROWCOUNT);

    -- Sold to somebody known already.
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @owner = NULL FROM [dbo].[personal_account] AS live;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @owner = live.[owner_name]
    FROM [dbo].[personal_account] AS live
    ORDER BY live.[personal_account_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    SET @draw = @draw * 48271 % 2147483647;
    SELECT @rows = COUNT(*), @account = NULL FROM [dbo].[personal_account] AS live
    WHERE live.[owner_name] <> @owner;
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT @account = live.[personal_account_id]
    FROM [dbo].[personal_account] AS live
    WHERE live.[owner_name] <> @owner
    ORDER BY live.[personal_account_id] OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;
    UPDATE live SET [owner_name] = @owner
    FROM [dbo].[personal_account] AS live
    WHERE live.[personal_account_id] = @account;
    INSERT INTO #change VALUES (@label, 'personal_account', 'update', @@ROWCOUNT);
    UPDATE live SET [value] = CONVERT(nvarchar(60), TRY_CONVERT(int, live.[value]) + 1), [date_from] = @period
    FROM [dbo].[personal_account_parameter] AS live
    WHERE live.[personal_account_id] = @account AND live.[parameter_code] = 'RESIDENTS';
    INSERT INTO #change VALUES (@label, 'personal_account_parameter', 'update', @@ROWCOUNT);

    COMMIT TRANSACTION;
    SET @code = (SELECT MIN([code]) FROM #source WHERE [code] > @code);
  END;

  SELECT [code], [entity], [action], SUM([rows]) AS [rows]
  FROM #change
  WHERE [rows] > 0
  GROUP BY [code], [entity], [action]
  ORDER BY [code], [entity], [action];
END;
GO
