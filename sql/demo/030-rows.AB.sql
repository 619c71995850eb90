-- The data sources, where every load begins, and the countries.
-- Generated: change demo/billing and run `npm run demo:sql`.

USE [AB];
GO

SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO

INSERT INTO [heap].[list_datasource] ([list_datasource_id], [datasource_section], [database_name])
VALUES
  (1, '0c01', 'HCS'),
  (2, '0c05', 'HCS'),
  (3, '0c06', 'HCS'),
  (4, '0c08', 'HCS'),
  (5, '0c10', 'HCS'),
  (6, '0c20', 'HCS'),
  (7, '0c21', 'HCS'),
  (8, '0c23', 'HCS'),
  (9, '0t10', 'HCS'),
  (10, '1c10', 'HCS'),
  (11, '2c10', 'HCS'),
  (12, 'all', 'HCS'),
  (13, 'stek', 'STEK'),
  (14, 'region', 'STEK_REGION'),
  (15, 'mo', 'STEK_MO'),
  (16, 'zagser', 'STEK_ZAGSER');
GO

INSERT INTO [crude].[load_state] ([entity], [database_name], [export_sequence], [export_batch_id])
VALUES
  ('bank_code', 'HCS', 0, 0),
  ('benefit_provider', 'HCS', 0, 0),
  ('building_structure', 'HCS', 0, 0),
  ('city', 'HCS', 0, 0),
  ('equipment', 'HCS', 0, 0),
  ('equipment', 'STEK', 0, 0),
  ('equipment', 'STEK_REGION', 0, 0),
  ('equipment', 'STEK_MO', 0, 0),
  ('equipment', 'STEK_ZAGSER', 0, 0),
  ('meter', 'HCS', 0, 0),
  ('meter', 'STEK', 0, 0),
  ('meter', 'STEK_REGION', 0, 0),
  ('meter', 'STEK_MO', 0, 0),
  ('meter', 'STEK_ZAGSER', 0, 0),
  ('meter_place', 'HCS', 0, 0),
  ('premises', 'HCS', 0, 0),
  ('premises', 'STEK', 0, 0),
  ('premises', 'STEK_REGION', 0, 0),
  ('premises', 'STEK_MO', 0, 0),
  ('premises', 'STEK_ZAGSER', 0, 0),
  ('personal_account', 'HCS', 0, 0),
  ('personal_account', 'STEK', 0, 0),
  ('personal_account', 'STEK_REGION', 0, 0),
  ('personal_account', 'STEK_MO', 0, 0),
  ('personal_account', 'STEK_ZAGSER', 0, 0),
  ('personal_account_meter', 'HCS', 0, 0),
  ('personal_account_meter', 'STEK', 0, 0),
  ('personal_account_meter', 'STEK_REGION', 0, 0),
  ('personal_account_meter', 'STEK_MO', 0, 0),
  ('personal_account_meter', 'STEK_ZAGSER', 0, 0),
  ('personal_account_parameter', 'HCS', 0, 0),
  ('personal_account_parameter', 'STEK', 0, 0),
  ('personal_account_parameter', 'STEK_REGION', 0, 0),
  ('personal_account_parameter', 'STEK_MO', 0, 0),
  ('personal_account_parameter', 'STEK_ZAGSER', 0, 0),
  ('room', 'HCS', 0, 0),
  ('meter_reading', 'HCS', 0, 0),
  ('meter_reading', 'STEK', 0, 0),
  ('meter_reading', 'STEK_REGION', 0, 0),
  ('meter_reading', 'STEK_MO', 0, 0),
  ('meter_reading', 'STEK_ZAGSER', 0, 0),
  ('payment', 'HCS', 0, 0),
  ('payment', 'STEK', 0, 0),
  ('payment', 'STEK_REGION', 0, 0),
  ('payment', 'STEK_MO', 0, 0),
  ('payment', 'STEK_ZAGSER', 0, 0),
  ('charge_correction_detail', 'HCS', 0, 0),
  ('charge_detail', 'HCS', 0, 0),
  ('charge_detail', 'STEK', 0, 0),
  ('charge_detail', 'STEK_REGION', 0, 0),
  ('charge_detail', 'STEK_MO', 0, 0),
  ('charge_detail', 'STEK_ZAGSER', 0, 0),
  ('personal_saldo', 'HCS', 0, 0),
  ('personal_saldo', 'STEK', 0, 0),
  ('personal_saldo', 'STEK_REGION', 0, 0),
  ('personal_saldo', 'STEK_MO', 0, 0),
  ('personal_saldo', 'STEK_ZAGSER', 0, 0),
  ('recalculation', 'HCS', 0, 0),
  ('recalculation', 'STEK', 0, 0),
  ('recalculation', 'STEK_REGION', 0, 0),
  ('recalculation', 'STEK_MO', 0, 0),
  ('recalculation', 'STEK_ZAGSER', 0, 0),
  ('running_balance', 'HCS', 0, 0),
  ('turnover_balance_sheet', 'HCS', 0, 0),
  ('turnover_balance_sheet', 'STEK', 0, 0),
  ('turnover_balance_sheet', 'STEK_REGION', 0, 0),
  ('turnover_balance_sheet', 'STEK_MO', 0, 0),
  ('turnover_balance_sheet', 'STEK_ZAGSER', 0, 0);
GO

INSERT INTO [heap].[load_state] ([entity], [load_sequence], [load_batch_id])
VALUES
  ('bank_code', 0, 0),
  ('benefit_provider', 0, 0),
  ('building_structure', 0, 0),
  ('city', 0, 0),
  ('equipment', 0, 0),
  ('meter', 0, 0),
  ('meter_place', 0, 0),
  ('premises', 0, 0),
  ('personal_account', 0, 0),
  ('personal_account_meter', 0, 0),
  ('personal_account_parameter', 0, 0),
  ('room', 0, 0),
  ('meter_reading', 0, 0),
  ('payment', 0, 0),
  ('charge_correction_detail', 0, 0),
  ('charge_detail', 0, 0),
  ('personal_saldo', 0, 0),
  ('recalculation', 0, 0),
  ('running_balance', 0, 0),
  ('turnover_balance_sheet', 0, 0);
GO

INSERT INTO [dbo].[Currencies] ([ID], [ObjVersion], [Hidden], [Code], [Name], [Symbol], [Rounding], [DocVATRounding])
VALUES
  (N'1000000101', 1, N'N', N'CZK', N'Česká koruna', N'Kč', 2, 2),
  (N'2000000101', 1, N'N', N'EUR', N'Euro', N'€', 2, 2),
  (N'3000000101', 1, N'N', N'PLN', N'Polský zlotý', N'zł', 2, 2),
  (N'4000000101', 1, N'N', N'HUF', N'Maďarský forint', N'Ft', 0, 0),
  (N'5000000101', 1, N'N', N'GBP', N'Britská libra', N'£', 2, 2),
  (N'6000000101', 1, N'N', N'USD', N'Americký dolar', N'$', 2, 2),
  (N'7000000101', 1, N'N', N'CHF', N'Švýcarský frank', N'CHF', 2, 2),
  (N'8000000101', 1, N'N', N'SEK', N'Švédská koruna', N'kr', 2, 2),
  (N'9000000101', 1, N'N', N'DKK', N'Dánská koruna', N'kr', 2, 2),
  (N'A000000101', 1, N'N', N'NOK', N'Norská koruna', N'kr', 2, 2),
  (N'B000000101', 1, N'N', N'JPY', N'Japonský jen', N'¥', 0, 0);
GO

INSERT INTO [dbo].[Countries] ([ID], [ObjVersion], [Hidden], [Code], [Name], [NumCode], [EUMember], [Currency_ID])
VALUES
  (N'1000000101', 1, N'N', N'CZ', N'Česká republika', N'203', N'A', N'1000000101'),
  (N'2000000101', 2, N'N', N'SK', N'Slovensko', N'703', N'A', N'2000000101'),
  (N'3000000101', 3, N'N', N'AT', N'Rakousko', N'040', N'A', N'2000000101'),
  (N'4000000101', 1, N'N', N'BE', N'Belgie', N'056', N'A', N'2000000101'),
  (N'5000000101', 2, N'N', N'DE', N'Německo', N'276', N'A', N'2000000101'),
  (N'6000000101', 3, N'N', N'DK', N'Dánsko', N'208', N'A', N'9000000101'),
  (N'7000000101', 1, N'N', N'EE', N'Estonsko', N'233', N'A', N'2000000101'),
  (N'8000000101', 2, N'N', N'ES', N'Španělsko', N'724', N'A', N'2000000101'),
  (N'9000000101', 3, N'N', N'FI', N'Finsko', N'246', N'A', N'2000000101'),
  (N'A000000101', 1, N'N', N'FR', N'Francie', N'250', N'A', N'2000000101'),
  (N'B000000101', 2, N'N', N'GB', N'Velká Británie', N'826', N'N', N'5000000101'),
  (N'C000000101', 3, N'N', N'HR', N'Chorvatsko', N'191', N'A', N'2000000101'),
  (N'D000000101', 1, N'N', N'HU', N'Maďarsko', N'348', N'A', N'4000000101'),
  (N'E000000101', 2, N'N', N'CH', N'Švýcarsko', N'756', N'N', N'7000000101'),
  (N'F000000101', 3, N'N', N'IE', N'Irsko', N'372', N'A', N'2000000101'),
  (N'G000000101', 1, N'N', N'IT', N'Itálie', N'380', N'A', N'2000000101'),
  (N'H000000101', 2, N'A', N'JP', N'Japonsko', N'392', N'N', N'B000000101'),
  (N'I000000101', 3, N'N', N'LT', N'Litva', N'440', N'A', N'2000000101'),
  (N'J000000101', 1, N'N', N'LV', N'Lotyšsko', N'428', N'A', N'2000000101'),
  (N'K000000101', 2, N'N', N'NL', N'Nizozemsko', N'528', N'A', N'2000000101'),
  (N'L000000101', 3, N'N', N'NO', N'Norsko', N'578', N'N', N'A000000101'),
  (N'M000000101', 1, N'N', N'PL', N'Polsko', N'616', N'A', N'3000000101'),
  (N'N000000101', 2, N'N', N'PT', N'Portugalsko', N'620', N'A', N'2000000101'),
  (N'O000000101', 3, N'N', N'SE', N'Švédsko', N'752', N'A', N'8000000101'),
  (N'P000000101', 1, N'N', N'SI', N'Slovinsko', N'705', N'A', N'2000000101'),
  (N'Q000000101', 2, N'N', N'US', N'Spojené státy americké', N'840', N'N', N'6000000101');
GO

INSERT INTO [dbo].[Countries2] ([ID], [ObjVersion], [Parent_ID], [DateOfChange$DATE], [EUMember], [VATCode])
VALUES
  (N'1000000101', 1, N'1000000101', 38108, N'A', N'CZ'),
  (N'2000000101', 1, N'2000000101', 38108, N'A', N'SK'),
  (N'3000000101', 1, N'3000000101', 34700, N'A', N'AT'),
  (N'4000000101', 1, N'4000000101', 34274, N'A', N'BE'),
  (N'5000000101', 1, N'5000000101', 34274, N'A', N'DE'),
  (N'6000000101', 1, N'6000000101', 34274, N'A', N'DK'),
  (N'7000000101', 1, N'7000000101', 38108, N'A', N'EE'),
  (N'8000000101', 1, N'8000000101', 34274, N'A', N'ES'),
  (N'9000000101', 1, N'9000000101', 34700, N'A', N'FI'),
  (N'A000000101', 1, N'A000000101', 34274, N'A', N'FR'),
  (N'B000000101', 1, N'B000000101', 34274, N'A', N'GB'),
  (N'C000000101', 1, N'B000000101', 43862, N'N', N''),
  (N'D000000101', 1, N'C000000101', 41456, N'A', N'HR'),
  (N'E000000101', 1, N'D000000101', 38108, N'A', N'HU'),
  (N'F000000101', 1, N'F000000101', 34274, N'A', N'IE'),
  (N'G000000101', 1, N'G000000101', 34274, N'A', N'IT'),
  (N'H000000101', 1, N'I000000101', 38108, N'A', N'LT'),
  (N'I000000101', 1, N'J000000101', 38108, N'A', N'LV'),
  (N'J000000101', 1, N'K000000101', 34274, N'A', N'NL'),
  (N'K000000101', 1, N'M000000101', 38108, N'A', N'PL'),
  (N'L000000101', 1, N'N000000101', 34274, N'A', N'PT'),
  (N'M000000101', 1, N'O000000101', 34700, N'A', N'SE'),
  (N'N000000101', 1, N'P000000101', 38108, N'A', N'SI');
GO
