-- Production: names in its own language, a month as a number, and the number of rows as what is returned.

CREATE SCHEMA [výroba];
GO

-- for each entity
CREATE TABLE [dbo].[{sourceName}] (
  [Id] int NOT NULL PRIMARY KEY,
  [název] nvarchar(100) NOT NULL,
  [hodnota] decimal(18, 4) NOT NULL,
  [den] date NOT NULL,
  [changed] datetime2(3) NOT NULL
);
CREATE TABLE [výroba].[{sourceName}] (
  [Id] int NOT NULL PRIMARY KEY,
  [název] nvarchar(100) NOT NULL,
  [hodnota] decimal(18, 4) NOT NULL,
  [den] date NOT NULL
);
GO
-- for each entity
CREATE PROCEDURE [výroba].[přenos {sourceName}] @Období int
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @rows int;
  DELETE FROM [výroba].[{sourceName}] WHERE YEAR([den]) * 100 + MONTH([den]) = @Období;
  INSERT INTO [výroba].[{sourceName}] ([Id], [název], [hodnota], [den])
  SELECT [Id], [název], [hodnota], [den] FROM [dbo].[{sourceName}]
  WHERE YEAR([den]) * 100 + MONTH([den]) = @Období;
  SET @rows = @@ROWCOUNT;
  RETURN @rows;
END;
GO
