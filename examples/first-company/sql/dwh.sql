-- The base: a table for each entity, and the procedure that fills it. A month is loaded anew as a
-- whole, so that a call that is made twice leaves what one leaves.

CREATE TABLE dbo.customer (
  id int NOT NULL PRIMARY KEY,
  name nvarchar(100) NOT NULL
);
CREATE TABLE dbo.sale (
  id int NOT NULL PRIMARY KEY,
  customer_id int NOT NULL,
  sold_on date NOT NULL,
  amount decimal(12, 2) NOT NULL
);
GO
CREATE PROCEDURE dbo.load_customer
AS
BEGIN
  SET NOCOUNT ON;
  DELETE FROM dbo.customer;
  INSERT INTO dbo.customer (id, name) SELECT id, name FROM SHOP.dbo.customer;
END;
GO
CREATE PROCEDURE dbo.load_sale @month int
AS
BEGIN
  SET NOCOUNT ON;
  DELETE FROM dbo.sale WHERE YEAR(sold_on) * 100 + MONTH(sold_on) = @month;
  INSERT INTO dbo.sale (id, customer_id, sold_on, amount)
  SELECT id, customer_id, sold_on, amount FROM SHOP.dbo.sale
  WHERE YEAR(sold_on) * 100 + MONTH(sold_on) = @month;
END;
GO
