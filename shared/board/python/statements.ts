/**
 * Statements of a board in Python: calls of four functions, imports, and constants of its own. A
 * board is no program: whatever else stands there is a fault, told with its place, and so is whatever
 * Python itself would not take.
 */

import { didYouMean } from '../../faults/near-name.ts';
import { show } from '../../faults/show.ts';
import { type Place, PythonFault } from './fault.ts';
import { isName, isOperator, keywords, TokenReader, unexpected } from './token-reader.ts';
import type { Token } from './tokens.ts';

export type Value =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'truth'; value: boolean }
  | { kind: 'none' }
  /** The name of a constant that is not of this text. */
  | { kind: 'constant'; name: string };

export type Argument = Value & Place;

export interface CallStatement extends Place {
  function: string;
  /** By the names of the parameters. */
  arguments: ReadonlyMap<string, Argument>;
  /** The comment behind it. */
  comment?: string;
}

const entity = ['name', 'code', 'month', 'year', 'run'];
const dataSource = ['code', 'month', 'year', 'run'];

/** Parameters in their order; the original had two names for each of its functions. */
export const functions: Readonly<Record<string, readonly string[]>> = {
  sync_entity: entity,
  load_entity: entity,
  sync_data_source: dataSource,
  load_data_source: dataSource,
};
const allowedCalls = `a call of ${Object.keys(functions).join(', ')}`;
const allowedStatement = `${allowedCalls}; an import; or a constant: NAME = 'text'`;
const allowedValue = "a text ('0c10'), a whole number, True, False, None or the name of a constant";

/** @throws PythonFault */
export function callsIn(tokens: Iterable<Token>): CallStatement[] {
  return new Statements(tokens).calls();
}

class Statements {
  readonly #reader: TokenReader;
  readonly #constants = new Map<string, Value | undefined>();

  constructor(tokens: Iterable<Token>) {
    this.#reader = new TokenReader(tokens);
  }

  calls(): CallStatement[] {
    const calls: CallStatement[] = [];
    let isLineStart = true;
    for (;;) {
      const token = this.#reader.take();
      if (token.kind === 'end') return calls;
      if (isLineStart && token.column !== 1) {
        throw new PythonFault(
          token,
          'the line is indented',
          'statements at the beginning of lines',
        );
      }
      const call = this.#statement(token);
      if (call !== undefined) calls.push(call);
      const after = this.#reader.take();
      isLineStart = after.kind !== 'operator';
      const isOver = after.kind === 'newline' || isOperator(after, ';');
      if (!isOver) throw unexpected(after, 'the end of the line');
      if (isOperator(after, ';') && this.#reader.peek().kind === 'newline') {
        this.#reader.take();
        isLineStart = true;
      }
    }
  }

  #statement(token: Token): CallStatement | undefined {
    // A text by itself is a comment of Python's.
    if (token.kind === 'text') {
      while (this.#reader.peek().kind === 'text') this.#reader.take();
      return undefined;
    }
    if (token.kind !== 'name') throw unexpected(token, allowedStatement);
    if (token.text === 'import' || token.text === 'from') {
      this.#import(token);
      return undefined;
    }
    const next = this.#reader.peek();
    if (isOperator(next, '=') && !keywords.has(token.text)) {
      this.#assignment(token.text);
      return undefined;
    }
    if (!isOperator(next, '(') || keywords.has(token.text))
      throw unexpected(token, allowedStatement);
    return this.#call(token, token.text);
  }

  #import(token: Token & { text: string }): void {
    if (token.text === 'from') {
      while (isOperator(this.#reader.peek(), '.')) this.#reader.take();
      if (!isName(this.#reader.peek(), 'import')) this.#dottedName();
      this.#reader.expectName('import');
      if (isOperator(this.#reader.peek(), '*')) {
        this.#reader.take();
        return;
      }
      const isBracketed = isOperator(this.#reader.peek(), '(');
      if (isBracketed) this.#reader.take();
      this.#names(isBracketed);
      if (isBracketed) this.#reader.expectOperator(')');
      return;
    }
    this.#names(false);
  }

  /** `a, b as c`, in brackets with a comma at its end or not. */
  #names(isBracketed: boolean): void {
    for (;;) {
      this.#dottedName();
      if (isName(this.#reader.peek(), 'as')) {
        this.#reader.take();
        this.#reader.anyName();
      }
      if (!isOperator(this.#reader.peek(), ',')) return;
      this.#reader.take();
      if (isBracketed && isOperator(this.#reader.peek(), ')')) return;
    }
  }

  #dottedName(): void {
    this.#reader.anyName();
    while (isOperator(this.#reader.peek(), '.')) {
      this.#reader.take();
      this.#reader.anyName();
    }
  }

  /** What is no plain value, as a list of names, is a constant that no call can use. */
  #assignment(name: string): void {
    this.#reader.expectOperator('=');
    const start = this.#reader.place;
    const value = this.#tryValue();
    if (value === undefined || !this.#isStatementOver()) {
      this.#reader.place = start;
      if (this.#isStatementOver()) throw unexpected(this.#reader.peek(), allowedValue);
      let depth = 0;
      for (
        let token = this.#reader.peek();
        depth > 0 || !this.#isStatementOver();
        token = this.#reader.peek()
      ) {
        if (token.kind === 'end') return;
        if (token.kind === 'operator' && '([{'.includes(token.text)) depth += 1;
        if (token.kind === 'operator' && ')]}'.includes(token.text)) depth -= 1;
        this.#reader.take();
      }
      this.#constants.set(name, undefined);
      return;
    }
    this.#constants.set(name, value);
  }

  #isStatementOver(): boolean {
    const token = this.#reader.peek();
    return token.kind === 'newline' || token.kind === 'end' || isOperator(token, ';');
  }

  #call(place: Token, name: string): CallStatement {
    const parameters = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (parameters === undefined) {
      const message = `there is no function ${show(name)}${didYouMean(name, Object.keys(functions))}`;
      throw new PythonFault(place, message, allowedCalls);
    }
    this.#reader.expectOperator('(');
    const given = new Map<string, Argument>();
    let isNamed = false;
    while (!isOperator(this.#reader.peek(), ')')) {
      const at = this.#reader.peek();
      const keyword = this.#keyword();
      if (keyword === undefined && isNamed) {
        const allowed = 'arguments without a name before those with one';
        throw new PythonFault(at, 'an argument without a name is behind one with a name', allowed);
      }
      isNamed ||= keyword !== undefined;
      const parameter = keyword ?? parameters[given.size];
      if (parameter === undefined || !parameters.includes(parameter)) {
        const what = keyword === undefined ? 'so many arguments' : `argument ${show(keyword)}`;
        const message = `${name} has no ${what}${didYouMean(keyword, parameters)}`;
        throw new PythonFault(at, message, parameters.join(', '));
      }
      if (given.has(parameter)) {
        const message = `${name} is given ${parameter} twice`;
        throw new PythonFault(at, message, 'each argument once');
      }
      const place = this.#reader.peek();
      const value = this.#tryValue();
      if (value === undefined) throw unexpected(place, allowedValue);
      given.set(parameter, { ...value, line: place.line, column: place.column });
      if (isOperator(this.#reader.peek(), ',')) this.#reader.take();
      else if (!isOperator(this.#reader.peek(), ')'))
        throw unexpected(this.#reader.peek(), 'a comma or )');
    }
    const { endLine } = this.#reader.take();
    for (const parameter of parameters.slice(0, -3)) {
      if (given.has(parameter)) continue;
      const message = `${name} is not given ${parameter}`;
      throw new PythonFault(place, message, `${name}(${parameters.join(', ')})`);
    }
    const comment = this.#reader.commentOn(endLine);
    const { line, column } = place;
    return { function: name, arguments: given, line, column, ...(comment && { comment }) };
  }

  #keyword(): string | undefined {
    const [name, sign] = [this.#reader.peek(), this.#reader.second()];
    if (name.kind !== 'name' || sign === undefined || !isOperator(sign, '=')) return undefined;
    this.#reader.take();
    this.#reader.take();
    return name.text;
  }

  /** undefined: what stands there is no plain value. */
  #tryValue(): Value | undefined {
    const token = this.#reader.peek();
    const isMinus = isOperator(token, '-');
    if (isMinus) this.#reader.take();
    const first = isMinus ? this.#reader.peek() : token;
    if (isMinus && first.kind !== 'number') return undefined;
    switch (first.kind) {
      case 'number':
        this.#reader.take();
        return { kind: 'number', value: isMinus ? 0 - first.value : first.value };
      case 'text': {
        let value = '';
        // Texts side by side are one.
        for (let next = this.#reader.peek(); next.kind === 'text'; next = this.#reader.peek()) {
          value += next.value;
          this.#reader.take();
        }
        return { kind: 'text', value };
      }
      case 'name':
        if (keywords.has(first.text)) return undefined;
        this.#reader.take();
        return this.#named(first.text, first);
      default:
        return undefined;
    }
  }

  #named(name: string, place: Place): Value {
    if (name === 'True' || name === 'False') return { kind: 'truth', value: name === 'True' };
    if (name === 'None') return { kind: 'none' };
    if (!this.#constants.has(name)) return { kind: 'constant', name };
    const value = this.#constants.get(name);
    if (value !== undefined) return value;
    throw new PythonFault(place, `${show(name)} is no text and no number`, allowedValue);
  }
}
