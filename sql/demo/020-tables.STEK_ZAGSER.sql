-- Live rows (dbo) and exported ones, made anew.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [STEK_ZAGSER];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

IF OBJECT_ID(N'dbo.demo_delay', N'U') IS NULL CREATE TABLE [dbo].[demo_delay] (
  [stage] varchar(10) NOT NULL,
  [entity] varchar(40) NOT NULL,
  [code] varchar(8) NOT NULL,
  [milliseconds] int NOT NULL,
  PRIMARY KEY ([stage], [entity], [code])
);
GO

DELETE FROM [dbo].[demo_delay];
GO

IF SCHEMA_ID(N'prep') IS NULL EXEC(N'CREATE SCHEMA [prep] AUTHORIZATION dbo');
GO

IF OBJECT_ID(N'dbo.equipment', N'U') IS NOT NULL DROP TABLE [dbo].[equipment];
CREATE TABLE [dbo].[equipment] (
  [equipment_id] int NOT NULL,
  [model] nvarchar(60) NOT NULL,
  [resource] nvarchar(40) NOT NULL,
  [digits] tinyint NOT NULL,
  [verification_interval_years] tinyint NOT NULL,
  PRIMARY KEY ([equipment_id])
);
GO

IF OBJECT_ID(N'prep.equipment', N'U') IS NOT NULL DROP TABLE [prep].[equipment];
CREATE TABLE [prep].[equipment] (
  [equipment_id] int NOT NULL,
  [model] nvarchar(60) NOT NULL,
  [resource] nvarchar(40) NOT NULL,
  [digits] tinyint NOT NULL,
  [verification_interval_years] tinyint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([equipment_id])
);
GO

CREATE INDEX [ix_prep_equipment_export_sequence] ON [prep].[equipment] ([export_sequence]);
GO

CREATE INDEX [ix_prep_equipment_date_modification] ON [prep].[equipment] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.meter', N'U') IS NOT NULL DROP TABLE [dbo].[meter];
CREATE TABLE [dbo].[meter] (
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  PRIMARY KEY ([meter_id])
);
GO

IF OBJECT_ID(N'prep.meter', N'U') IS NOT NULL DROP TABLE [prep].[meter];
CREATE TABLE [prep].[meter] (
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([meter_id])
);
GO

CREATE INDEX [ix_prep_meter_export_sequence] ON [prep].[meter] ([export_sequence]);
GO

CREATE INDEX [ix_prep_meter_date_modification] ON [prep].[meter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.premises', N'U') IS NOT NULL DROP TABLE [dbo].[premises];
CREATE TABLE [dbo].[premises] (
  [premises_id] bigint NOT NULL,
  [address] nvarchar(200) NOT NULL,
  [kind] nvarchar(40) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [rooms] tinyint NOT NULL,
  [floor] smallint NOT NULL,
  PRIMARY KEY ([premises_id])
);
GO

IF OBJECT_ID(N'prep.premises', N'U') IS NOT NULL DROP TABLE [prep].[premises];
CREATE TABLE [prep].[premises] (
  [premises_id] bigint NOT NULL,
  [address] nvarchar(200) NOT NULL,
  [kind] nvarchar(40) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [rooms] tinyint NOT NULL,
  [floor] smallint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([premises_id])
);
GO

CREATE INDEX [ix_prep_premises_export_sequence] ON [prep].[premises] ([export_sequence]);
GO

CREATE INDEX [ix_prep_premises_date_modification] ON [prep].[premises] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account];
CREATE TABLE [dbo].[personal_account] (
  [personal_account_id] bigint NOT NULL,
  [account_number] varchar(20) NOT NULL,
  [premises_id] bigint NOT NULL,
  [owner_name] nvarchar(120) NOT NULL,
  [residents] tinyint NOT NULL,
  [opened_on] date NOT NULL,
  [closed_on] date NULL,
  PRIMARY KEY ([personal_account_id])
);
GO

IF OBJECT_ID(N'prep.personal_account', N'U') IS NOT NULL DROP TABLE [prep].[personal_account];
CREATE TABLE [prep].[personal_account] (
  [personal_account_id] bigint NOT NULL,
  [account_number] varchar(20) NOT NULL,
  [premises_id] bigint NOT NULL,
  [owner_name] nvarchar(120) NOT NULL,
  [residents] tinyint NOT NULL,
  [opened_on] date NOT NULL,
  [closed_on] date NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([personal_account_id])
);
GO

CREATE INDEX [ix_prep_personal_account_export_sequence] ON [prep].[personal_account] ([export_sequence]);
GO

CREATE INDEX [ix_prep_personal_account_date_modification] ON [prep].[personal_account] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account_meter', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account_meter];
CREATE TABLE [dbo].[personal_account_meter] (
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  PRIMARY KEY ([personal_account_id], [meter_id])
);
GO

IF OBJECT_ID(N'prep.personal_account_meter', N'U') IS NOT NULL DROP TABLE [prep].[personal_account_meter];
CREATE TABLE [prep].[personal_account_meter] (
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([personal_account_id], [meter_id])
);
GO

CREATE INDEX [ix_prep_personal_account_meter_export_sequence] ON [prep].[personal_account_meter] ([export_sequence]);
GO

CREATE INDEX [ix_prep_personal_account_meter_date_modification] ON [prep].[personal_account_meter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account_parameter];
CREATE TABLE [dbo].[personal_account_parameter] (
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  PRIMARY KEY ([personal_account_id], [parameter_code])
);
GO

IF OBJECT_ID(N'prep.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [prep].[personal_account_parameter];
CREATE TABLE [prep].[personal_account_parameter] (
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([personal_account_id], [parameter_code])
);
GO

CREATE INDEX [ix_prep_personal_account_parameter_export_sequence] ON [prep].[personal_account_parameter] ([export_sequence]);
GO

CREATE INDEX [ix_prep_personal_account_parameter_date_modification] ON [prep].[personal_account_parameter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.meter_reading', N'U') IS NOT NULL DROP TABLE [dbo].[meter_reading];
CREATE TABLE [dbo].[meter_reading] (
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  PRIMARY KEY ([period], [meter_id], [reading_date])
);
GO

IF OBJECT_ID(N'prep.meter_reading', N'U') IS NOT NULL DROP TABLE [prep].[meter_reading];
CREATE TABLE [prep].[meter_reading] (
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [meter_id], [reading_date])
);
GO

CREATE INDEX [ix_prep_meter_reading_export_sequence] ON [prep].[meter_reading] ([export_sequence]);
GO

CREATE INDEX [ix_prep_meter_reading_date_modification] ON [prep].[meter_reading] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.payment', N'U') IS NOT NULL DROP TABLE [dbo].[payment];
CREATE TABLE [dbo].[payment] (
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  PRIMARY KEY ([period], [payment_id])
);
GO

IF OBJECT_ID(N'prep.payment', N'U') IS NOT NULL DROP TABLE [prep].[payment];
CREATE TABLE [prep].[payment] (
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [payment_id])
);
GO

CREATE INDEX [ix_prep_payment_export_sequence] ON [prep].[payment] ([export_sequence]);
GO

CREATE INDEX [ix_prep_payment_date_modification] ON [prep].[payment] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.charge_detail', N'U') IS NOT NULL DROP TABLE [dbo].[charge_detail];
CREATE TABLE [dbo].[charge_detail] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([period], [personal_account_id], [service_code])
);
GO

IF OBJECT_ID(N'prep.charge_detail', N'U') IS NOT NULL DROP TABLE [prep].[charge_detail];
CREATE TABLE [prep].[charge_detail] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [personal_account_id], [service_code])
);
GO

CREATE INDEX [ix_prep_charge_detail_export_sequence] ON [prep].[charge_detail] ([export_sequence]);
GO

CREATE INDEX [ix_prep_charge_detail_date_modification] ON [prep].[charge_detail] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_saldo', N'U') IS NOT NULL DROP TABLE [dbo].[personal_saldo];
CREATE TABLE [dbo].[personal_saldo] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([period], [personal_account_id])
);
GO

IF OBJECT_ID(N'prep.personal_saldo', N'U') IS NOT NULL DROP TABLE [prep].[personal_saldo];
CREATE TABLE [prep].[personal_saldo] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [personal_account_id])
);
GO

CREATE INDEX [ix_prep_personal_saldo_export_sequence] ON [prep].[personal_saldo] ([export_sequence]);
GO

CREATE INDEX [ix_prep_personal_saldo_date_modification] ON [prep].[personal_saldo] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.recalculation', N'U') IS NOT NULL DROP TABLE [dbo].[recalculation];
CREATE TABLE [dbo].[recalculation] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  PRIMARY KEY ([period], [personal_account_id], [service_code])
);
GO

IF OBJECT_ID(N'prep.recalculation', N'U') IS NOT NULL DROP TABLE [prep].[recalculation];
CREATE TABLE [prep].[recalculation] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [personal_account_id], [service_code])
);
GO

CREATE INDEX [ix_prep_recalculation_export_sequence] ON [prep].[recalculation] ([export_sequence]);
GO

CREATE INDEX [ix_prep_recalculation_date_modification] ON [prep].[recalculation] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [dbo].[turnover_balance_sheet];
CREATE TABLE [dbo].[turnover_balance_sheet] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [charged] decimal(12, 2) NOT NULL,
  [corrected] decimal(12, 2) NOT NULL,
  [paid] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([period], [personal_account_id])
);
GO

IF OBJECT_ID(N'prep.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [prep].[turnover_balance_sheet];
CREATE TABLE [prep].[turnover_balance_sheet] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [charged] decimal(12, 2) NOT NULL,
  [corrected] decimal(12, 2) NOT NULL,
  [paid] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([period], [personal_account_id])
);
GO

CREATE INDEX [ix_prep_turnover_balance_sheet_export_sequence] ON [prep].[turnover_balance_sheet] ([export_sequence]);
GO

CREATE INDEX [ix_prep_turnover_balance_sheet_date_modification] ON [prep].[turnover_balance_sheet] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.export_batch', N'U') IS NOT NULL DROP TABLE [dbo].[export_batch];
CREATE TABLE [dbo].[export_batch] (
  [export_batch_id] bigint NOT NULL,
  [entity] varchar(40) NOT NULL,
  [code] varchar(8) NOT NULL,
  [period] date NULL,
  [rows_changed] int NOT NULL,
  [date_export] datetime2(3) NOT NULL,
  PRIMARY KEY ([export_batch_id])
);
GO
