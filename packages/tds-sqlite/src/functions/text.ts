/** String functions. Positions count from 1, in UTF-16 units as nvarchar does. */

import { errors } from '../errors.ts';
import { textSize } from '../values/text-size.ts';
import { family, isUnicode, type SqlType, sqlType, types } from '../values/types.ts';

import type { ArgumentInfo, ScalarFunction } from './definition.ts';
import { patternIndex } from './like.ts';

/** A text type of this length that keeps the argument's character set. */
export function textLike(type: SqlType | undefined, length: number): SqlType {
  return sqlType(type && isUnicode(type) ? 'nvarchar' : 'varchar', length);
}

const sameText = (args: ArgumentInfo[]) => {
  const type = args[0]?.type;
  return type?.length !== undefined ? textLike(type, type.length) : textLike(type, 8000);
};
const longText = (args: ArgumentInfo[]) =>
  textLike(args[0]?.type, args[0]?.type.length === -1 ? -1 : 8000);
const position = (args: ArgumentInfo[]) =>
  args.at(-1)?.type.length === -1 ? types.bigint : types.int;

const take = (args: ArgumentInfo[]) => {
  const length = args.at(-1)?.literal;
  const own = args[0]?.type.length ?? 8000;
  return textLike(
    args[0]?.type,
    own !== -1 && length !== undefined && length >= 0 ? Math.min(own, length) : own,
  );
};

function substring(text: string, start: number, length: number): string {
  if (length < 0) throw errors.invalidLength();
  const from = Math.max(start - 1, 0);
  const to = Math.max(start - 1 + length, 0);
  return text.slice(from, to);
}

function reverse(text: string): string {
  // Halves of a surrogate pair belong together.
  if (/[\ud800-\udfff]/.test(text)) return [...text].reverse().join('');
  let reversed = '';
  for (let place = text.length - 1; place >= 0; place--) reversed += text[place];
  return reversed;
}

let lastSearch = '';
let lastAnyCase = /(?:)/gi;

/** Finds a text wherever it is, without regard to case; the latest is kept, rows ask for the same. */
function anyCase(search: string): RegExp {
  if (search === lastSearch) return lastAnyCase;
  lastSearch = search;
  lastAnyCase = new RegExp(search.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi');
  return lastAnyCase;
}

const soundCodes: Record<string, string> = Object.fromEntries(
  ['BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R'].flatMap((letters, index) =>
    [...letters].map((letter) => [letter, String(index + 1)]),
  ),
);

function soundex(text: string): string {
  const letters = text.toUpperCase().replace(/[^A-Z].*$/s, '');
  if (letters === '') return '0000';
  let result = letters.slice(0, 1);
  let last = soundCodes[result];
  for (const letter of letters.slice(1)) {
    const code = soundCodes[letter];
    if (code && code !== last) result += code;
    if (!/[HW]/.test(letter)) last = code;
  }
  return result.padEnd(4, '0').slice(0, 4);
}

export const textFunctions: Record<string, ScalarFunction> = {
  LEN: {
    parameters: ['text'],
    type: position,
    run: (text: string) => text.replace(/ +$/, '').length,
  },
  DATALENGTH: { parameters: ['any'], type: position, run: dataLength },
  LEFT: {
    parameters: ['text', 'int'],
    type: take,
    run: (text: string, length: number) => substring(text, 1, length),
  },
  RIGHT: {
    parameters: ['text', 'int'],
    type: take,
    run: (text: string, length: number) => {
      if (length < 0) throw errors.invalidLength();
      return length === 0 ? '' : text.slice(-length);
    },
  },
  SUBSTRING: { parameters: ['text', 'int', 'int'], type: take, run: substring },
  UPPER: { parameters: ['text'], type: sameText, run: (text: string) => text.toUpperCase() },
  LOWER: { parameters: ['text'], type: sameText, run: (text: string) => text.toLowerCase() },
  LTRIM: { parameters: ['text'], type: sameText, run: (text: string) => text.replace(/^ +/, '') },
  RTRIM: { parameters: ['text'], type: sameText, run: (text: string) => text.replace(/ +$/, '') },
  TRIM: {
    parameters: ['text'],
    type: sameText,
    run: (text: string) => text.replace(/^ +| +$/g, ''),
  },
  REVERSE: {
    parameters: ['text'],
    type: sameText,
    run: reverse,
  },
  REPLACE: {
    parameters: ['text', 'text', 'text'],
    type: longText,
    run: (text: string, search: string, replacement: string) =>
      search === '' ? text : text.replace(anyCase(search), () => replacement),
  },
  TRANSLATE: {
    parameters: ['text', 'text', 'text'],
    type: longText,
    run: (text: string, from: string, to: string) =>
      [...text].map((char) => (from.includes(char) ? to[from.indexOf(char)] : char)).join(''),
  },
  REPLICATE: {
    parameters: ['text', 'int'],
    type: longText,
    run: (text: string, count: number) => (count < 0 ? null : text.repeat(count)),
  },
  SPACE: {
    parameters: ['int'],
    type: () => sqlType('varchar', 8000),
    run: (count: number) => (count < 0 ? null : ' '.repeat(count)),
  },
  STUFF: {
    parameters: ['text', 'int', 'int', 'text'],
    optional: 0,
    nulls: 'passed',
    type: longText,
    run: (
      text: string | null,
      start: number | null,
      length: number | null,
      insert: string | null,
    ) => {
      if (text === null || start === null || length === null) return null;
      if (start < 1 || start > text.length || length < 0) return null;
      return text.slice(0, start - 1) + (insert ?? '') + text.slice(start - 1 + length);
    },
  },
  CHARINDEX: {
    parameters: ['text', 'text', 'int'],
    optional: 1,
    type: (args) => (args[1]?.type.length === -1 ? types.bigint : types.int),
    run: (search: string, text: string, start = 1) =>
      search === ''
        ? 0
        : text.toLowerCase().indexOf(search.toLowerCase(), Math.max(start - 1, 0)) + 1,
  },
  PATINDEX: { parameters: ['text', 'text'], type: position, run: patternIndex },
  ASCII: {
    parameters: ['text'],
    type: () => types.int,
    run: (text: string) => (text === '' ? null : (Buffer.from(text)[0] ?? null)),
  },
  UNICODE: {
    parameters: ['text'],
    type: () => types.int,
    run: (text: string) => (text === '' ? null : text.charCodeAt(0)),
  },
  CHAR: {
    parameters: ['int'],
    type: () => sqlType('char', 1),
    run: (code: number) => (code < 0 || code > 255 ? null : String.fromCharCode(code)),
  },
  NCHAR: {
    parameters: ['int'],
    type: () => sqlType('nvarchar', 2),
    run: (code: number) => (code < 0 || code > 65535 ? null : String.fromCharCode(code)),
  },
  QUOTENAME: {
    parameters: ['text', 'text'],
    optional: 1,
    type: () => sqlType('nvarchar', 258),
    run: (text: string, quote = '[') => {
      const pairs: Record<string, string> = {
        "'": "''",
        '"': '""',
        '(': '()',
        '{': '{}',
        '<': '<>',
      };
      const [open = '[', close = ']'] = pairs[quote] ?? '[]';
      return text.length > 128 ? null : open + text.replaceAll(close, close + close) + close;
    },
  },
  STR: {
    parameters: ['float', 'int', 'int'],
    optional: 2,
    type: () => sqlType('varchar', 100),
    run: (value: number, length = 10, digits = 0) => {
      const text = value.toFixed(Math.min(Math.max(digits, 0), 16));
      return text.length > length
        ? (text.split('.')[0] ?? '').length > length
          ? '*'.repeat(length)
          : text.slice(0, length)
        : text.padStart(length);
    },
  },
  SOUNDEX: { parameters: ['text'], type: () => sqlType('varchar', 4), run: soundex },
  PARSENAME: {
    parameters: ['text', 'int'],
    type: () => types.sysname,
    run: (text: string, part: number) => {
      const parts = [...text.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.]+)/g)].map(
        (match) => match[1] ?? match[2] ?? match[3],
      );
      return parts.at(-part) ?? null;
    },
  },
  STRING_ESCAPE: {
    parameters: ['text', 'text'],
    type: longText,
    run: (text: string) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  },
  ISNUMERIC: {
    parameters: ['text'],
    nulls: 'passed',
    type: () => types.int,
    run: (text: string | null) =>
      text !== null && /^\s*[-+]?[$€]?\s*(\d[\d,]*\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)
        ? 1
        : 0,
  },
};

function dataLength(value: unknown, type: SqlType): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string' && family(type) === 'text')
    return textSize(value, type) * (isUnicode(type) ? 2 : 1);
  const sizes: Record<string, number> = {
    bit: 1,
    tinyint: 1,
    smallint: 2,
    int: 4,
    real: 4,
    smallmoney: 4,
    smalldatetime: 4,
    date: 3,
    uniqueidentifier: 16,
  };
  return sizes[type.name] ?? 8;
}
