-- Raw rows (crude) and keyed ones (heap), made anew.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [AB];
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

IF SCHEMA_ID(N'crude') IS NULL EXEC(N'CREATE SCHEMA [crude] AUTHORIZATION dbo');
GO

IF SCHEMA_ID(N'heap') IS NULL EXEC(N'CREATE SCHEMA [heap] AUTHORIZATION dbo');
GO

IF SCHEMA_ID(N'test') IS NULL EXEC(N'CREATE SCHEMA [test] AUTHORIZATION dbo');
GO

IF OBJECT_ID(N'heap.list_datasource', N'U') IS NOT NULL DROP TABLE [heap].[list_datasource];
CREATE TABLE [heap].[list_datasource] (
  [list_datasource_id] int NOT NULL,
  [datasource_section] varchar(8) NOT NULL,
  [database_name] varchar(20) NOT NULL,
  PRIMARY KEY ([list_datasource_id])
);
GO

IF OBJECT_ID(N'crude.bank_code', N'U') IS NOT NULL DROP TABLE [crude].[bank_code];
CREATE TABLE [crude].[bank_code] (
  [datasource_id] int NOT NULL,
  [bank_code] char(9) NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [correspondent_account] varchar(20) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [bank_code])
);
GO

CREATE INDEX [ix_crude_bank_code_load_sequence] ON [crude].[bank_code] ([load_sequence]);
GO

CREATE INDEX [ix_crude_bank_code_datasource_id_date_load] ON [crude].[bank_code] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.bank_code', N'U') IS NOT NULL DROP TABLE [heap].[bank_code];
CREATE TABLE [heap].[bank_code] (
  [datasource_id] int NOT NULL,
  [bank_code] char(9) NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [correspondent_account] varchar(20) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [bank_code])
);
GO

CREATE INDEX [ix_heap_bank_code_datasource_id_date_modification] ON [heap].[bank_code] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.benefit_provider', N'U') IS NOT NULL DROP TABLE [crude].[benefit_provider];
CREATE TABLE [crude].[benefit_provider] (
  [datasource_id] int NOT NULL,
  [benefit_provider_id] int NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [level] nvarchar(40) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [benefit_provider_id])
);
GO

CREATE INDEX [ix_crude_benefit_provider_load_sequence] ON [crude].[benefit_provider] ([load_sequence]);
GO

CREATE INDEX [ix_crude_benefit_provider_datasource_id_date_load] ON [crude].[benefit_provider] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.benefit_provider', N'U') IS NOT NULL DROP TABLE [heap].[benefit_provider];
CREATE TABLE [heap].[benefit_provider] (
  [benefit_provider_id] int NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [level] nvarchar(40) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([benefit_provider_id])
);
GO

CREATE INDEX [ix_heap_benefit_provider_date_modification] ON [heap].[benefit_provider] ([date_modification]);
GO

IF OBJECT_ID(N'crude.building_structure', N'U') IS NOT NULL DROP TABLE [crude].[building_structure];
CREATE TABLE [crude].[building_structure] (
  [datasource_id] int NOT NULL,
  [building_structure_id] bigint NOT NULL,
  [city_id] int NOT NULL,
  [street] nvarchar(80) NOT NULL,
  [house] nvarchar(10) NOT NULL,
  [floors] smallint NOT NULL,
  [entrances] smallint NOT NULL,
  [wall_material] nvarchar(40) NOT NULL,
  [built_year] smallint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [building_structure_id])
);
GO

CREATE INDEX [ix_crude_building_structure_load_sequence] ON [crude].[building_structure] ([load_sequence]);
GO

CREATE INDEX [ix_crude_building_structure_datasource_id_date_load] ON [crude].[building_structure] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.building_structure', N'U') IS NOT NULL DROP TABLE [heap].[building_structure];
CREATE TABLE [heap].[building_structure] (
  [datasource_id] int NOT NULL,
  [building_structure_id] bigint NOT NULL,
  [city_id] int NOT NULL,
  [street] nvarchar(80) NOT NULL,
  [house] nvarchar(10) NOT NULL,
  [floors] smallint NOT NULL,
  [entrances] smallint NOT NULL,
  [wall_material] nvarchar(40) NOT NULL,
  [built_year] smallint NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [building_structure_id])
);
GO

CREATE INDEX [ix_heap_building_structure_datasource_id_date_modification] ON [heap].[building_structure] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.city', N'U') IS NOT NULL DROP TABLE [crude].[city];
CREATE TABLE [crude].[city] (
  [datasource_id] int NOT NULL,
  [city_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [kind] nvarchar(20) NOT NULL,
  [is_deleted] bit NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [city_id])
);
GO

CREATE INDEX [ix_crude_city_load_sequence] ON [crude].[city] ([load_sequence]);
GO

IF OBJECT_ID(N'heap.city', N'U') IS NOT NULL DROP TABLE [heap].[city];
CREATE TABLE [heap].[city] (
  [city_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [kind] nvarchar(20) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([city_id])
);
GO

CREATE INDEX [ix_heap_city_date_modification] ON [heap].[city] ([date_modification]);
GO

IF OBJECT_ID(N'crude.equipment', N'U') IS NOT NULL DROP TABLE [crude].[equipment];
CREATE TABLE [crude].[equipment] (
  [datasource_id] int NOT NULL,
  [equipment_id] int NOT NULL,
  [model] nvarchar(60) NOT NULL,
  [resource] nvarchar(40) NOT NULL,
  [digits] tinyint NOT NULL,
  [verification_interval_years] tinyint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [equipment_id])
);
GO

CREATE INDEX [ix_crude_equipment_load_sequence] ON [crude].[equipment] ([load_sequence]);
GO

CREATE INDEX [ix_crude_equipment_datasource_id_date_load] ON [crude].[equipment] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.equipment', N'U') IS NOT NULL DROP TABLE [heap].[equipment];
CREATE TABLE [heap].[equipment] (
  [datasource_id] int NOT NULL,
  [equipment_id] int NOT NULL,
  [model] nvarchar(60) NOT NULL,
  [resource] nvarchar(40) NOT NULL,
  [digits] tinyint NOT NULL,
  [verification_interval_years] tinyint NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [equipment_id])
);
GO

CREATE INDEX [ix_heap_equipment_datasource_id_date_modification] ON [heap].[equipment] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.meter', N'U') IS NOT NULL DROP TABLE [crude].[meter];
CREATE TABLE [crude].[meter] (
  [datasource_id] int NOT NULL,
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_id])
);
GO

CREATE INDEX [ix_crude_meter_load_sequence] ON [crude].[meter] ([load_sequence]);
GO

CREATE INDEX [ix_crude_meter_datasource_id_date_load] ON [crude].[meter] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.meter', N'U') IS NOT NULL DROP TABLE [heap].[meter];
CREATE TABLE [heap].[meter] (
  [datasource_id] int NOT NULL,
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_id])
);
GO

CREATE INDEX [ix_heap_meter_datasource_id_date_modification] ON [heap].[meter] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.meter_place', N'U') IS NOT NULL DROP TABLE [crude].[meter_place];
CREATE TABLE [crude].[meter_place] (
  [datasource_id] int NOT NULL,
  [meter_place_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_place_id])
);
GO

CREATE INDEX [ix_crude_meter_place_load_sequence] ON [crude].[meter_place] ([load_sequence]);
GO

CREATE INDEX [ix_crude_meter_place_datasource_id_date_load] ON [crude].[meter_place] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.meter_place', N'U') IS NOT NULL DROP TABLE [heap].[meter_place];
CREATE TABLE [heap].[meter_place] (
  [datasource_id] int NOT NULL,
  [meter_place_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_place_id])
);
GO

CREATE INDEX [ix_heap_meter_place_datasource_id_date_modification] ON [heap].[meter_place] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.premises', N'U') IS NOT NULL DROP TABLE [crude].[premises];
CREATE TABLE [crude].[premises] (
  [datasource_id] int NOT NULL,
  [premises_id] bigint NOT NULL,
  [address] nvarchar(200) NOT NULL,
  [kind] nvarchar(40) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [rooms] tinyint NOT NULL,
  [floor] smallint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [premises_id])
);
GO

CREATE INDEX [ix_crude_premises_load_sequence] ON [crude].[premises] ([load_sequence]);
GO

CREATE INDEX [ix_crude_premises_datasource_id_date_load] ON [crude].[premises] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.premises', N'U') IS NOT NULL DROP TABLE [heap].[premises];
CREATE TABLE [heap].[premises] (
  [datasource_id] int NOT NULL,
  [premises_id] bigint NOT NULL,
  [address] nvarchar(200) NOT NULL,
  [kind] nvarchar(40) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [rooms] tinyint NOT NULL,
  [floor] smallint NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [premises_id])
);
GO

CREATE INDEX [ix_heap_premises_datasource_id_date_modification] ON [heap].[premises] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.personal_account', N'U') IS NOT NULL DROP TABLE [crude].[personal_account];
CREATE TABLE [crude].[personal_account] (
  [datasource_id] int NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [account_number] varchar(20) NOT NULL,
  [premises_id] bigint NOT NULL,
  [owner_name] nvarchar(120) NOT NULL,
  [residents] tinyint NOT NULL,
  [opened_on] date NOT NULL,
  [closed_on] date NULL,
  [is_deleted] bit NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id])
);
GO

CREATE INDEX [ix_crude_personal_account_load_sequence] ON [crude].[personal_account] ([load_sequence]);
GO

IF OBJECT_ID(N'heap.personal_account', N'U') IS NOT NULL DROP TABLE [heap].[personal_account];
CREATE TABLE [heap].[personal_account] (
  [datasource_id] int NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [account_number] varchar(20) NOT NULL,
  [premises_id] bigint NOT NULL,
  [owner_name] nvarchar(120) NOT NULL,
  [residents] tinyint NOT NULL,
  [opened_on] date NOT NULL,
  [closed_on] date NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id])
);
GO

CREATE INDEX [ix_heap_personal_account_datasource_id_date_modification] ON [heap].[personal_account] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.personal_account_meter', N'U') IS NOT NULL DROP TABLE [crude].[personal_account_meter];
CREATE TABLE [crude].[personal_account_meter] (
  [datasource_id] int NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [meter_id])
);
GO

CREATE INDEX [ix_crude_personal_account_meter_load_sequence] ON [crude].[personal_account_meter] ([load_sequence]);
GO

CREATE INDEX [ix_crude_personal_account_meter_datasource_id_date_load] ON [crude].[personal_account_meter] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.personal_account_meter', N'U') IS NOT NULL DROP TABLE [heap].[personal_account_meter];
CREATE TABLE [heap].[personal_account_meter] (
  [datasource_id] int NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [meter_id])
);
GO

CREATE INDEX [ix_heap_personal_account_meter_datasource_id_date_modification] ON [heap].[personal_account_meter] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [crude].[personal_account_parameter];
CREATE TABLE [crude].[personal_account_parameter] (
  [datasource_id] int NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [parameter_code])
);
GO

CREATE INDEX [ix_crude_personal_account_parameter_load_sequence] ON [crude].[personal_account_parameter] ([load_sequence]);
GO

CREATE INDEX [ix_crude_personal_account_parameter_datasource_id_date_load] ON [crude].[personal_account_parameter] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [heap].[personal_account_parameter];
CREATE TABLE [heap].[personal_account_parameter] (
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([personal_account_id], [parameter_code])
);
GO

CREATE INDEX [ix_heap_personal_account_parameter_personal_account_id_date_modification] ON [heap].[personal_account_parameter] ([personal_account_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.room', N'U') IS NOT NULL DROP TABLE [crude].[room];
CREATE TABLE [crude].[room] (
  [datasource_id] int NOT NULL,
  [premises_id] bigint NOT NULL,
  [room_number] nvarchar(10) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [premises_id], [room_number])
);
GO

CREATE INDEX [ix_crude_room_load_sequence] ON [crude].[room] ([load_sequence]);
GO

CREATE INDEX [ix_crude_room_datasource_id_date_load] ON [crude].[room] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.room', N'U') IS NOT NULL DROP TABLE [heap].[room];
CREATE TABLE [heap].[room] (
  [datasource_id] int NOT NULL,
  [premises_id] bigint NOT NULL,
  [room_number] nvarchar(10) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [premises_id], [room_number])
);
GO

CREATE INDEX [ix_heap_room_datasource_id_date_modification] ON [heap].[room] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.meter_reading', N'U') IS NOT NULL DROP TABLE [crude].[meter_reading];
CREATE TABLE [crude].[meter_reading] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_id], [reading_date], [period])
);
GO

CREATE INDEX [ix_crude_meter_reading_load_sequence] ON [crude].[meter_reading] ([load_sequence]);
GO

CREATE INDEX [ix_crude_meter_reading_datasource_id_date_load] ON [crude].[meter_reading] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.meter_reading', N'U') IS NOT NULL DROP TABLE [heap].[meter_reading];
CREATE TABLE [heap].[meter_reading] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [meter_id], [reading_date], [period])
);
GO

CREATE INDEX [ix_heap_meter_reading_datasource_id_date_modification] ON [heap].[meter_reading] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.payment', N'U') IS NOT NULL DROP TABLE [crude].[payment];
CREATE TABLE [crude].[payment] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [payment_id], [period])
);
GO

CREATE INDEX [ix_crude_payment_load_sequence] ON [crude].[payment] ([load_sequence]);
GO

CREATE INDEX [ix_crude_payment_datasource_id_date_load] ON [crude].[payment] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.payment', N'U') IS NOT NULL DROP TABLE [heap].[payment];
CREATE TABLE [heap].[payment] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [payment_id], [period])
);
GO

CREATE INDEX [ix_heap_payment_datasource_id_date_modification] ON [heap].[payment] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.charge_correction_detail', N'U') IS NOT NULL DROP TABLE [crude].[charge_correction_detail];
CREATE TABLE [crude].[charge_correction_detail] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_crude_charge_correction_detail_load_sequence] ON [crude].[charge_correction_detail] ([load_sequence]);
GO

CREATE INDEX [ix_crude_charge_correction_detail_datasource_id_date_load] ON [crude].[charge_correction_detail] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.charge_correction_detail', N'U') IS NOT NULL DROP TABLE [heap].[charge_correction_detail];
CREATE TABLE [heap].[charge_correction_detail] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_heap_charge_correction_detail_personal_account_id_date_modification] ON [heap].[charge_correction_detail] ([personal_account_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.charge_detail', N'U') IS NOT NULL DROP TABLE [crude].[charge_detail];
CREATE TABLE [crude].[charge_detail] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_crude_charge_detail_load_sequence] ON [crude].[charge_detail] ([load_sequence]);
GO

CREATE INDEX [ix_crude_charge_detail_datasource_id_date_load] ON [crude].[charge_detail] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.charge_detail', N'U') IS NOT NULL DROP TABLE [heap].[charge_detail];
CREATE TABLE [heap].[charge_detail] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_heap_charge_detail_personal_account_id_date_modification] ON [heap].[charge_detail] ([personal_account_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.personal_saldo', N'U') IS NOT NULL DROP TABLE [crude].[personal_saldo];
CREATE TABLE [crude].[personal_saldo] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [period])
);
GO

CREATE INDEX [ix_crude_personal_saldo_load_sequence] ON [crude].[personal_saldo] ([load_sequence]);
GO

CREATE INDEX [ix_crude_personal_saldo_datasource_id_date_load] ON [crude].[personal_saldo] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'test.personal_saldo', N'U') IS NOT NULL DROP TABLE [test].[personal_saldo];
CREATE TABLE [test].[personal_saldo] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [period])
);
GO

CREATE INDEX [ix_test_personal_saldo_datasource_id_date_modification] ON [test].[personal_saldo] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.recalculation', N'U') IS NOT NULL DROP TABLE [crude].[recalculation];
CREATE TABLE [crude].[recalculation] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_crude_recalculation_load_sequence] ON [crude].[recalculation] ([load_sequence]);
GO

CREATE INDEX [ix_crude_recalculation_datasource_id_date_load] ON [crude].[recalculation] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.recalculation', N'U') IS NOT NULL DROP TABLE [heap].[recalculation];
CREATE TABLE [heap].[recalculation] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [service_code], [period])
);
GO

CREATE INDEX [ix_heap_recalculation_datasource_id_date_modification] ON [heap].[recalculation] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.running_balance', N'U') IS NOT NULL DROP TABLE [crude].[running_balance];
CREATE TABLE [crude].[running_balance] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [balance] decimal(12, 2) NOT NULL,
  [overdue] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [period])
);
GO

CREATE INDEX [ix_crude_running_balance_load_sequence] ON [crude].[running_balance] ([load_sequence]);
GO

CREATE INDEX [ix_crude_running_balance_datasource_id_date_load] ON [crude].[running_balance] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.running_balance', N'U') IS NOT NULL DROP TABLE [heap].[running_balance];
CREATE TABLE [heap].[running_balance] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [balance] decimal(12, 2) NOT NULL,
  [overdue] decimal(12, 2) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [period])
);
GO

CREATE INDEX [ix_heap_running_balance_datasource_id_date_modification] ON [heap].[running_balance] ([datasource_id], [date_modification]);
GO

IF OBJECT_ID(N'crude.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [crude].[turnover_balance_sheet];
CREATE TABLE [crude].[turnover_balance_sheet] (
  [datasource_id] int NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [charged] decimal(12, 2) NOT NULL,
  [corrected] decimal(12, 2) NOT NULL,
  [paid] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  [load_sequence] bigint NOT NULL,
  PRIMARY KEY ([datasource_id], [personal_account_id], [period])
);
GO

CREATE INDEX [ix_crude_turnover_balance_sheet_load_sequence] ON [crude].[turnover_balance_sheet] ([load_sequence]);
GO

CREATE INDEX [ix_crude_turnover_balance_sheet_datasource_id_date_load] ON [crude].[turnover_balance_sheet] ([datasource_id], [date_load]);
GO

IF OBJECT_ID(N'heap.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [heap].[turnover_balance_sheet];
CREATE TABLE [heap].[turnover_balance_sheet] (
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [charged] decimal(12, 2) NOT NULL,
  [corrected] decimal(12, 2) NOT NULL,
  [paid] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  PRIMARY KEY ([personal_account_id], [period])
);
GO

CREATE INDEX [ix_heap_turnover_balance_sheet_personal_account_id_date_modification] ON [heap].[turnover_balance_sheet] ([personal_account_id], [date_modification]);
GO

CREATE INDEX [ix_heap_payment_personal_account_id] ON [heap].[payment] ([personal_account_id]);
GO

CREATE INDEX [ix_heap_premises_premises_id] ON [heap].[premises] ([premises_id]);
GO

IF OBJECT_ID(N'dbo.Currencies', N'U') IS NOT NULL DROP TABLE [dbo].[Currencies];
CREATE TABLE [dbo].[Currencies] (
  [ID] char(10) NOT NULL,
  [ObjVersion] int NOT NULL,
  [Hidden] char(1) NOT NULL,
  [Code] nvarchar(3) NOT NULL,
  [Name] nvarchar(30) NOT NULL,
  [Symbol] nvarchar(10) NOT NULL,
  [Rounding] int NOT NULL,
  [DocVATRounding] int NOT NULL,
  PRIMARY KEY ([ID])
);
GO

IF OBJECT_ID(N'dbo.Countries', N'U') IS NOT NULL DROP TABLE [dbo].[Countries];
CREATE TABLE [dbo].[Countries] (
  [ID] char(10) NOT NULL,
  [ObjVersion] int NOT NULL,
  [Hidden] char(1) NOT NULL,
  [Code] nvarchar(3) NOT NULL,
  [Name] nvarchar(50) NOT NULL,
  [NumCode] char(3) NOT NULL,
  [EUMember] char(1) NOT NULL,
  [Currency_ID] char(10) NOT NULL,
  PRIMARY KEY ([ID])
);
GO

IF OBJECT_ID(N'dbo.Countries2', N'U') IS NOT NULL DROP TABLE [dbo].[Countries2];
CREATE TABLE [dbo].[Countries2] (
  [ID] char(10) NOT NULL,
  [ObjVersion] int NOT NULL,
  [Parent_ID] char(10) NOT NULL,
  [DateOfChange$DATE] float NOT NULL,
  [EUMember] char(1) NOT NULL,
  [VATCode] nvarchar(3) NOT NULL,
  PRIMARY KEY ([ID])
);
GO

CREATE INDEX [ix_dbo_Countries2_Parent_ID] ON [dbo].[Countries2] ([Parent_ID]);
GO

IF OBJECT_ID(N'crude.load_state', N'U') IS NOT NULL DROP TABLE [crude].[load_state];
CREATE TABLE [crude].[load_state] (
  [entity] varchar(40) NOT NULL,
  [database_name] varchar(20) NOT NULL,
  [export_sequence] bigint NOT NULL,
  [export_batch_id] bigint NOT NULL,
  PRIMARY KEY ([entity], [database_name])
);
GO

IF OBJECT_ID(N'crude.load_batch', N'U') IS NOT NULL DROP TABLE [crude].[load_batch];
CREATE TABLE [crude].[load_batch] (
  [load_batch_id] bigint NOT NULL,
  [entity] varchar(40) NOT NULL,
  [datasource_id] int NOT NULL,
  [date_load] datetime2(3) NOT NULL,
  PRIMARY KEY ([load_batch_id])
);
GO

IF OBJECT_ID(N'heap.load_state', N'U') IS NOT NULL DROP TABLE [heap].[load_state];
CREATE TABLE [heap].[load_state] (
  [entity] varchar(40) NOT NULL,
  [load_sequence] bigint NOT NULL,
  [load_batch_id] bigint NOT NULL,
  PRIMARY KEY ([entity])
);
GO
