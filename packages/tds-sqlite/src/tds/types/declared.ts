import { binaryCodec } from './binary.ts';
import { type CharacterType, characterCodec, xmlCodec } from './character.ts';
import type { Codec } from './codec.ts';
import { datetimeCodec, smalldatetimeCodec } from './datetime.ts';
import { dateCodec, datetime2Codec, datetimeoffsetCodec, timeCodec } from './datetime2.ts';
import { decimalCodec, moneyCodec } from './decimal.ts';
import { floatCodec } from './float.ts';
import { guidCodec } from './guid.ts';
import { bitCodec, integerCodec } from './integer.ts';
import type { Length } from './long-length.ts';

/** What stands in the parentheses of a declaration. */
type Arguments = readonly (number | 'max')[];

const pattern =
  /^\s*\[?([a-z0-9_]+(?: precision)?)\]?\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/i;

const families: Record<string, (args: Arguments) => Codec> = {
  bit: () => bitCodec,
  tinyint: () => integerCodec('tinyint'),
  smallint: () => integerCodec('smallint'),
  int: () => integerCodec('int'),
  bigint: () => integerCodec('bigint'),
  decimal: (args) => decimal('decimal', args),
  numeric: (args) => decimal('numeric', args),
  money: () => moneyCodec('money'),
  smallmoney: () => moneyCodec('smallmoney'),
  real: () => floatCodec('real'),
  float: ([bits = 53]) => floatCodec(inRange('bits', bits, 1, 53) <= 24 ? 'real' : 'float'),
  date: () => dateCodec,
  time: ([scale = 7]) => timeCodec(inRange('scale', scale, 0, 7)),
  datetime2: ([scale = 7]) => datetime2Codec(inRange('scale', scale, 0, 7)),
  datetimeoffset: ([scale = 7]) => datetimeoffsetCodec(inRange('scale', scale, 0, 7)),
  datetime: () => datetimeCodec,
  smalldatetime: () => smalldatetimeCodec,
  char: (args) => character('char', args, 8000),
  varchar: (args) => character('varchar', args, 8000),
  nchar: (args) => character('nchar', args, 4000),
  nvarchar: (args) => character('nvarchar', args, 4000),
  sysname: () => characterCodec('nvarchar', 128),
  text: () => characterCodec('varchar', 'max'),
  ntext: () => characterCodec('nvarchar', 'max'),
  xml: () => xmlCodec,
  binary: ([length = 1]) => binaryCodec('binary', inRange('length', length, 1, 8000)),
  varbinary: ([length = 1]) =>
    binaryCodec('varbinary', length === 'max' ? length : inRange('length', length, 1, 8000)),
  image: () => binaryCodec('varbinary', 'max'),
  rowversion: () => binaryCodec('binary', 8),
  timestamp: () => binaryCodec('binary', 8),
  uniqueidentifier: () => guidCodec,
};
const synonyms: Record<string, string> = {
  integer: 'int',
  dec: 'decimal',
  'double precision': 'float',
};

function inRange(what: string, value: number | 'max', low: number, high: number): number {
  if (value === 'max' || value < low || value > high) {
    throw new TypeError(`${what} is ${value}, but must be from ${low} to ${high}`);
  }
  return value;
}

function decimal(name: 'decimal' | 'numeric', [precision = 18, scale = 0]: Arguments): Codec {
  const digits = inRange('precision', precision, 1, 38);
  return decimalCodec(name, digits, inRange('scale', scale, 0, digits));
}

function character(name: CharacterType, [length = 1]: Arguments, limit: number): Codec {
  const fixed = name === 'char' || name === 'nchar';
  const checked: Length = length === 'max' && !fixed ? length : inRange('length', length, 1, limit);
  return characterCodec(name, checked);
}

function create(declared: string): Codec {
  const [, name = '', first, second] = pattern.exec(declared) ?? [];
  const key = name.toLowerCase();
  const family = families[synonyms[key] ?? key];
  if (!family) {
    throw new TypeError(`'${declared}' is not one of SQL Server's types that can be sent`);
  }
  const args = [first, second]
    .filter((arg) => arg !== undefined)
    .map((arg) => (arg.toLowerCase() === 'max' ? 'max' : Number(arg)));
  try {
    return family(args);
  } catch (error) {
    throw new TypeError(`type '${declared}': ${error instanceof Error ? error.message : error}`);
  }
}

const cache = new Map<string, Codec>();
const cacheLimit = 1000;

/** The codec of a type as T-SQL declares it. Throws a TypeError for what is not a type. */
export function codecFor(declared: string): Codec {
  let codec = cache.get(declared);
  if (!codec) {
    codec = create(declared);
    if (cache.size >= cacheLimit) {
      cache.clear();
    }
    cache.set(declared, codec);
  }
  return codec;
}
