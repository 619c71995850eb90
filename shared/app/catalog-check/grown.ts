/** A catalogue's text with one more entry, the rest of it as somebody has written it. */

import { closingsIn } from '../../faults/places.ts';

export interface Grown {
  text: string;
  /** Line of the entry, from 1. */
  line: number;
}

/**
 * @param text JSON without a fault of syntax
 * @param list path of the list as faults write it, `entities`, `pipelines[0].checks`; one that is
 *   not there yet is made in the object that it is a member of
 * @param entry JSON of the entry, as it shall stand there
 * @returns undefined: there is no such list, nor an object that could have it
 */
export function grown(text: string, list: string, entry: string): Grown | undefined {
  const closings = closingsIn(text);
  const end = closings.get(list);
  if (end !== undefined) return text[end] === ']' ? appended(text, end, entry.trim()) : undefined;
  const [, above = '', name] = /^(?:(.*)\.)?([A-Za-z_][A-Za-z0-9_-]*)$/.exec(list) ?? [];
  const place = closings.get(above);
  if (name === undefined || place === undefined || text[place] !== '}') return undefined;
  return appended(text, place, `"${name}": [\n  ${indented(entry.trim(), '  ')}\n]`);
}

/** As the last of what is closed at `end`, on lines of its own. */
function appended(text: string, end: number, item: string): Grown {
  const before = text.slice(0, end).trimEnd();
  const lineStart = text.lastIndexOf('\n', end) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, end))?.[0] ?? '';
  const own = `${indent}  `;
  const start = `${before}${/[[{]$/.test(before) ? '' : ','}\n${own}`;
  return {
    text: `${start}${indented(item, own)}\n${indent}${text.slice(end)}`,
    line: start.split('\n').length,
  };
}

/** Its further lines, too. */
const indented = (item: string, indent: string) => item.replaceAll('\n', `\n${indent}`);
