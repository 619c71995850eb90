-- Which scripts of this folder a database has, and what they said: see docs/sql-server.md.
IF SCHEMA_ID(N'syncboard') IS NULL EXEC(N'CREATE SCHEMA syncboard');
GO
IF OBJECT_ID(N'syncboard.applied_script') IS NULL
  CREATE TABLE syncboard.applied_script (
    name nvarchar(128) NOT NULL PRIMARY KEY,
    -- Of the text with LF at the ends of lines, in hexadecimal digits.
    sha256 char(64) NOT NULL,
    applied_at datetime2(3) NOT NULL,
    applied_by nvarchar(128) NOT NULL
  );
GO
