/** T-SQL data types: names, sizes, precedence, and which families they form. */

import { errors } from '../errors.ts';

/** Lowest precedence first (docs: Data type precedence). */
const precedence = [
  'binary',
  'varbinary',
  'char',
  'varchar',
  'nchar',
  'nvarchar',
  'uniqueidentifier',
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'smallmoney',
  'money',
  'decimal',
  'real',
  'float',
  'time',
  'date',
  'smalldatetime',
  'datetime',
  'datetime2',
  'datetimeoffset',
  'xml',
] as const;

export type TypeName = (typeof precedence)[number];

/** Never built by hand: `sqlType` gives one object per type, so that `===` compares types. */
export interface SqlType {
  readonly name: TypeName;
  /** Characters or bytes; -1 is `max`. Only text and binary types. */
  readonly length?: number;
  /** decimal and money: digits in all. */
  readonly precision?: number;
  /** decimal and money: digits after the point. time, datetime2, datetimeoffset: of a second. */
  readonly scale?: number;
  /** As declared: `decimal(12,2)`. */
  readonly text: string;
  /** Place in the table of all types met so far; user functions are handed types by it. */
  readonly index: number;
}

const known = new Map<string, SqlType>();
const byIndex: SqlType[] = [];

const synonyms: Record<string, string> = {
  integer: 'int',
  numeric: 'decimal',
  dec: 'decimal',
  character: 'char',
  'national character': 'nchar',
  rowversion: 'timestamp',
};

/** `length` of a text or binary type: default 1 as in a declaration; -1 is max. */
export function sqlType(name: TypeName, first?: number, second?: number): SqlType {
  let length: number | undefined;
  let precision: number | undefined;
  let scale: number | undefined;
  let text: string = name;
  switch (name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary': {
      const most = name.startsWith('n') ? 4000 : 8000;
      length = first ?? 1;
      if (length > most) length = -1;
      if (length === 0) length = 1;
      text = `${name}(${length === -1 ? 'max' : length})`;
      break;
    }
    case 'decimal':
      precision = first ?? 18;
      scale = second ?? 0;
      text = `decimal(${precision},${scale})`;
      break;
    case 'money':
      precision = 19;
      scale = 4;
      break;
    case 'smallmoney':
      precision = 10;
      scale = 4;
      break;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      scale = first ?? 7;
      text = `${name}(${scale})`;
      break;
    default:
  }
  const existing = known.get(text);
  if (existing) return existing;
  const type: SqlType = {
    name,
    text,
    index: byIndex.length,
    ...(length !== undefined && { length }),
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
  };
  known.set(text, type);
  byIndex.push(type);
  return type;
}

export function typeAt(index: number): SqlType {
  const type = byIndex[index];
  if (!type) throw new RangeError(`no type ${index}`);
  return type;
}

/**
 * Type from its parts as parsed. Knows synonyms and the deprecated ones (text, ntext, image,
 * sysname, sql_variant) as what they hold.
 * @throws error 2715 for an unknown name, 1002 for a precision or scale out of range
 */
export function typeFromParts(name: string, first?: number, second?: number): SqlType {
  const lower = name.toLowerCase();
  const plain = synonyms[lower] ?? lower;
  switch (plain) {
    case 'text':
      return sqlType('varchar', -1);
    case 'ntext':
    case 'sql_variant':
      return sqlType('nvarchar', -1);
    case 'image':
      return sqlType('varbinary', -1);
    case 'sysname':
      return sqlType('nvarchar', 128);
    case 'timestamp':
      return sqlType('binary', 8);
    case 'float':
      return sqlType(first !== undefined && first <= 24 ? 'real' : 'float');
    case 'decimal':
      if (first !== undefined && (first < 1 || first > 38)) throw errors.unknownType(1, name);
      if (second !== undefined && second > (first ?? 18)) throw errors.unknownType(1, name);
      return sqlType('decimal', first, second);
    default:
  }
  if (!(precedence as readonly string[]).includes(plain)) throw errors.unknownType(1, name);
  return sqlType(plain as TypeName, first, second);
}

/** From a declaration such as `decimal(12, 2)` or `nvarchar(max)`. @throws error 2715 */
export function parseType(text: string): SqlType {
  const match =
    /^\s*\[?([a-z_][a-z0-9_ ]*?)\]?\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/i.exec(text);
  if (!match?.[1]) throw errors.unknownType(1, text);
  const first = match[2]?.toLowerCase() === 'max' ? -1 : match[2] && Number(match[2]);
  return typeFromParts(
    match[1],
    typeof first === 'number' ? first : undefined,
    match[3] === undefined ? undefined : Number(match[3]),
  );
}

export const types = {
  bit: sqlType('bit'),
  tinyint: sqlType('tinyint'),
  smallint: sqlType('smallint'),
  int: sqlType('int'),
  bigint: sqlType('bigint'),
  float: sqlType('float'),
  real: sqlType('real'),
  money: sqlType('money'),
  date: sqlType('date'),
  datetime: sqlType('datetime'),
  smalldatetime: sqlType('smalldatetime'),
  datetime2: sqlType('datetime2', 7),
  datetimeoffset: sqlType('datetimeoffset', 7),
  time: sqlType('time', 7),
  nvarcharMax: sqlType('nvarchar', -1),
  varcharMax: sqlType('varchar', -1),
  varbinaryMax: sqlType('varbinary', -1),
  nvarchar4000: sqlType('nvarchar', 4000),
  sysname: sqlType('nvarchar', 128),
  uniqueidentifier: sqlType('uniqueidentifier'),
  decimalWhole: sqlType('decimal', 38, 0),
} as const;

export type Family = 'integer' | 'decimal' | 'float' | 'text' | 'binary' | 'date' | 'guid';

export function family(type: SqlType): Family {
  switch (type.name) {
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return 'integer';
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return 'decimal';
    case 'real':
    case 'float':
      return 'float';
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'xml':
      return 'text';
    case 'binary':
    case 'varbinary':
      return 'binary';
    case 'uniqueidentifier':
      return 'guid';
    default:
      return 'date';
  }
}

export const isNumeric = (type: SqlType) => {
  const kind = family(type);
  return kind === 'integer' || kind === 'decimal' || kind === 'float';
};

export const isUnicode = (type: SqlType) =>
  type.name === 'nchar' || type.name === 'nvarchar' || type.name === 'xml';

/** Name in an error message: decimal is called numeric there. */
export const spokenName = (type: SqlType) => (type.name === 'decimal' ? 'numeric' : type.name);

export const integerRange: Record<string, readonly [bigint, bigint]> = {
  bit: [0n, 1n],
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-9223372036854775808n, 9223372036854775807n],
};

/** Digits an integer type needs as a decimal. */
const integerDigits: Record<string, number> = {
  bit: 1,
  tinyint: 3,
  smallint: 5,
  int: 10,
  bigint: 19,
};

/** Precision and scale of a number taken as decimal. */
export function decimalSize(type: SqlType): { precision: number; scale: number } {
  return {
    precision: type.precision ?? integerDigits[type.name] ?? 38,
    scale: family(type) === 'decimal' ? (type.scale ?? 0) : 0,
  };
}

/** Decimal of this size, cut to 38 digits the way SQL Server cuts (docs: Precision, scale, length). */
export function boundedDecimal(precision: number, scale: number, sum = false): SqlType {
  if (precision <= 38) return sqlType('decimal', precision, scale);
  const integral = precision - scale;
  if (sum) return sqlType('decimal', 38, Math.max(0, Math.min(scale, 38 - integral)));
  if (integral < 32) return sqlType('decimal', 38, Math.min(scale, 38 - integral));
  return sqlType('decimal', 38, Math.min(scale, 6));
}

export const rank = (type: SqlType) => precedence.indexOf(type.name);

/** The type both values get when they meet in CASE, COALESCE, UNION or a comparison. */
export function commonType(left: SqlType, right: SqlType): SqlType {
  if (left === right) return left;
  const [low, high] = rank(left) <= rank(right) ? [left, right] : [right, left];
  if (high.name === 'decimal' && isNumeric(low)) {
    const a = decimalSize(high);
    const b = decimalSize(low);
    const scale = Math.max(a.scale, b.scale);
    return boundedDecimal(
      Math.max(a.precision - a.scale, b.precision - b.scale) + scale,
      scale,
      true,
    );
  }
  const kind = family(high);
  if ((kind === 'text' || kind === 'binary') && high.name !== 'xml' && family(low) === kind) {
    const lengths = [low.length ?? -1, high.length ?? -1];
    const name: TypeName =
      kind === 'binary'
        ? 'varbinary'
        : isUnicode(high)
          ? low.name === 'nchar' || low.name === 'char'
            ? high.name === 'nchar'
              ? 'nchar'
              : 'nvarchar'
            : 'nvarchar'
          : high.name === 'char'
            ? 'char'
            : 'varchar';
    return sqlType(name, lengths.includes(-1) ? -1 : Math.max(...lengths));
  }
  if (high.name === low.name && high.scale !== undefined && low.scale !== undefined) {
    return high.scale >= low.scale ? high : low;
  }
  return high;
}
