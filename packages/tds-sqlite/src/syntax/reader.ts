/** A cursor over tokens with the checks that every part of the parser needs. */

import { errors } from '../errors.ts';
import { SqlServerError } from '../procedure.ts';
import { type SqlType, typeFromParts } from '../values/types.ts';
import type { Name, Query, Statement } from './ast.ts';
import { reserved } from './keywords.ts';
import { type Token, tokenize } from './lexer.ts';

/** Nesting that no sane statement reaches; protects our own stack. */
const deepest = 400;
/** Links of one chain of operators; SQLite itself stops at a depth of 1000. */
const longestChain = 1000;

/** Rules that others refer back to: handed in, because files don't import one another in a circle. */
export interface Rules {
  query(reader: Reader): Query;
  statement(reader: Reader): Statement;
}

export class Reader {
  readonly source: string;
  readonly rules: Rules;
  readonly #tokens: Token[];
  #position = 0;
  #depth = 0;

  constructor(source: string, rules: Rules, quotedIdentifier = true) {
    this.source = source;
    this.rules = rules;
    this.#tokens = tokenize(source, quotedIdentifier);
  }

  get token(): Token {
    return this.ahead(0);
  }

  get line(): number {
    return this.token.line;
  }

  ahead(count: number): Token {
    const token = this.#tokens[this.#position + count] ?? this.#tokens.at(-1);
    if (!token) throw new RangeError('no tokens');
    return token;
  }

  /** Where the last token read ends. */
  get lastEnd(): number {
    return this.#tokens[this.#position - 1]?.end ?? 0;
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#position++;
    return token;
  }

  /** Is the next token one of these keywords or symbols? */
  is(...words: string[]): boolean {
    const { kind, upper } = this.token;
    return (kind === 'word' || kind === 'symbol') && words.includes(upper);
  }

  /** Are the next tokens these keywords, in a row? */
  sees(...words: string[]): boolean {
    return words.every((word, index) => {
      const { kind, upper } = this.ahead(index);
      return (kind === 'word' || kind === 'symbol') && upper === word;
    });
  }

  accept(...words: string[]): boolean {
    if (!this.sees(...words)) return false;
    this.#position += words.length;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.unexpected();
  }

  /** Error 102 or 156 near a token (default: the next one). */
  unexpected(token = this.token): SqlServerError {
    const isKeyword = token.kind === 'word' && reserved.has(token.upper);
    const make = isKeyword ? errors.syntaxNearKeyword : errors.syntaxNear;
    return this.at(make(token.text), token.line);
  }

  at(error: SqlServerError, line = this.line): SqlServerError {
    const { number, message, severity, state } = error;
    return new SqlServerError(number, message, { severity, state, line });
  }

  /** Can the next token be a name? */
  isIdentifier(token = this.token): boolean {
    return token.kind === 'quoted' || (token.kind === 'word' && !reserved.has(token.upper));
  }

  identifier(): string {
    if (!this.isIdentifier()) throw this.unexpected();
    const token = this.next();
    if (token.text === '') throw this.at(errors.noImplicitColumnName(), token.line);
    return token.text;
  }

  variable(): string {
    if (this.token.kind !== 'variable') throw this.unexpected();
    return this.next().text;
  }

  /** `a`, `a.b`, `a..b`, up to four parts. */
  name(): Name {
    const parts = [this.identifier()];
    while (this.accept('.')) {
      if (this.is('.')) parts.push('');
      else parts.push(this.identifier());
      if (parts.length > 4) throw this.unexpected();
    }
    return parts;
  }

  names(): string[] {
    this.expect('(');
    const names = [this.identifier()];
    while (this.accept(',')) names.push(this.identifier());
    this.expect(')');
    return names;
  }

  integer(): number {
    const negative = this.accept('-');
    if (this.token.kind !== 'number' || !/^\d+$/.test(this.token.text)) throw this.unexpected();
    const value = Number(this.next().text);
    return negative ? -value : value;
  }

  /** `defaultLength`: 1 in a declaration, 30 in CAST and CONVERT. */
  type(defaultLength = 1): SqlType {
    const { line } = this;
    let name: string;
    if (this.is('NATIONAL', 'DOUBLE')) {
      const first = this.next().upper;
      if (first === 'DOUBLE') {
        this.expect('PRECISION');
        name = 'float';
      } else {
        name = /^CHAR/.test(this.next().upper) ? 'nchar' : 'ntext';
      }
    } else {
      const parts = this.name();
      name = parts.at(-1) ?? '';
    }
    if (/^(n?char|character)$/i.test(name) && this.accept('VARYING')) {
      name = /^n/i.test(name) ? 'nvarchar' : 'varchar';
    }
    let first: number | undefined;
    let second: number | undefined;
    if (this.accept('(')) {
      if (this.accept('MAX')) first = -1;
      else first = this.integer();
      if (this.accept(',')) second = this.integer();
      this.expect(')');
    } else if (/char|character|binary/i.test(name)) first = defaultLength;
    try {
      return typeFromParts(name, first, second);
    } catch (error) {
      throw error instanceof SqlServerError ? this.at(error, line) : error;
    }
  }

  /** Runs a nested rule, with a limit on nesting (error 8631 beyond it). */
  nested<T>(rule: () => T): T {
    if (++this.#depth > deepest) throw this.at(errors.requestTooDeep());
    try {
      return rule();
    } finally {
      this.#depth--;
    }
  }

  /** Counts the links of `a + b + …`, which nest in the tree but not in the text. */
  link(count: number): number {
    if (count > longestChain) throw this.at(errors.requestTooDeep());
    return count + 1;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  /** Does a query begin here, perhaps behind parentheses? */
  get startsQuery(): boolean {
    let count = 0;
    while (this.ahead(count).upper === '(') count++;
    const { kind, upper } = this.ahead(count);
    return kind === 'word' && (upper === 'SELECT' || (count === 0 && upper === 'WITH'));
  }
}
