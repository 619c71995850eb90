/** T-SQL type names, as the catalogue declares them, to the driver's types. */

import sql from 'mssql';
import {
  dateType,
  datetime2Type,
  datetimeoffsetType,
  datetimeType,
  decimalType,
  moneyType,
  smalldatetimeType,
  timeType,
  type WireType,
} from './wire/parameter-types.ts';

const pattern = /^([a-z0-9]+)(?:\((max|\d+)(?:,\s*(\d+))?\))?$/i;

type Make<T> = (first: number | undefined, second: number | undefined) => T;

/** Written by the driver. */
const makers: Record<string, Make<sql.ISqlType>> = {
  bit: () => sql.Bit(),
  tinyint: () => sql.TinyInt(),
  smallint: () => sql.SmallInt(),
  int: () => sql.Int(),
  bigint: () => sql.BigInt(),
  float: () => sql.Float(),
  real: () => sql.Real(),
  char: (length) => sql.Char(length ?? 1),
  varchar: (length) => sql.VarChar(length ?? 1),
  nchar: (length) => sql.NChar(length ?? 1),
  nvarchar: (length) => sql.NVarChar(length ?? 1),
  varbinary: (length) => sql.VarBinary(length ?? 1),
  uniqueidentifier: () => sql.UniqueIdentifier(),
};

/** Written by us, since the driver would lose digits. */
const exactMakers: Record<string, Make<WireType>> = {
  decimal: (precision, scale) => decimalType('decimal', precision, scale),
  numeric: (precision, scale) => decimalType('numeric', precision, scale),
  money: () => moneyType('money'),
  smallmoney: () => moneyType('smallmoney'),
  date: () => dateType,
  time: (scale) => timeType(scale),
  datetime: () => datetimeType,
  smalldatetime: () => smalldatetimeType,
  datetime2: (scale) => datetime2Type(scale),
  datetimeoffset: (scale) => datetimeoffsetType(scale),
};

/**
 * @param declared `int`, `varchar(4)`, `nvarchar(max)`, `decimal(12, 2)`
 * @throws RangeError for a type that the product does not use
 */
export function driverType(declared: string): sql.ISqlType {
  const wire = made(exactMakers, declared);
  if (wire !== undefined) return { type: ownType(wire) } as unknown as sql.ISqlType;
  const type = made(makers, declared);
  if (type !== undefined) return type;
  const names = [...Object.keys(makers), ...Object.keys(exactMakers)];
  throw new RangeError(`SQL type "${declared}" is not supported; use one of ${names.join(', ')}`);
}

function made<T>(all: Record<string, Make<T>>, declared: string): T | undefined {
  const [, name, first, second] = pattern.exec(declared.trim()) ?? [];
  const make = all[name?.toLowerCase() ?? ''];
  const length = first?.toLowerCase() === 'max' ? sql.MAX : first && Number(first);
  return make?.(
    length === '' ? undefined : length,
    second === undefined ? undefined : Number(second),
  );
}

/** What we use of the driver's buffer of a request. */
interface Request {
  writeUInt8(value: number): void;
  writeBuffer(bytes: Buffer): void;
}

/** As the driver asks its types; mssql hands on what it does not know itself. */
function ownType({ declared, info }: WireType) {
  const typeInfo = Buffer.from(info);
  return {
    id: info[0],
    type: declared,
    name: declared,
    declaration: () => declared,
    writeTypeInfo: (request: Request) => request.writeBuffer(typeInfo),
    writeValue(request: Request, { value }: { value: Buffer | null }) {
      request.writeUInt8(value?.length ?? 0);
      if (value !== null) request.writeBuffer(value);
    },
    validate: (value: Buffer | null) => value,
  };
}

/**
 * A value as its type from `driverType` takes it, every digit of it. Numbers may come as text;
 * dates and times come as ISO 8601 text and mean the same on every machine: without a zone they
 * are what SQL Server shall hold. Digits beyond the declared scale are rounded, as the server does.
 * Bytes come as `0x` and hexadecimal digits.
 *
 * @throws RangeError for what is no value of the type
 */
export function driverValue(declared: string, value: string | number | boolean | null): unknown {
  if (value === null) return null;
  const wire = made(exactMakers, declared);
  if (wire !== undefined) {
    const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
    return wire.encode(text) ?? fail(value, declared.trim(), wire.use);
  }
  if (typeof value !== 'string') return value;
  const type = /^\w+/.exec(declared.trim())?.[0].toLowerCase() ?? '';
  if (type === 'varbinary') {
    const [, digits] = /^0x((?:[0-9a-f]{2})*)$/i.exec(value) ?? [];
    return digits === undefined
      ? fail(value, type, '0x and pairs of hexadecimal digits')
      : Buffer.from(digits, 'hex');
  }
  return value;
}

function fail(value: unknown, type: string, use: string): never {
  throw new RangeError(`${JSON.stringify(value)} is no ${type}: write ${use}`);
}

/** What a column's values are, where they come as text: see `wire/value-reader.ts`. */
export type ValueKind = 'number' | 'day' | 'time' | 'clock' | 'moment';

const kinds = new Map<unknown, ValueKind>([
  [sql.BigInt, 'number'],
  [sql.Decimal, 'number'],
  [sql.Numeric, 'number'],
  [sql.Money, 'number'],
  [sql.SmallMoney, 'number'],
  [sql.Date, 'day'],
  [sql.Time, 'time'],
  [sql.DateTime, 'clock'],
  [sql.DateTime2, 'clock'],
  [sql.SmallDateTime, 'clock'],
  [sql.DateTimeOffset, 'moment'],
]);

/** @param type of a column, as mssql describes it; undefined for the types of other values */
export const kindOf = (type: unknown): ValueKind | undefined => kinds.get(type);
