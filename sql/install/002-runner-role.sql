-- What the app's login or managed identity is a member of. Its rights come from the catalogue:
-- npm run sql:install -- --grants
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
IF DATABASE_PRINCIPAL_ID(N'syncboard_runner') IS NULL CREATE ROLE syncboard_runner;
GO
