/** Types of columns as they are declared, for a value that goes back as a parameter. */

import sql from 'mssql';

/** A column as mssql describes it. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: unknown;
  readonly precision?: number;
  readonly scale?: number;
}

type Declare = (column: DescribedColumn) => string;

const scaled =
  (name: string): Declare =>
  ({ scale = 7 }) =>
    `${name}(${scale})`;
const exact =
  (name: string): Declare =>
  ({ precision = 38, scale = 0 }) =>
    `${name}(${precision}, ${scale})`;

/** Texts and bytes with the greatest length, which does not matter to what they are compared with. */
const declared = new Map<unknown, Declare>([
  [sql.Bit, () => 'bit'],
  [sql.TinyInt, () => 'tinyint'],
  [sql.SmallInt, () => 'smallint'],
  [sql.Int, () => 'int'],
  [sql.BigInt, () => 'bigint'],
  [sql.Float, () => 'float'],
  [sql.Real, () => 'real'],
  [sql.Money, () => 'money'],
  [sql.SmallMoney, () => 'smallmoney'],
  [sql.Decimal, exact('decimal')],
  [sql.Numeric, exact('numeric')],
  [sql.Date, () => 'date'],
  [sql.DateTime, () => 'datetime'],
  [sql.SmallDateTime, () => 'smalldatetime'],
  [sql.DateTime2, scaled('datetime2')],
  [sql.DateTimeOffset, scaled('datetimeoffset')],
  [sql.Time, scaled('time')],
  [sql.Char, () => 'varchar(8000)'],
  [sql.VarChar, () => 'varchar(8000)'],
  [sql.NChar, () => 'nvarchar(4000)'],
  [sql.NVarChar, () => 'nvarchar(4000)'],
  [sql.UniqueIdentifier, () => 'uniqueidentifier'],
  [sql.Binary, () => 'varbinary(8000)'],
  [sql.VarBinary, () => 'varbinary(8000)'],
]);

/** Undefined of a type whose values are not compared: xml, text, image, sql_variant. */
export const declaredType = (column: DescribedColumn): string | undefined =>
  declared.get(column.type)?.(column);
