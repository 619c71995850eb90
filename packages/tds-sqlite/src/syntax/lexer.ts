/** T-SQL text to tokens. */

import { errors } from '../errors.ts';
import { SqlServerError } from '../procedure.ts';

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'variable'
  | 'string'
  | 'nstring'
  | 'number'
  | 'binary'
  | 'symbol'
  | 'end';

export interface Token {
  kind: TokenKind;
  /** As written, without the quotes or brackets. */
  text: string;
  /** Words in upper case, for comparing with keywords; symbols as they are; else empty. */
  upper: string;
  line: number;
  start: number;
  end: number;
}

/** Longest first. */
const symbols = [
  '<>',
  '!=',
  '<=',
  '>=',
  '!<',
  '!>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '::',
];

const wordStart = /[\p{L}_#]/u;
const wordPart = /[\p{L}\p{Nd}_#@$]*/uy;
const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d*)?/iy;
const binaryPattern = /0x[0-9a-f]*/iy;

function at(error: SqlServerError, line: number): SqlServerError {
  const { number, message, severity, state } = error;
  return new SqlServerError(number, message, { severity, state, line });
}

/**
 * SET QUOTED_IDENTIFIER counts from where it is read, whether it runs or not; within a procedure's
 * text it says nothing.
 *
 * @param quotedIdentifier ON: `"x"` is a name; OFF: a text
 * @throws 105 unclosed quotation mark, 113 missing end of comment, 102
 */
export function tokenize(source: string, quotedIdentifier = true): Token[] {
  const tokens: Token[] = [];
  let namesInQuotes = quotedIdentifier;
  let position = 0;
  let line = 1;

  const push = (kind: TokenKind, text: string, end: number, upper = '') => {
    tokens.push({ kind, text, upper, line, start: position, end });
    for (let i = position; i < end; i++) if (source.charCodeAt(i) === 10) line++;
    position = end;
  };

  /** Position after the closing quote; a doubled one stands for itself. */
  const closing = (from: number, quote: string): number => {
    let next = source.indexOf(quote, from);
    while (next !== -1 && source[next + 1] === quote) next = source.indexOf(quote, next + 2);
    if (next === -1) throw at(errors.unclosedQuote(source.slice(from)), line);
    return next + 1;
  };

  const quoted = (kind: TokenKind, prefix: number, quote: string) => {
    const from = position + prefix + 1;
    const end = closing(from, quote);
    push(kind, source.slice(from, end - 1).replaceAll(quote + quote, quote), end);
  };

  while (position < source.length) {
    const char = source[position] ?? '';
    const next = source[position + 1];
    if (char === '\n') {
      line++;
      position++;
    } else if (/\s|\u00a0|\ufeff|\0/.test(char)) {
      position++;
    } else if (char === '-' && next === '-') {
      const end = source.indexOf('\n', position);
      position = end === -1 ? source.length : end;
    } else if (char === '/' && next === '*') {
      skipComment();
    } else if (char === "'") {
      quoted('string', 0, "'");
    } else if ((char === 'N' || char === 'n') && next === "'") {
      quoted('nstring', 1, "'");
    } else if (char === '[') {
      quoted('quoted', 0, ']');
    } else if (char === '"') {
      quoted(namesInQuotes ? 'quoted' : 'string', 0, '"');
    } else if (char === '@') {
      wordPart.lastIndex = position + 1;
      const rest = wordPart.exec(source)?.[0] ?? '';
      const text = char + rest;
      push('variable', text, position + text.length, text.toUpperCase());
    } else if (/\d/.test(char) || (char === '.' && /\d/.test(next ?? ''))) {
      number();
    } else if (wordStart.test(char)) {
      wordPart.lastIndex = position;
      const text = wordPart.exec(source)?.[0] || char;
      push('word', text, position + text.length, text.toUpperCase());
      const [set, option, value] = tokens.slice(-3);
      const isSet = set?.upper === 'SET' && option?.upper === 'QUOTED_IDENTIFIER';
      if (isSet && !/^(?:CREATE|ALTER)$/.test(tokens[0]?.upper ?? '')) {
        namesInQuotes = value?.upper !== 'OFF';
      }
    } else {
      const text = symbols.find((symbol) => source.startsWith(symbol, position)) ?? char;
      if (!/^[+\-*/%&|^~=<>!(),.;:]/.test(text) && text !== '$')
        throw at(errors.syntaxNear(text), line);
      push('symbol', text, position + text.length, text);
    }
  }

  function number() {
    binaryPattern.lastIndex = position;
    const binary = binaryPattern.exec(source)?.[0];
    if (binary) return push('binary', binary.slice(2), position + binary.length);
    numberPattern.lastIndex = position;
    const text = numberPattern.exec(source)?.[0] ?? '0';
    return push('number', text, position + text.length);
  }

  /** Comments nest in T-SQL. */
  function skipComment() {
    const firstLine = line;
    let depth = 0;
    do {
      const two = source.slice(position, position + 2);
      if (two === '') throw at(errors.unclosedComment(), firstLine);
      if (two === '/*') depth++;
      if (two === '*/') depth--;
      if (two === '/*' || two === '*/') position += 2;
      else {
        if (source[position] === '\n') line++;
        position++;
      }
    } while (depth > 0);
  }

  tokens.push({
    kind: 'end',
    text: tokens.at(-1)?.text ?? '',
    upper: '',
    line,
    start: source.length,
    end: source.length,
  });
  return tokens;
}
