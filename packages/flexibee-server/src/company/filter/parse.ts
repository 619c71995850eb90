import { filterError, type Token, tokens } from './tokens.ts';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type Match = 'like' | 'begins' | 'ends';

/** A literal, or what the server puts in for `now()`, `currentYear()`, `me()`. */
export type Value =
  | { kind: 'literal'; value: string }
  | { kind: 'call'; name: 'now' | 'currentYear' | 'me' };

export type Expression =
  | { kind: 'and' | 'or'; terms: Expression[] }
  | { kind: 'not'; term: Expression }
  | { kind: 'compare'; field: string; operator: Comparison; value: Value }
  | { kind: 'match'; field: string; operator: Match; similar: boolean; value: Value }
  | { kind: 'between'; field: string; from: Value; to: Value }
  | { kind: 'in'; field: string; values: Value[] }
  | { kind: 'is'; field: string; what: 'null' | 'empty' | 'true' | 'false'; not: boolean };

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '==': '=',
  eq: '=',
  '<>': '<>',
  '!=': '<>',
  ne: '<>',
  neq: '<>',
  '<': '<',
  lt: '<',
  '<=': '<=',
  lte: '<=',
  '>': '>',
  gt: '>',
  '>=': '>=',
  gte: '>=',
};
const calls = { 'now()': 'now', 'currentYear()': 'currentYear', 'me()': 'me' } as const;
const keywords = new Set(['and', 'or', 'not']);
/** Deeper nesting is refused before it can exhaust the stack. */
const maxDepth = 100;

/**
 * Reads a filter: comparison binds tightest, then `not`, `and`, `or`; keywords in any case.
 * @throws CompanyError 400
 */
export function parseFilter(filter: string): Expression {
  return new Parser(filter).parse();
}

class Parser {
  readonly #filter: string;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokens(filter);
  }

  parse(): Expression {
    const expression = this.#or();
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return expression;
  }

  #or(): Expression {
    return this.#list('or', () => this.#list('and', () => this.#not()));
  }

  #list(kind: 'and' | 'or', term: () => Expression): Expression {
    const first = term();
    const terms = [first];
    while (this.#accept(kind)) terms.push(term());
    return terms.length === 1 ? first : { kind, terms };
  }

  #not(): Expression {
    if (++this.#depth > maxDepth) throw this.#error('příliš hluboké vnoření');
    const expression = this.#accept('not')
      ? ({ kind: 'not', term: this.#not() } as const)
      : this.#accept('(')
        ? this.#closed(this.#or())
        : this.#condition();
    this.#depth--;
    return expression;
  }

  #closed(expression: Expression): Expression {
    this.#expect(')');
    return expression;
  }

  #condition(): Expression {
    const token = this.#take();
    const field = token.value;
    if (token.kind !== 'name' || keywords.has(field.toLowerCase())) {
      throw this.#error('je očekáván název vlastnosti', token);
    }
    const operator = this.#take();
    const word = operator.kind === 'text' ? '' : operator.value.toLowerCase();
    const comparison = Object.hasOwn(comparisons, word) ? comparisons[word] : undefined;
    if (comparison !== undefined) {
      return { kind: 'compare', field, operator: comparison, value: this.#value() };
    }
    if (word === 'like' || word === 'begins' || word === 'ends') {
      const similar = this.#accept('similar');
      return { kind: 'match', field, operator: word, similar, value: this.#value() };
    }
    if (word === 'between') {
      return { kind: 'between', field, from: this.#value(), to: this.#value() };
    }
    if (word === 'in') return { kind: 'in', field, values: this.#values() };
    if (word === 'is') return this.#is(field);
    throw this.#error(`neznámý operátor '${operator.value}'`, operator);
  }

  #is(field: string): Expression {
    const not = this.#accept('not');
    for (const what of ['null', 'empty', 'true', 'false'] as const) {
      if (this.#accept(what)) return { kind: 'is', field, what, not };
    }
    throw this.#error('je očekáváno null, empty, true nebo false');
  }

  #values(): Value[] {
    this.#expect('(');
    const values = [this.#value()];
    while (this.#accept(',')) values.push(this.#value());
    this.#expect(')');
    return values;
  }

  #value(): Value {
    const token = this.#take();
    if (token.kind === 'name') {
      if (Object.hasOwn(calls, token.value)) {
        return { kind: 'call', name: calls[token.value as keyof typeof calls] };
      }
      if (/^(true|false)$/i.test(token.value)) {
        return { kind: 'literal', value: token.value.toLowerCase() };
      }
    } else if (token.kind !== 'operator' && token.kind !== 'end') {
      return { kind: 'literal', value: token.value };
    }
    throw this.#error('je očekávána hodnota', token);
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.#error('neočekávaný konec');
    return token;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #accept(word: string): boolean {
    const { kind, value } = this.#peek();
    const accepted = (kind === 'name' || kind === 'operator') && value.toLowerCase() === word;
    if (accepted) this.#next++;
    return accepted;
  }

  #expect(word: string): void {
    if (!this.#accept(word)) throw this.#error(`je očekáváno '${word}'`);
  }

  #unexpected(): Error {
    const { kind, value } = this.#peek();
    return this.#error(kind === 'end' ? 'neočekávaný konec' : `neočekávané '${value}'`);
  }

  #error(what: string, token = this.#tokens[this.#next]): Error {
    return filterError(this.#filter, token?.position ?? this.#filter.length, what);
  }
}
