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

const dated = new Set(['date', 'datetime', 'datetime2', 'datetimeoffset']);
const moment =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?)?$/;
const timeOfDay = /^(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?$/;

/**
 * A value as the driver takes it. Dates and times come as ISO 8601 text and mean the same on every
 * machine: without a zone they are what SQL Server shall hold (the driver by itself would read
 * them in the zone of the machine). Bytes come as `0x` and hexadecimal digits.
 *
 * @throws RangeError for a text that is no such value
 */
export function driverValue(declared: string, value: string | number | boolean | null): unknown {
  if (typeof value !== 'string') return value;
  const type = /^\w+/.exec(declared.trim())?.[0].toLowerCase() ?? '';
  if (dated.has(type)) {
    const [, year, month, day, time = '00:00', fraction, zone = 'Z'] = moment.exec(value) ?? [];
    return dateOf(`${year}-${month}-${day}T${time}${zone}`, fraction, value, type);
  }
  if (type === 'time') {
    const [, time, fraction] = timeOfDay.exec(value) ?? [];
    return dateOf(`1970-01-01T${time}Z`, fraction, value, type);
  }
  if (type === 'varbinary') {
    const [, digits] = /^0x((?:[0-9a-f]{2})*)$/i.exec(value) ?? [];
    if (digits === undefined) throw misfit(value, type, '0x and pairs of hexadecimal digits');
    return Buffer.from(digits, 'hex');
  }
  return value;
}

function dateOf(text: string, fraction = '', value: string, type: string): Date {
  const date = new Date(text);
  const form = type === 'time' ? 'hh:mm:ss' : 'yyyy-mm-dd or yyyy-mm-ddThh:mm:ss';
  // A day that its month does not have would be taken for one of the next month.
  const day = /^\d{4}-\d\d-(\d\d)T[^Z]*Z$/.exec(text)?.[1];
  if (Number.isNaN(date.getTime()) || (day && Number(day) !== date.getUTCDate())) {
    throw misfit(value, type, form);
  }
  // A Date holds milliseconds; the driver takes the rest, in seconds, beside it.
  const nanosecondDelta = Number(`0.000${fraction.padEnd(7, '0').slice(3)}`);
  date.setUTCMilliseconds(Number(fraction.padEnd(3, '0').slice(0, 3)));
  return nanosecondDelta > 0 ? Object.assign(date, { nanosecondDelta }) : date;
}

function misfit(value: string, type: string, form: string): RangeError {
  return new RangeError(`${JSON.stringify(value)} is no ${type}: write ${form}`);
}
