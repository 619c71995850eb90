/** Words of a text in Python one by one, comments beside them, and what is said of a wrong one. */

import { show } from '../../faults/show.ts';
import { PythonFault } from './fault.ts';
import type { Token } from './tokens.ts';

/** Words that cannot be names (The Python Language Reference, 2.3.1). */
export const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for global if in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

export class TokenReader {
  /** How many words were taken. */
  place = 0;
  readonly #tokens: Token[] = [];
  readonly #comments = new Map<number, string>();

  /** @param tokens the last of them the end of the text */
  constructor(tokens: Iterable<Token>) {
    for (const token of tokens) {
      if (token.kind === 'comment') this.#comments.set(token.line, token.text);
      else this.#tokens.push(token);
    }
  }

  commentOn(line: number): string | undefined {
    return this.#comments.get(line);
  }

  /** The word behind the next one. */
  second(): Token | undefined {
    return this.#tokens[this.place + 1];
  }

  anyName(): void {
    const token = this.take();
    if (token.kind !== 'name' || keywords.has(token.text)) throw unexpected(token, 'a name');
  }

  expectName(text: string): void {
    const token = this.take();
    if (!isName(token, text)) throw unexpected(token, text);
  }

  expectOperator(text: string): void {
    const token = this.take();
    if (!isOperator(token, text)) throw unexpected(token, text);
  }

  /** The last token is the end, and stays. */
  peek(): Token {
    const token = this.#tokens[this.place] ?? this.#tokens.at(-1);
    if (token === undefined) throw new RangeError('a text without an end');
    return token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.place += 1;
    return token;
  }
}

export function isOperator(token: Token, text: string): boolean {
  return token.kind === 'operator' && token.text === text;
}

export function isName(token: Token, text: string): boolean {
  return token.kind === 'name' && token.text === text;
}

export function unexpected(token: Token, allowed: string): PythonFault {
  return new PythonFault(token, `${shown(token)} is not ${allowed}`, allowed);
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'newline':
      return 'the end of the line';
    case 'end':
      return 'the end of the text';
    case 'number':
    case 'text':
      return show(token.value);
    default:
      return show(token.text);
  }
}
