/**
 * Where a JSON text is wrong. `JSON.parse` leaves out the place for the commonest slips, and takes
 * the last of two equal keys in silence.
 */

/** A sign, a string, a number or a literal. C1 controls are control characters that JSON allows. */
const token =
  /[{}[\],:]|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
const space = /[ \t\r\n]*/y;

/** What is expected next; `more` is what follows a value. */
const states = {
  value: 'a value',
  'first value': 'a value or ]',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or }',
  colon: ':',
  more: 'a comma or the end',
} as const;
type State = keyof typeof states;

/** What reads a value calls itself for each level: far more than people write, far less than a stack. */
const mostLevels = 200;

/** A list or an object that has not been closed yet. */
interface Open {
  closing: ']' | '}';
  keys: Set<string>;
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** The state after `found`; undefined: it has no place here. */
function after(state: State, found: string, open: Open[]): State | undefined {
  const inner = open.at(-1);
  if (state !== 'value' && state !== 'key' && state !== 'colon' && found === inner?.closing) {
    open.pop();
    return 'more';
  }
  if (state === 'colon') return found === ':' ? 'value' : undefined;
  if (state === 'more') {
    if (found !== ',' || inner === undefined) return undefined;
    return inner.closing === '}' ? 'key' : 'value';
  }
  if (state === 'key' || state === 'first key') return found.startsWith('"') ? 'colon' : undefined;
  if (found === '{' || found === '[') {
    open.push({ closing: found === '{' ? '}' : ']', keys: new Set() });
    return found === '{' ? 'first key' : 'first value';
  }
  return found === '' || '}],:'.includes(found) ? undefined : 'more';
}

/** What keeps a text in quotation marks from being one; its place counts from its beginning. */
function textFault(text: string): { at: number; what: string } {
  const shown = (at: number) => {
    const code = text.charCodeAt(at).toString(16).padStart(4, '0');
    return { at, what: `a control character in a text; write it as \\u${code}` };
  };
  for (let at = 1; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\n' || sign === '\r') break;
    if (sign < ' ') return shown(at);
    if (sign !== '\\') continue;
    const [escaped] = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at, at + 6)) ?? [];
    if (escaped === undefined) {
      const what = JSON.stringify(text.slice(at, at + 2));
      return { at, what: `${what} in a text; a backslash is written as two` };
    }
    at += escaped.length - 1;
  }
  return { at: 0, what: 'a text without a quotation mark at its end' };
}

/** Where a text is no JSON, from 1 on. */
export interface SyntaxPlace {
  line: number;
  column: number;
  /** What is there, with words of the text. */
  what: string;
  /** `a value`; absent where it is not that something else is expected. */
  expected?: string;
}

/** `line 3, column 7: "}" where a value is expected`; undefined: JSON, and no key comes twice. */
export function syntaxFault(text: string): string | undefined {
  const place = syntaxPlace(text);
  if (place === undefined) return undefined;
  const { line, column, what, expected } = place;
  const where = expected === undefined ? '' : ` where ${expected} is expected`;
  return `line ${line}, column ${column}: ${what}${where}`;
}

/** The same in its parts, for texts of which no word may be told. */
export function syntaxPlace(text: string): SyntaxPlace | undefined {
  const open: Open[] = [];
  let state: State = 'value';
  let at = sticky(space, text, 0).length;
  const fault = (what: string, expected?: string): SyntaxPlace => {
    const lines = text.slice(0, at).split('\n');
    const column = (lines.at(-1) ?? '').length + 1;
    return { line: lines.length, column, what, ...(expected !== undefined && { expected }) };
  };

  while (at < text.length || state !== 'more' || open.length > 0) {
    const found = sticky(token, text, at);
    const next = after(state, found, open);
    if (next === undefined) {
      if (found === '' && text[at] === '"') {
        const { at: inside, what } = textFault(text.slice(at));
        at += inside;
        return fault(what);
      }
      if (at < 2 && /^(?:\ufffd|.?\0)/.test(text)) return fault('not UTF-8; save the file as that');
      const there = /^(?:[\p{L}\p{N}_.+-]{1,40}|.)/su.exec(text.slice(at, at + 80))?.[0];
      const what =
        there === undefined ? 'the text ends' : JSON.stringify(found.slice(0, 40) || there);
      return fault(what, states[state]);
    }
    if (open.length > mostLevels)
      return fault(`more than ${mostLevels} levels of lists and objects`);
    if (next === 'colon') {
      const key: unknown = JSON.parse(found);
      const keys = open.at(-1)?.keys;
      if (keys?.has(String(key))) return fault(`the key ${found} comes twice in one object`);
      keys?.add(String(key));
    }
    at += found.length;
    at += sticky(space, text, at).length;
    state = next;
  }
  return undefined;
}
