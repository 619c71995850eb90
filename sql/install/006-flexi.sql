-- Typed tables of FlexiBee's evidences: what their columns are made from, and how far they are filled.
-- See docs/flexibee.md, "Typed tables".
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
IF SCHEMA_ID(N'flexi') IS NULL EXEC(N'CREATE SCHEMA flexi AUTHORIZATION dbo');
GO
-- BIN2: what tells rows apart is compared by code point, whatever the database's collation is.
IF OBJECT_ID(N'flexi.evidence') IS NULL
  CREATE TABLE flexi.evidence (
    -- faktura-vydana
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    -- faktura_vydana; where one table is too narrow, others follow as faktura_vydana_2 …
    table_name nvarchar(64) NOT NULL,
    -- Quoted, with its schema; NULL until it is there.
    apply_procedure nvarchar(200) NULL,
    title nvarchar(255) NULL,
    -- Counts the changes of the columns; 0: there is no table yet.
    shape int NOT NULL,
    -- UTC by the clock of this server.
    shaped_at datetime2(3) NULL,
    -- Set while columns wait, with the reason: locked, or no right.
    due_since datetime2(3) NULL,
    due_reason nvarchar(20) NULL,
    CONSTRAINT pk_flexi_evidence PRIMARY KEY (evidence)
  );
GO
-- What each company says of its properties; company '' are those that the shipped definitions need.
IF OBJECT_ID(N'flexi.company_property') IS NULL
  CREATE TABLE flexi.company_property (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    property nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    -- In FlexiBee's words: string, integer, numeric, logic, date, datetime, select, relation.
    kind varchar(10) COLLATE Latin1_General_BIN2 NOT NULL,
    -- Letters of a text; NULL: as many as there are.
    length int NULL,
    digits int NULL,
    decimals int NULL,
    -- Of a relation: the evidence that it leads to.
    target nvarchar(64) NULL,
    title nvarchar(255) NULL,
    ordinal int NOT NULL,
    told_at datetime2(3) NOT NULL,
    CONSTRAINT pk_flexi_company_property PRIMARY KEY (company, evidence, property)
  );
GO
-- The columns that are there.
IF OBJECT_ID(N'flexi.property') IS NULL
BEGIN
  CREATE TABLE flexi.property (
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    property nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    kind varchar(10) COLLATE Latin1_General_BIN2 NOT NULL,
    -- value; of a relation id and code, of a select value and showAs.
    role varchar(6) COLLATE Latin1_General_BIN2 NOT NULL,
    column_name nvarchar(128) COLLATE Latin1_General_CI_AS NOT NULL,
    -- 1: the first table, 2: table_name_2 …
    part int NOT NULL,
    ordinal int NOT NULL,
    -- Letters of a text; -1: nvarchar(max).
    length int NULL,
    digits int NULL,
    decimals int NULL,
    title nvarchar(255) NULL,
    -- Who brought it.
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    -- With which it came, or was last widened.
    shape int NOT NULL,
    CONSTRAINT pk_flexi_property PRIMARY KEY (evidence, property, kind, role)
  );
  CREATE UNIQUE INDEX ix_flexi_property_column_name ON flexi.property (evidence, column_name);
END;
GO
-- How far the rows of a company that the mirror has are in the typed tables.
IF OBJECT_ID(N'flexi.filled') IS NULL
  CREATE TABLE flexi.filled (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    -- All of them, in this shape.
    shape int NOT NULL,
    -- Under way: to this shape, up to this record.
    target int NULL,
    after_id bigint NULL,
    CONSTRAINT pk_flexi_filled PRIMARY KEY (company, evidence)
  );
GO
-- How many rows have a value that its column cannot hold, and that is NULL there.
IF OBJECT_ID(N'flexi.misfit') IS NULL
  CREATE TABLE flexi.misfit (
    company nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    evidence nvarchar(64) COLLATE Latin1_General_BIN2 NOT NULL,
    column_name nvarchar(128) COLLATE Latin1_General_CI_AS NOT NULL,
    row_count int NOT NULL,
    CONSTRAINT pk_flexi_misfit PRIMARY KEY (company, evidence, column_name)
  );
GO
