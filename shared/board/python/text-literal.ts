/** Texts in Python: The Python Language Reference, 2.4.1: String and Bytes literals. */

import { show } from '../../faults/show.ts';
import { type Place, PythonFault } from './fault.ts';

export interface TextLiteral {
  value: string;
  /** Of the whole literal, with prefix and quotes. */
  length: number;
  /** Ends of lines in it. */
  lines: number;
  /** Characters in the last of its lines. */
  lastLine: number;
}

const simple: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
  ...{ v: '\v', '\n': '' },
};

const numeric = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/y;

/**
 * @param opening prefix and quotes, where they stand in `text`
 * @throws PythonFault
 */
export function readText(text: string, opening: RegExpExecArray, place: Place): TextLiteral {
  const [whole, prefix = '', quotes = '"'] = opening;
  const kind = prefix.toLowerCase();
  if (!['', 'u', 'r'].includes(kind)) {
    const message = `a text with ${show(prefix)} before it is none that a board has`;
    throw new PythonFault(place, message, 'a plain text: "0c10"');
  }
  let at = opening.index + whole.length;
  let value = '';
  let lines = 0;
  let lineStart = opening.index;
  const unclosed = () => {
    const message = `a text that begins with ${quotes} is never closed`;
    return new PythonFault(place, message, `${quotes} at its end`);
  };
  while (!text.startsWith(quotes, at)) {
    const letter = text[at];
    if (letter === undefined || (letter === '\n' && quotes.length === 1)) throw unclosed();
    const isEscape = letter === '\\';
    const piece = isEscape
      ? escaped(text, at, kind === 'r', unclosed)
      : { value: letter, length: 1 };
    const ends = text.slice(at, at + piece.length).lastIndexOf('\n');
    if (ends >= 0) {
      lines += 1;
      lineStart = at + ends + 1;
    }
    value += piece.value;
    at += piece.length;
  }
  const end = at + quotes.length;
  return { value, length: end - opening.index, lines, lastLine: end - lineStart };
}

function escaped(
  text: string,
  at: number,
  isRaw: boolean,
  unclosed: () => PythonFault,
): { value: string; length: number } {
  const next = text[at + 1];
  if (next === undefined) throw unclosed();
  if (isRaw) return { value: `\\${next}`, length: 2 };
  const known = simple[next];
  if (known !== undefined) return { value: known, length: 2 };
  numeric.lastIndex = at;
  const [all, x, u, long, octal] = numeric.exec(text) ?? [];
  if (all === undefined) return { value: `\\${next}`, length: 2 };
  const code = Number.parseInt(x ?? u ?? long ?? octal ?? '', octal === undefined ? 16 : 8);
  const value = code <= 0x10ffff ? String.fromCodePoint(code) : all;
  return { value, length: all.length };
}
