-- The data warehouse. `stage` takes what each source has exported, `mart` has one row a key.

CREATE SCHEMA [stage];
GO
CREATE SCHEMA [mart];
GO
CREATE TABLE [mart].[monthly_totals] (
  [month] int NOT NULL PRIMARY KEY,
  [rows] int NOT NULL,
  [refreshed] datetime2(3) NOT NULL
);
GO
CREATE PROCEDURE [mart].[refresh_totals] @month int
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @rows int;
  SELECT @rows = COUNT(*) FROM [mart].[work_order] WHERE YEAR([day]) * 100 + MONTH([day]) = @month;
  UPDATE [mart].[monthly_totals] SET [rows] = @rows, [refreshed] = SYSUTCDATETIME() WHERE [month] = @month;
  IF @@ROWCOUNT = 0
    INSERT INTO [mart].[monthly_totals] ([month], [rows], [refreshed]) VALUES (@month, @rows, SYSUTCDATETIME());
END;
GO

-- for each entity
CREATE TABLE [stage].[{entity}] (
  [source] varchar(10) NOT NULL,
  [id] int NOT NULL,
  [label] nvarchar(100) NOT NULL,
  [amount] decimal(18, 4) NOT NULL,
  [day] date NOT NULL,
  [loaded] datetime2(3) NOT NULL,
  PRIMARY KEY ([source], [id])
);
CREATE TABLE [mart].[{entity}] (
  [source] varchar(10) NOT NULL,
  [id] int NOT NULL,
  [label] nvarchar(100) NOT NULL,
  [amount] decimal(18, 4) NOT NULL,
  [day] date NOT NULL,
  [changed] datetime2(3) NOT NULL,
  PRIMARY KEY ([source], [id])
);
GO
-- for each entity; in the brackets: what its sources have exported
CREATE PROCEDURE [stage].[load_{entity}]
AS
BEGIN
  SET NOCOUNT ON;
  DELETE FROM [stage].[{entity}];
  INSERT INTO [stage].[{entity}] ([source], [id], [label], [amount], [day], [loaded])
  SELECT [source], [id], [label], [amount], [day], SYSUTCDATETIME()
  FROM ({exported}) AS exported;
  RETURN 0;
END;
GO
-- for each entity
CREATE PROCEDURE [mart].[merge_{entity}] @mode varchar(10), @rows int OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  IF @mode <> 'delta' THROW 50001, N'Only what has changed is merged here.', 1;
  UPDATE kept
  SET [label] = staged.[label], [amount] = staged.[amount], [day] = staged.[day], [changed] = SYSUTCDATETIME()
  FROM [mart].[{entity}] AS kept WITH (UPDLOCK, HOLDLOCK)
  JOIN [stage].[{entity}] AS staged ON staged.[source] = kept.[source] AND staged.[id] = kept.[id];
  INSERT INTO [mart].[{entity}] ([source], [id], [label], [amount], [day], [changed])
  SELECT [source], [id], [label], [amount], [day], SYSUTCDATETIME()
  FROM [stage].[{entity}] AS staged
  WHERE NOT EXISTS (SELECT 1 FROM [mart].[{entity}] AS kept WITH (UPDLOCK, HOLDLOCK)
    WHERE kept.[source] = staged.[source] AND kept.[id] = staged.[id]);
  SELECT @rows = COUNT(*) FROM [stage].[{entity}];
  RETURN 0;
END;
GO
