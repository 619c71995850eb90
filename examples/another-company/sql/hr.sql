-- Personnel: a batch is opened, then two calls an entity, without any parameters. What is published
-- twice is there twice, so the second call must not be made again.

CREATE TABLE [dbo].[batch] (
  [batch_id] int NOT NULL PRIMARY KEY,
  [run] varchar(20) NOT NULL,
  [who] nvarchar(50) NOT NULL
);
GO
CREATE PROCEDURE [dbo].[p_open_batch] @run varchar(20), @who nvarchar(50), @batch int OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SELECT @batch = COALESCE(MAX([batch_id]), 0) + 1 FROM [dbo].[batch];
  INSERT INTO [dbo].[batch] ([batch_id], [run], [who]) VALUES (@batch, @run, @who);
END;
GO

-- for each entity
CREATE TABLE [dbo].[{entity}] (
  [id] int NOT NULL PRIMARY KEY,
  [label] nvarchar(100) NOT NULL,
  [amount] decimal(18, 4) NOT NULL,
  [valid_from] date NOT NULL,
  [changed] datetime2(3) NOT NULL
);
CREATE TABLE [dbo].[{entity}_snapshot] (
  [id] int NOT NULL PRIMARY KEY,
  [label] nvarchar(100) NOT NULL,
  [amount] decimal(18, 4) NOT NULL,
  [valid_from] date NOT NULL
);
CREATE TABLE [dbo].[{entity}_published] (
  [batch_id] int NOT NULL,
  [id] int NOT NULL,
  [label] nvarchar(100) NOT NULL,
  [amount] decimal(18, 4) NOT NULL,
  [valid_from] date NOT NULL
);
GO
-- for each entity
CREATE PROCEDURE [dbo].[p_{entity}_1_snapshot]
AS
BEGIN
  SET NOCOUNT ON;
  DELETE FROM [dbo].[{entity}_snapshot];
  INSERT INTO [dbo].[{entity}_snapshot] ([id], [label], [amount], [valid_from])
  SELECT [id], [label], [amount], [valid_from] FROM [dbo].[{entity}];
END;
GO
-- for each entity
CREATE PROCEDURE [dbo].[p_{entity}_2_publish]
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @batch int;
  SELECT @batch = MAX([batch_id]) FROM [dbo].[batch];
  -- By this system's habit anything but 0 is a failure.
  IF @batch IS NULL RETURN -1;
  INSERT INTO [dbo].[{entity}_published] ([batch_id], [id], [label], [amount], [valid_from])
  SELECT @batch, [id], [label], [amount], [valid_from] FROM [dbo].[{entity}_snapshot];
  RETURN 0;
END;
GO
