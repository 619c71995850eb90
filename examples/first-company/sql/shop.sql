-- The shop's own database: two tables that are there before syncboard comes.

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
INSERT INTO dbo.customer (id, name) VALUES (1, N'Jana Nováková'), (2, N'Pekárna, s.r.o.');
INSERT INTO dbo.sale (id, customer_id, sold_on, amount) VALUES
  (10, 1, '2026-02-03', 120.50), (11, 2, '2026-02-28', 900.00), (12, 2, '2026-03-01', 75.25);
GO
