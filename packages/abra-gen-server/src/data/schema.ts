/** Tables of the connection. `$DATE` columns hold stored dates, booleans are `A` and `N`. */

export const schema = `
CREATE TABLE Currencies (ID TEXT PRIMARY KEY, ObjVersion INTEGER, Hidden TEXT, Code TEXT, Name TEXT,
  Symbol TEXT, DocVATRounding INTEGER);
CREATE TABLE Countries (ID TEXT PRIMARY KEY, ObjVersion INTEGER, Hidden TEXT, Code TEXT, Name TEXT,
  NumCode INTEGER, EUMember TEXT, EUDate$DATE REAL, LangCode TEXT, Currency_ID TEXT);
CREATE TABLE Countries2 (ID TEXT PRIMARY KEY, ObjVersion INTEGER, Parent_ID TEXT,
  DateOfChange$DATE REAL, EUMember TEXT, Currency_ID TEXT);
CREATE INDEX Countries2_Parent ON Countries2 (Parent_ID);

CREATE TABLE DocQueues (ID TEXT PRIMARY KEY, Code TEXT, Name TEXT);
CREATE TABLE Periods (ID TEXT PRIMARY KEY, Code TEXT, Name TEXT);
CREATE TABLE Firms (ID TEXT PRIMARY KEY, Code TEXT, Name TEXT, OrgIdentNumber TEXT, City TEXT);
CREATE TABLE VATRates (ID TEXT PRIMARY KEY, Name TEXT, Tariff REAL);
CREATE TABLE StoreCards (ID TEXT PRIMARY KEY, Code TEXT, Name TEXT, QUnit TEXT);
CREATE TABLE StoreBatches (ID TEXT PRIMARY KEY, StoreCard_ID TEXT, Name TEXT);

CREATE TABLE IssuedInvoices (ID TEXT PRIMARY KEY, ObjVersion INTEGER, DocQueue_ID TEXT,
  Period_ID TEXT, OrdNumber INTEGER, DocDate$DATE REAL, DueDate$DATE REAL, CreatedAt$DATE REAL,
  Firm_ID TEXT, Currency_ID TEXT, Description TEXT, Amount REAL, PaidAmount REAL,
  SimplifiedVATDocument TEXT, TradeType INTEGER, IntrastatCompleteKind INTEGER,
  ESLCompleteKind INTEGER);
CREATE TABLE IssuedInvoices2 (ID TEXT PRIMARY KEY, Parent_ID TEXT, PosIndex INTEGER, Text TEXT,
  StoreCard_ID TEXT, Quantity REAL, QUnit TEXT, UnitRate REAL, VATRate_ID TEXT,
  TAmountWithoutVAT REAL, TAmount REAL);
CREATE INDEX IssuedInvoices2_Parent ON IssuedInvoices2 (Parent_ID);
CREATE TABLE DocRowBatches (ID TEXT PRIMARY KEY, Parent_ID TEXT, PosIndex INTEGER,
  StoreBatch_ID TEXT, Quantity REAL, QUnit TEXT, UnitRate REAL);
CREATE INDEX DocRowBatches_Parent ON DocRowBatches (Parent_ID);
CREATE TABLE IssuedInvoicesVAT (ID TEXT PRIMARY KEY, Parent_ID TEXT, PosIndex INTEGER,
  VATRate_ID TEXT, BaseAmount REAL, VATAmount REAL, VRVATUsageRowsCount INTEGER);
CREATE INDEX IssuedInvoicesVAT_Parent ON IssuedInvoicesVAT (Parent_ID);

CREATE TABLE IntrastatReceipts (ID TEXT PRIMARY KEY, DocDate$DATE REAL, CommodityCode TEXT,
  CountryOfOrigin TEXT, Weight REAL, InvoicedAmount INTEGER);
CREATE TABLE Employees (ID TEXT PRIMARY KEY, PersonalNumber TEXT, Name TEXT);
CREATE TABLE Attendances (ID TEXT PRIMARY KEY, Employee_ID TEXT, Arrival$DATE REAL,
  Departure$DATE REAL, Closed TEXT);
`;
