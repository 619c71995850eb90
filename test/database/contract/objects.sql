-- What the contract suite needs in a database: the same script on the stand-in and on real servers.
-- Batches end at GO. Line numbers in errors count from the first line of a procedure's batch.
IF SCHEMA_ID(N'contract') IS NULL EXEC(N'CREATE SCHEMA contract');
GO
DROP PROCEDURE IF EXISTS contract.sp_every_type;
DROP PROCEDURE IF EXISTS contract.sp_rows;
DROP PROCEDURE IF EXISTS contract.sp_assigns;
DROP PROCEDURE IF EXISTS contract.sp_messages;
DROP PROCEDURE IF EXISTS contract.sp_gives_rows;
DROP PROCEDURE IF EXISTS contract.sp_counts_often;
DROP PROCEDURE IF EXISTS contract.sp_fails_often;
DROP PROCEDURE IF EXISTS contract.sp_fails;
DROP PROCEDURE IF EXISTS contract.sp_waits;
DROP PROCEDURE IF EXISTS contract.sp_session;
DROP PROCEDURE IF EXISTS contract.sp_returns;
DROP PROCEDURE IF EXISTS contract.sp_works;
DROP PROCEDURE IF EXISTS contract.sp_leaves_state;
DROP PROCEDURE IF EXISTS contract.sp_says_whose;
DROP TABLE IF EXISTS contract.work;
DROP TABLE IF EXISTS contract.item;
DROP TABLE IF EXISTS contract.number;
DROP TABLE IF EXISTS contract.closed;
GO
CREATE TABLE contract.item (id int NOT NULL PRIMARY KEY, amount int NULL);
CREATE TABLE contract.number (n int NOT NULL PRIMARY KEY);
CREATE TABLE contract.closed (id int NOT NULL PRIMARY KEY);
CREATE TABLE contract.work (who varchar(40) NOT NULL, id int NOT NULL, PRIMARY KEY (who, id));
GO
DECLARE @n int = 0;
SET NOCOUNT ON;
WHILE @n < 1000
BEGIN
  INSERT INTO contract.number (n) VALUES (@n);
  SET @n = @n + 1;
END;
GO
CREATE PROCEDURE contract.sp_every_type
  @a_bit bit OUTPUT, @a_tinyint tinyint OUTPUT, @a_smallint smallint OUTPUT, @an_int int OUTPUT,
  @a_bigint bigint OUTPUT, @a_decimal decimal(12, 3) OUTPUT, @a_numeric numeric(18, 0) OUTPUT,
  @a_float float OUTPUT, @a_real real OUTPUT, @a_date date OUTPUT, @a_time time(7) OUTPUT,
  @a_datetime datetime OUTPUT, @a_datetime2 datetime2(7) OUTPUT,
  @a_datetimeoffset datetimeoffset(6) OUTPUT, @a_char char(5) OUTPUT, @a_varchar varchar(20) OUTPUT,
  @an_nchar nchar(5) OUTPUT, @an_nvarchar nvarchar(20) OUTPUT, @a_max nvarchar(max) OUTPUT,
  @a_varbinary varbinary(10) OUTPUT, @a_guid uniqueidentifier OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  RETURN 21;
END;
GO
CREATE PROCEDURE contract.sp_returns @given int, @doubled int OUTPUT, @untouched varchar(10) = 'default' OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET @doubled = @given * 2;
  RETURN -@given;
END;
GO
-- Rows of the session's own, so that several may run at once. Without a variable: sp_assigns has them.
CREATE PROCEDURE contract.sp_rows
AS
BEGIN
  DELETE FROM contract.item WHERE id BETWEEN -10 * @@SPID AND -10 * @@SPID + 2;
  INSERT INTO contract.item (id) VALUES (-10 * @@SPID), (-10 * @@SPID + 1), (-10 * @@SPID + 2);
  UPDATE contract.item SET amount = 1 WHERE id IN (-10 * @@SPID, -10 * @@SPID + 1);
  SET NOCOUNT ON;
  UPDATE contract.item SET amount = 2 WHERE id BETWEEN -10 * @@SPID AND -10 * @@SPID + 2;
  SET NOCOUNT OFF;
  DELETE FROM contract.item WHERE id BETWEEN -10 * @@SPID AND -10 * @@SPID + 2;
END;
GO
CREATE PROCEDURE contract.sp_assigns
AS
BEGIN
  DECLARE @n int = 1;
  SET @n = @n - 1;
  UPDATE contract.number SET n = n WHERE n = @n;
END;
GO
-- 80,000 rows of 1 KB.
CREATE PROCEDURE contract.sp_gives_rows
AS
BEGIN
  SELECT a.n, REPLICATE('x', 1000) AS text
  FROM contract.number AS a CROSS JOIN contract.number AS b
  WHERE b.n < 80;
END;
GO
CREATE PROCEDURE contract.sp_counts_often
AS
BEGIN
  DECLARE @n int = 0;
  WHILE @n < 5000
  BEGIN
    UPDATE contract.number SET n = n WHERE n = @n % 1000;
    SET @n = @n + 1;
  END;
END;
GO
CREATE PROCEDURE contract.sp_fails_often
AS
BEGIN
  DECLARE @n int = 0;
  WHILE @n < 1000
  BEGIN
    RAISERROR('failure %d', 16, 1, @n);
    SET @n = @n + 1;
  END;
END;
GO
CREATE PROCEDURE contract.sp_messages
AS
BEGIN
  SET NOCOUNT ON;
  PRINT 'first';
  RAISERROR('second', 0, 1) WITH NOWAIT;
  RAISERROR('third: %d of %s', 10, 1, 3, 'four') WITH NOWAIT;
  PRINT N'čtvrtá — четвёртая';
END;
GO
CREATE PROCEDURE contract.sp_fails @how varchar(20)
AS
BEGIN
  SET NOCOUNT ON;
  IF @how = 'raise' RAISERROR('raised on purpose', 16, 3);
  IF @how = 'throw' THROW 51000, 'thrown on purpose', 5;
  IF @how = 'divide' SELECT 1 / (1 - 1) AS nothing;
  IF @how = 'duplicate' INSERT INTO contract.number (n) VALUES (1);
  IF @how = 'missing' EXEC contract.sp_that_is_not_there;
  IF @how = 'two'
  BEGIN
    RAISERROR('the first error', 16, 1);
    RAISERROR('the second error', 16, 2);
  END;
  RETURN 1;
END;
GO
-- Takes the lock @mine, says so, and waits until it gets @gate: the test holds that.
CREATE PROCEDURE contract.sp_waits @mine nvarchar(255), @gate nvarchar(255)
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @result int;
  EXEC @result = sp_getapplock @Resource = @mine, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = -1;
  RAISERROR('waiting', 0, 1) WITH NOWAIT;
  EXEC @result = sp_getapplock @Resource = @gate, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = -1;
  RETURN 0;
END;
GO
CREATE PROCEDURE contract.sp_session @spid int OUTPUT, @application nvarchar(128) OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  SET @spid = @@SPID;
  SET @application = APP_NAME();
END;
GO
-- Writes rows of @who, and does with transactions what procedures do with them.
CREATE PROCEDURE contract.sp_works @who varchar(40), @how varchar(20)
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @result int, @gate nvarchar(255) = N'contract/gate ' + @who, @mine nvarchar(255) = N'contract/mine ' + @who;
  IF @how IN ('balanced', 'leaves', 'leaves and raises') BEGIN TRANSACTION;
  IF @how = 'savepoint' SAVE TRANSACTION here;
  IF @how = 'lock' EXEC @result = sp_getapplock @Resource = @mine, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
  IF @how = 'handler'
  BEGIN
    BEGIN TRY
      BEGIN TRANSACTION;
      INSERT INTO contract.work (who, id) VALUES (@who, 1);
      INSERT INTO contract.work (who, id) VALUES (@who, 1);
      COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
      IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;
      THROW 51000, 'handled', 1;
    END CATCH;
  END;
  IF @how = 'gives up' BEGIN TRANSACTION;
  INSERT INTO contract.work (who, id) VALUES (@who, 1);
  IF @how = 'gives up'
  BEGIN
    ROLLBACK TRANSACTION;
    RETURN 0;
  END;
  IF @how = 'throws' THROW 51000, 'in the middle', 1;
  IF @how = 'raises' OR @how = 'leaves and raises'
  BEGIN
    RAISERROR('in the middle', 16, 1);
    RETURN 5;
  END;
  IF @how = 'returns' RETURN 5;
  IF @how IN ('rolls back', 'rolls back, begins') ROLLBACK TRANSACTION;
  IF @how IN ('balanced', 'commits', 'commits, begins', 'commits, raises', 'commits, throws') COMMIT TRANSACTION;
  IF @how IN ('rolls back, begins', 'commits, begins', 'commits, raises') BEGIN TRANSACTION;
  IF @how = 'commits, throws' THROW 51000, 'after a commit', 1;
  IF @how = 'commits, raises'
  BEGIN
    INSERT INTO contract.work (who, id) VALUES (@who, 2);
    RAISERROR('after a commit', 16, 1);
    RETURN 5;
  END;
  IF @how = 'savepoint' ROLLBACK TRANSACTION here;
  IF @how = 'waits'
  BEGIN
    EXEC @result = sp_getapplock @Resource = @mine, @LockMode = 'Exclusive', @LockOwner = 'Session';
    EXEC @result = sp_getapplock @Resource = @gate, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = -1;
  END;
  INSERT INTO contract.work (who, id) VALUES (@who, 2);
END;
GO
CREATE PROCEDURE contract.sp_says_whose
AS
BEGIN
  DECLARE @whose varchar(128) = CONVERT(varchar(128), CONTEXT_INFO());
  PRINT @whose;
END;
GO
-- Everything that a session remembers, but for a transaction.
CREATE PROCEDURE contract.sp_leaves_state @resource nvarchar(255)
AS
BEGIN
  DECLARE @result int;
  EXEC @result = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Session';
  SET CONTEXT_INFO 0x706f69736f6e;
  EXEC sp_set_session_context @key = N'poison', @value = N'poison';
END;
GO
