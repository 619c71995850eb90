-- Which scripts of this folder a database has, and what they said: see docs/sql-server.md.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
-- Whoever makes a schema owns it: dbo, so that procedures reach the tables of other schemas.
IF SCHEMA_ID(N'syncboard') IS NULL EXEC(N'CREATE SCHEMA syncboard AUTHORIZATION dbo');
GO
IF OBJECT_ID(N'syncboard.applied_script') IS NULL
  CREATE TABLE syncboard.applied_script (
    name nvarchar(128) COLLATE Latin1_General_BIN2 NOT NULL,
    -- Of the text with LF at the ends of lines, in hexadecimal digits.
    sha256 char(64) NOT NULL,
    applied_at datetime2(3) NOT NULL,
    applied_by nvarchar(128) NOT NULL,
    CONSTRAINT pk_applied_script PRIMARY KEY (name)
  );
GO
