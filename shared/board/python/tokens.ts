/**
 * Words of a text in Python (The Python Language Reference, 2: Lexical analysis), as far as a board
 * has them: names, texts, whole numbers, operators, ends of logical lines, comments.
 */

import { show } from '../../faults/show.ts';
import { type Place, PythonFault } from './fault.ts';
import { readText } from './text-literal.ts';

export type Token = Place & { endLine: number } & (
    | { kind: 'name'; text: string }
    | { kind: 'text'; value: string }
    | { kind: 'number'; value: number }
    /** One character, or `...`, `==`, `->` and the like: what no board has is refused later. */
    | { kind: 'operator'; text: string }
    /** The end of a logical line. */
    | { kind: 'newline' }
    | { kind: 'comment'; text: string }
    | { kind: 'end' }
  );

const namePattern = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
/** The prefix of a text, if there is any, and its quotes. */
const quotePattern = /([A-Za-z]{0,2})("""|'''|"|')/y;
const numberPattern = /\d[\d_]*/y;
const numberEndPattern = /[\w.]/uy;
const blanks = ' \t\f';
const brackets: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** @throws PythonFault */
export function* tokensOf(source: string): Generator<Token, void, undefined> {
  const text = source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const open: (Place & { text: string })[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  /** Whether the logical line has anything yet: empty ones end nothing. */
  let isBegun = false;
  const here = (): Place => ({ line, column: at - lineStart + 1 });
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const toNextLine = (): void => {
    at += 1;
    line += 1;
    lineStart = at;
  };
  while (at < text.length) {
    const place = here();
    const start = { ...place, endLine: line };
    const letter = text[at] ?? '';
    if (letter === '\n') {
      if (isBegun && open.length === 0) {
        yield { kind: 'newline', ...start };
        isBegun = false;
      }
      toNextLine();
      continue;
    }
    if (blanks.includes(letter)) {
      at += 1;
      continue;
    }
    if (letter === '#') {
      const end = text.indexOf('\n', at);
      const comment = text.slice(at + 1, end < 0 ? undefined : end);
      yield { kind: 'comment', text: comment.trim(), ...start };
      at += comment.length + 1;
      continue;
    }
    if (letter === '\\') {
      if (text[at + 1] !== '\n') {
        throw new PythonFault(place, 'a backslash is not at the end of its line', 'a new line');
      }
      at += 1;
      toNextLine();
      continue;
    }
    isBegun = true;
    const quote = matched(quotePattern);
    if (quote !== null) {
      const { value, length, lines, lastLine } = readText(text, quote, place);
      at += length;
      line += lines;
      if (lines > 0) lineStart = at - lastLine;
      yield { kind: 'text', value, ...place, endLine: line };
      continue;
    }
    const name = matched(namePattern)?.[0];
    if (name !== undefined) {
      at += name.length;
      yield { kind: 'name', text: name.normalize('NFKC'), ...start };
      continue;
    }
    const digits = matched(numberPattern)?.[0];
    if (digits !== undefined) {
      at += digits.length;
      yield {
        kind: 'number',
        value: wholeNumber(digits, place, matched(numberEndPattern)),
        ...start,
      };
      continue;
    }
    const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!/[!-/:-@[-`{-~]/.test(point)) {
      const message = `there is a character that Python has no use for: ${show(point)}`;
      throw new PythonFault(place, message, 'letters, digits and signs of Python');
    }
    if ('([{'.includes(letter)) open.push({ ...place, text: letter });
    const opening = brackets[letter];
    if (opening !== undefined && open.pop()?.text !== opening) {
      throw new PythonFault(place, `${letter} closes nothing`, `${opening} before it`);
    }
    at += 1;
    yield { kind: 'operator', text: letter, ...start };
  }
  const [left] = open;
  if (left !== undefined) {
    throw new PythonFault(left, `${left.text} is never closed`, 'a closing bracket for each');
  }
  const end = { ...here(), endLine: line };
  if (isBegun) yield { kind: 'newline', ...end };
  yield { kind: 'end', ...end };
}

/** Python has no `07`, and a board no 7.5. */
function wholeNumber(digits: string, place: Place, after: RegExpExecArray | null): number {
  const value = Number(digits.replaceAll('_', ''));
  const isPlain = /^(0|[1-9]\d*(_\d+)*)$/.test(digits) && after === null;
  if (isPlain && Number.isSafeInteger(value)) return value;
  const message = `${show(digits + (after?.[0] ?? ''))} is no whole number as a board has them`;
  throw new PythonFault(place, message, 'a whole number without leading zeros: 7, 2019');
}
