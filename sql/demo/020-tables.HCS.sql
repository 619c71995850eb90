-- Live rows (dbo) and exported ones, made anew.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [HCS];
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

IF SCHEMA_ID(N'heap') IS NULL EXEC(N'CREATE SCHEMA [heap] AUTHORIZATION dbo');
GO

IF OBJECT_ID(N'dbo.bank_code', N'U') IS NOT NULL DROP TABLE [dbo].[bank_code];
CREATE TABLE [dbo].[bank_code] (
  [bank_code] char(9) NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [correspondent_account] varchar(20) NOT NULL,
  PRIMARY KEY ([bank_code])
);
GO

IF OBJECT_ID(N'heap.bank_dictionary', N'U') IS NOT NULL DROP TABLE [heap].[bank_dictionary];
CREATE TABLE [heap].[bank_dictionary] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [bank_code] char(9) NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [correspondent_account] varchar(20) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [bank_code])
);
GO

CREATE INDEX [ix_heap_bank_dictionary_export_sequence] ON [heap].[bank_dictionary] ([export_sequence]);
GO

CREATE INDEX [ix_heap_bank_dictionary_bill_datasource_section_date_modification] ON [heap].[bank_dictionary] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_bank_dictionary_date_modification] ON [heap].[bank_dictionary] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.benefit_provider', N'U') IS NOT NULL DROP TABLE [dbo].[benefit_provider];
CREATE TABLE [dbo].[benefit_provider] (
  [benefit_provider_id] int NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [level] nvarchar(40) NOT NULL,
  PRIMARY KEY ([benefit_provider_id])
);
GO

IF OBJECT_ID(N'heap.benefit_provider', N'U') IS NOT NULL DROP TABLE [heap].[benefit_provider];
CREATE TABLE [heap].[benefit_provider] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [benefit_provider_id] int NOT NULL,
  [name] nvarchar(120) NOT NULL,
  [level] nvarchar(40) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [benefit_provider_id])
);
GO

CREATE INDEX [ix_heap_benefit_provider_export_sequence] ON [heap].[benefit_provider] ([export_sequence]);
GO

CREATE INDEX [ix_heap_benefit_provider_bill_datasource_section_date_modification] ON [heap].[benefit_provider] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_benefit_provider_date_modification] ON [heap].[benefit_provider] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.building_structure', N'U') IS NOT NULL DROP TABLE [dbo].[building_structure];
CREATE TABLE [dbo].[building_structure] (
  [area] varchar(4) NOT NULL,
  [building_structure_id] bigint NOT NULL,
  [city_id] int NOT NULL,
  [street] nvarchar(80) NOT NULL,
  [house] nvarchar(10) NOT NULL,
  [floors] smallint NOT NULL,
  [entrances] smallint NOT NULL,
  [wall_material] nvarchar(40) NOT NULL,
  [built_year] smallint NOT NULL,
  PRIMARY KEY ([area], [building_structure_id])
);
GO

IF OBJECT_ID(N'heap.building_structure', N'U') IS NOT NULL DROP TABLE [heap].[building_structure];
CREATE TABLE [heap].[building_structure] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [building_structure_id] bigint NOT NULL,
  [city_id] int NOT NULL,
  [street] nvarchar(80) NOT NULL,
  [house] nvarchar(10) NOT NULL,
  [floors] smallint NOT NULL,
  [entrances] smallint NOT NULL,
  [wall_material] nvarchar(40) NOT NULL,
  [built_year] smallint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [building_structure_id])
);
GO

CREATE INDEX [ix_heap_building_structure_export_sequence] ON [heap].[building_structure] ([export_sequence]);
GO

CREATE INDEX [ix_heap_building_structure_bill_datasource_section_date_modification] ON [heap].[building_structure] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_building_structure_date_modification] ON [heap].[building_structure] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.city', N'U') IS NOT NULL DROP TABLE [dbo].[city];
CREATE TABLE [dbo].[city] (
  [city_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [kind] nvarchar(20) NOT NULL,
  PRIMARY KEY ([city_id])
);
GO

IF OBJECT_ID(N'heap.city', N'U') IS NOT NULL DROP TABLE [heap].[city];
CREATE TABLE [heap].[city] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [city_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [kind] nvarchar(20) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [city_id])
);
GO

CREATE INDEX [ix_heap_city_export_sequence] ON [heap].[city] ([export_sequence]);
GO

CREATE INDEX [ix_heap_city_bill_datasource_section_date_modification] ON [heap].[city] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_city_date_modification] ON [heap].[city] ([date_modification]);
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

IF OBJECT_ID(N'heap.equipment', N'U') IS NOT NULL DROP TABLE [heap].[equipment];
CREATE TABLE [heap].[equipment] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [equipment_id] int NOT NULL,
  [model] nvarchar(60) NOT NULL,
  [resource] nvarchar(40) NOT NULL,
  [digits] tinyint NOT NULL,
  [verification_interval_years] tinyint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [equipment_id])
);
GO

CREATE INDEX [ix_heap_equipment_export_sequence] ON [heap].[equipment] ([export_sequence]);
GO

CREATE INDEX [ix_heap_equipment_bill_datasource_section_date_modification] ON [heap].[equipment] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_equipment_date_modification] ON [heap].[equipment] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.meter', N'U') IS NOT NULL DROP TABLE [dbo].[meter];
CREATE TABLE [dbo].[meter] (
  [area] varchar(4) NOT NULL,
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  PRIMARY KEY ([area], [meter_id])
);
GO

IF OBJECT_ID(N'heap.meter', N'U') IS NOT NULL DROP TABLE [heap].[meter];
CREATE TABLE [heap].[meter] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [meter_id] bigint NOT NULL,
  [serial_number] varchar(20) NOT NULL,
  [equipment_id] int NOT NULL,
  [installed_on] date NOT NULL,
  [verified_until] date NOT NULL,
  [initial_reading] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [meter_id])
);
GO

CREATE INDEX [ix_heap_meter_export_sequence] ON [heap].[meter] ([export_sequence]);
GO

CREATE INDEX [ix_heap_meter_bill_datasource_section_date_modification] ON [heap].[meter] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_meter_date_modification] ON [heap].[meter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.meter_place', N'U') IS NOT NULL DROP TABLE [dbo].[meter_place];
CREATE TABLE [dbo].[meter_place] (
  [area] varchar(4) NOT NULL,
  [meter_place_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  PRIMARY KEY ([area], [meter_place_id])
);
GO

IF OBJECT_ID(N'heap.meter_place', N'U') IS NOT NULL DROP TABLE [heap].[meter_place];
CREATE TABLE [heap].[meter_place] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [meter_place_id] int NOT NULL,
  [name] nvarchar(60) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [meter_place_id])
);
GO

CREATE INDEX [ix_heap_meter_place_export_sequence] ON [heap].[meter_place] ([export_sequence]);
GO

CREATE INDEX [ix_heap_meter_place_bill_datasource_section_date_modification] ON [heap].[meter_place] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_meter_place_date_modification] ON [heap].[meter_place] ([date_modification]);
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

IF OBJECT_ID(N'heap.premises', N'U') IS NOT NULL DROP TABLE [heap].[premises];
CREATE TABLE [heap].[premises] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [premises_id] bigint NOT NULL,
  [address] nvarchar(200) NOT NULL,
  [kind] nvarchar(40) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [rooms] tinyint NOT NULL,
  [floor] smallint NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [premises_id])
);
GO

CREATE INDEX [ix_heap_premises_export_sequence] ON [heap].[premises] ([export_sequence]);
GO

CREATE INDEX [ix_heap_premises_bill_datasource_section_date_modification] ON [heap].[premises] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_premises_date_modification] ON [heap].[premises] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account];
CREATE TABLE [dbo].[personal_account] (
  [area] varchar(4) NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [account_number] varchar(20) NOT NULL,
  [premises_id] bigint NOT NULL,
  [owner_name] nvarchar(120) NOT NULL,
  [residents] tinyint NOT NULL,
  [opened_on] date NOT NULL,
  [closed_on] date NULL,
  PRIMARY KEY ([area], [personal_account_id])
);
GO

IF OBJECT_ID(N'heap.personal_account', N'U') IS NOT NULL DROP TABLE [heap].[personal_account];
CREATE TABLE [heap].[personal_account] (
  [bill_datasource_section] varchar(4) NOT NULL,
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
  PRIMARY KEY ([bill_datasource_section], [personal_account_id])
);
GO

CREATE INDEX [ix_heap_personal_account_export_sequence] ON [heap].[personal_account] ([export_sequence]);
GO

CREATE INDEX [ix_heap_personal_account_bill_datasource_section_date_modification] ON [heap].[personal_account] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_personal_account_date_modification] ON [heap].[personal_account] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account_meter', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account_meter];
CREATE TABLE [dbo].[personal_account_meter] (
  [area] varchar(4) NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  PRIMARY KEY ([area], [personal_account_id], [meter_id])
);
GO

IF OBJECT_ID(N'heap.personal_account_meter', N'U') IS NOT NULL DROP TABLE [heap].[personal_account_meter];
CREATE TABLE [heap].[personal_account_meter] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [meter_id] bigint NOT NULL,
  [meter_place_id] int NULL,
  [date_from] date NOT NULL,
  [date_to] date NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [personal_account_id], [meter_id])
);
GO

CREATE INDEX [ix_heap_personal_account_meter_export_sequence] ON [heap].[personal_account_meter] ([export_sequence]);
GO

CREATE INDEX [ix_heap_personal_account_meter_bill_datasource_section_date_modification] ON [heap].[personal_account_meter] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_personal_account_meter_date_modification] ON [heap].[personal_account_meter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [dbo].[personal_account_parameter];
CREATE TABLE [dbo].[personal_account_parameter] (
  [area] varchar(4) NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  PRIMARY KEY ([area], [personal_account_id], [parameter_code])
);
GO

IF OBJECT_ID(N'heap.personal_account_parameter', N'U') IS NOT NULL DROP TABLE [heap].[personal_account_parameter];
CREATE TABLE [heap].[personal_account_parameter] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [parameter_code] varchar(20) NOT NULL,
  [value] nvarchar(60) NOT NULL,
  [date_from] date NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [personal_account_id], [parameter_code])
);
GO

CREATE INDEX [ix_heap_personal_account_parameter_export_sequence] ON [heap].[personal_account_parameter] ([export_sequence]);
GO

CREATE INDEX [ix_heap_personal_account_parameter_bill_datasource_section_date_modification] ON [heap].[personal_account_parameter] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_personal_account_parameter_date_modification] ON [heap].[personal_account_parameter] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.room', N'U') IS NOT NULL DROP TABLE [dbo].[room];
CREATE TABLE [dbo].[room] (
  [premises_id] bigint NOT NULL,
  [room_number] nvarchar(10) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  PRIMARY KEY ([premises_id], [room_number])
);
GO

IF OBJECT_ID(N'heap.room', N'U') IS NOT NULL DROP TABLE [heap].[room];
CREATE TABLE [heap].[room] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [premises_id] bigint NOT NULL,
  [room_number] nvarchar(10) NOT NULL,
  [square] decimal(8, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [premises_id], [room_number])
);
GO

CREATE INDEX [ix_heap_room_export_sequence] ON [heap].[room] ([export_sequence]);
GO

CREATE INDEX [ix_heap_room_bill_datasource_section_date_modification] ON [heap].[room] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_room_date_modification] ON [heap].[room] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.meter_reading', N'U') IS NOT NULL DROP TABLE [dbo].[meter_reading];
CREATE TABLE [dbo].[meter_reading] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  PRIMARY KEY ([area], [period], [meter_id], [reading_date])
);
GO

IF OBJECT_ID(N'heap.meter_reading', N'U') IS NOT NULL DROP TABLE [heap].[meter_reading];
CREATE TABLE [heap].[meter_reading] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [meter_id] bigint NOT NULL,
  [reading_date] date NOT NULL,
  [reading] decimal(12, 3) NOT NULL,
  [consumption] decimal(12, 3) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [meter_id], [reading_date])
);
GO

CREATE INDEX [ix_heap_meter_reading_export_sequence] ON [heap].[meter_reading] ([export_sequence]);
GO

CREATE INDEX [ix_heap_meter_reading_bill_datasource_section_date_modification] ON [heap].[meter_reading] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_meter_reading_date_modification] ON [heap].[meter_reading] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.payment', N'U') IS NOT NULL DROP TABLE [dbo].[payment];
CREATE TABLE [dbo].[payment] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  PRIMARY KEY ([area], [period], [payment_id])
);
GO

IF OBJECT_ID(N'heap.payment', N'U') IS NOT NULL DROP TABLE [heap].[payment];
CREATE TABLE [heap].[payment] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [payment_id] bigint NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [payment_date] date NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [bank_code] char(9) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [payment_id])
);
GO

CREATE INDEX [ix_heap_payment_export_sequence] ON [heap].[payment] ([export_sequence]);
GO

CREATE INDEX [ix_heap_payment_bill_datasource_section_date_modification] ON [heap].[payment] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_payment_date_modification] ON [heap].[payment] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.charge_correction_detail', N'U') IS NOT NULL DROP TABLE [dbo].[charge_correction_detail];
CREATE TABLE [dbo].[charge_correction_detail] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id], [service_code])
);
GO

IF OBJECT_ID(N'heap.charge_correction_detail', N'U') IS NOT NULL DROP TABLE [heap].[charge_correction_detail];
CREATE TABLE [heap].[charge_correction_detail] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id], [service_code])
);
GO

CREATE INDEX [ix_heap_charge_correction_detail_export_sequence] ON [heap].[charge_correction_detail] ([export_sequence]);
GO

CREATE INDEX [ix_heap_charge_correction_detail_bill_datasource_section_date_modification] ON [heap].[charge_correction_detail] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_charge_correction_detail_date_modification] ON [heap].[charge_correction_detail] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.charge_detail', N'U') IS NOT NULL DROP TABLE [dbo].[charge_detail];
CREATE TABLE [dbo].[charge_detail] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id], [service_code])
);
GO

IF OBJECT_ID(N'heap.charge_detail', N'U') IS NOT NULL DROP TABLE [heap].[charge_detail];
CREATE TABLE [heap].[charge_detail] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [quantity] decimal(12, 3) NOT NULL,
  [tariff] decimal(10, 2) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id], [service_code])
);
GO

CREATE INDEX [ix_heap_charge_detail_export_sequence] ON [heap].[charge_detail] ([export_sequence]);
GO

CREATE INDEX [ix_heap_charge_detail_bill_datasource_section_date_modification] ON [heap].[charge_detail] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_charge_detail_date_modification] ON [heap].[charge_detail] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.personal_saldo', N'U') IS NOT NULL DROP TABLE [dbo].[personal_saldo];
CREATE TABLE [dbo].[personal_saldo] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id])
);
GO

IF OBJECT_ID(N'heap.personal_saldo', N'U') IS NOT NULL DROP TABLE [heap].[personal_saldo];
CREATE TABLE [heap].[personal_saldo] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id])
);
GO

CREATE INDEX [ix_heap_personal_saldo_export_sequence] ON [heap].[personal_saldo] ([export_sequence]);
GO

CREATE INDEX [ix_heap_personal_saldo_bill_datasource_section_date_modification] ON [heap].[personal_saldo] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_personal_saldo_date_modification] ON [heap].[personal_saldo] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.recalculation', N'U') IS NOT NULL DROP TABLE [dbo].[recalculation];
CREATE TABLE [dbo].[recalculation] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id], [service_code])
);
GO

IF OBJECT_ID(N'heap.recalculation', N'U') IS NOT NULL DROP TABLE [heap].[recalculation];
CREATE TABLE [heap].[recalculation] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [service_code] varchar(10) NOT NULL,
  [amount] decimal(12, 2) NOT NULL,
  [reason] nvarchar(80) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id], [service_code])
);
GO

CREATE INDEX [ix_heap_recalculation_export_sequence] ON [heap].[recalculation] ([export_sequence]);
GO

CREATE INDEX [ix_heap_recalculation_bill_datasource_section_date_modification] ON [heap].[recalculation] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_recalculation_date_modification] ON [heap].[recalculation] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.running_balance', N'U') IS NOT NULL DROP TABLE [dbo].[running_balance];
CREATE TABLE [dbo].[running_balance] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [balance] decimal(12, 2) NOT NULL,
  [overdue] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id])
);
GO

IF OBJECT_ID(N'heap.running_balance', N'U') IS NOT NULL DROP TABLE [heap].[running_balance];
CREATE TABLE [heap].[running_balance] (
  [bill_datasource_section] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [balance] decimal(12, 2) NOT NULL,
  [overdue] decimal(12, 2) NOT NULL,
  [is_deleted] bit NOT NULL,
  [date_modification] datetime2(3) NOT NULL,
  [export_sequence] bigint NOT NULL,
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id])
);
GO

CREATE INDEX [ix_heap_running_balance_export_sequence] ON [heap].[running_balance] ([export_sequence]);
GO

CREATE INDEX [ix_heap_running_balance_bill_datasource_section_date_modification] ON [heap].[running_balance] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_running_balance_date_modification] ON [heap].[running_balance] ([date_modification]);
GO

IF OBJECT_ID(N'dbo.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [dbo].[turnover_balance_sheet];
CREATE TABLE [dbo].[turnover_balance_sheet] (
  [area] varchar(4) NOT NULL,
  [period] date NOT NULL,
  [personal_account_id] bigint NOT NULL,
  [opening] decimal(12, 2) NOT NULL,
  [charged] decimal(12, 2) NOT NULL,
  [corrected] decimal(12, 2) NOT NULL,
  [paid] decimal(12, 2) NOT NULL,
  [closing] decimal(12, 2) NOT NULL,
  PRIMARY KEY ([area], [period], [personal_account_id])
);
GO

IF OBJECT_ID(N'heap.turnover_balance_sheet', N'U') IS NOT NULL DROP TABLE [heap].[turnover_balance_sheet];
CREATE TABLE [heap].[turnover_balance_sheet] (
  [bill_datasource_section] varchar(4) NOT NULL,
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
  PRIMARY KEY ([bill_datasource_section], [period], [personal_account_id])
);
GO

CREATE INDEX [ix_heap_turnover_balance_sheet_export_sequence] ON [heap].[turnover_balance_sheet] ([export_sequence]);
GO

CREATE INDEX [ix_heap_turnover_balance_sheet_bill_datasource_section_date_modification] ON [heap].[turnover_balance_sheet] ([bill_datasource_section], [date_modification]);
GO

CREATE INDEX [ix_heap_turnover_balance_sheet_date_modification] ON [heap].[turnover_balance_sheet] ([date_modification]);
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
