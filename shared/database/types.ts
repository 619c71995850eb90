/** T-SQL type names, as the catalogue declares them, to the driver's types. */

import sql from 'mssql';

const pattern = /^([a-z0-9]+)(?:\((max|\d+)(?:,\s*(\d+))?\))?$/i;

type Make = (first: number | undefined, second: number | undefined) => sql.ISqlType;

const makers: Record<string, Make> = {
  bit: () => sql.Bit(),
  tinyint: () => sql.TinyInt(),
  smallint: () => sql.SmallInt(),
  int: () => sql.Int(),
  bigint: () => sql.BigInt(),
  decimal: (precision, scale) => sql.Decimal(precision ?? 18, scale ?? 0),
  numeric: (precision, scale) => sql.Numeric(precision ?? 18, scale ?? 0),
  float: () => sql.Float(),
  real: () => sql.Real(),
  date: () => sql.Date(),
  time: (scale) => sql.Time(scale ?? 7),
  datetime: () => sql.DateTime(),
  datetime2: (scale) => sql.DateTime2(scale ?? 7),
  datetimeoffset: (scale) => sql.DateTimeOffset(scale ?? 7),
  char: (length) => sql.Char(length ?? 1),
  varchar: (length) => sql.VarChar(length ?? 1),
  nchar: (length) => sql.NChar(length ?? 1),
  nvarchar: (length) => sql.NVarChar(length ?? 1),
  varbinary: (length) => sql.VarBinary(length ?? 1),
  uniqueidentifier: () => sql.UniqueIdentifier(),
};

/**
 * @param declared `int`, `varchar(4)`, `nvarchar(max)`, `decimal(12, 2)`
 * @throws RangeError for a type that the product does not use
 */
export function driverType(declared: string): sql.ISqlType {
  const [, name, first, second] = pattern.exec(declared.trim()) ?? [];
  const make = makers[name?.toLowerCase() ?? ''];
  if (make === undefined) {
    throw new RangeError(
      `SQL type "${declared}" is not supported; use one of ${Object.keys(makers).join(', ')}`,
    );
  }
  const length = first?.toLowerCase() === 'max' ? sql.MAX : first && Number(first);
  return make(length || undefined, second === undefined ? undefined : Number(second));
}
