-- The warehouse system: procedures of its own, which take a range of dates and say in @Stav how it went.

CREATE TABLE [dbo].[Zamek] ([Duvod] nvarchar(100) NOT NULL);
GO
CREATE SCHEMA [vydej];
GO

-- for each entity
CREATE TABLE [dbo].[{sourceName}] (
  [Id] int NOT NULL PRIMARY KEY,
  [Nazev] nvarchar(100) NOT NULL,
  [Castka] decimal(18, 4) NOT NULL,
  [Den] date NOT NULL,
  [changed] datetime2(3) NOT NULL
);
CREATE TABLE [vydej].[{sourceName}] (
  [Id] int NOT NULL PRIMARY KEY,
  [Nazev] nvarchar(100) NOT NULL,
  [Castka] decimal(18, 4) NOT NULL,
  [Den] date NOT NULL
);
GO
-- for each dated entity
CREATE PROCEDURE [vydej].[usp_{sourceName}] @DatumOd date, @DatumDo date, @Stav varchar(20) OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  -- Stocktaking: nothing leaves the warehouse, not even on paper.
  IF EXISTS (SELECT 1 FROM [dbo].[Zamek])
  BEGIN
    SET @Stav = 'BUSY';
    RETURN;
  END;
  DELETE FROM [vydej].[{sourceName}] WHERE [Den] BETWEEN @DatumOd AND @DatumDo;
  INSERT INTO [vydej].[{sourceName}] ([Id], [Nazev], [Castka], [Den])
  SELECT [Id], [Nazev], [Castka], [Den] FROM [dbo].[{sourceName}]
  WHERE [Den] BETWEEN @DatumOd AND @DatumDo;
  SET @Stav = CASE WHEN @@ROWCOUNT = 0 THEN 'EMPTY' ELSE 'OK' END;
END;
GO
-- for each undated entity
CREATE PROCEDURE [vydej].[usp_{sourceName}] @Stav varchar(20) OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM [dbo].[Zamek])
  BEGIN
    SET @Stav = 'BUSY';
    RETURN;
  END;
  DELETE FROM [vydej].[{sourceName}];
  INSERT INTO [vydej].[{sourceName}] ([Id], [Nazev], [Castka], [Den])
  SELECT [Id], [Nazev], [Castka], [Den] FROM [dbo].[{sourceName}];
  SET @Stav = CASE WHEN @@ROWCOUNT = 0 THEN 'EMPTY' ELSE 'OK' END;
END;
GO
