/** Where in a JSON text the members stand that faults name. */

import { pathText } from './catalog-error.ts';

/** Both from 1, columns in UTF-16 code units, as editors count. */
export interface Place {
  line: number;
  column: number;
}

const lastStep = /(?:\.?[A-Za-z_][A-Za-z0-9_-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/;
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** A list or an object that has not been closed yet. */
interface Open {
  path: string;
  /** Of the next item of a list; undefined in an object. */
  index: number | undefined;
}

/**
 * A member is where its key begins, an item of a list where it begins itself. What is not there is
 * where that is of which it would be a part.
 *
 * @param text JSON without a fault of syntax; of any other the answer is anything
 * @returns gives the place of a path as faults write it
 */
export function placesIn(text: string): (path: string) => Place {
  const { offsets } = membersIn(text);
  return (path) => {
    let known = path;
    while (!offsets.has(known)) {
      const above = known.replace(lastStep, '');
      // What is no path is told at the top.
      known = above === known ? '' : above;
    }
    const before = text.slice(0, offsets.get(known) ?? 0).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
}

/**
 * Where lists and objects end, by their paths as faults write them; that of the whole is empty.
 *
 * @param text as above
 * @returns offsets of the closing signs, in UTF-16 code units
 */
export function closingsIn(text: string): ReadonlyMap<string, number> {
  return membersIn(text).closings;
}

function membersIn(text: string) {
  const offsets = new Map([['', /\S/.exec(text)?.index ?? 0]]);
  const closings = new Map<string, number>();
  const open: Open[] = [];
  let key: string | undefined;
  const below = (path: string, step: string | number) => {
    const own = pathText([step]);
    return path === '' || own.startsWith('[') ? path + own : `${path}.${own}`;
  };
  for (const { 0: found, index: at } of text.matchAll(token)) {
    const inner = open.at(-1);
    if (found === '}' || found === ']') {
      open.pop();
      if (inner !== undefined) closings.set(inner.path, at);
      continue;
    }
    if (found === ',' || found === ':') continue;
    let path = '';
    if (inner?.index !== undefined) {
      path = below(inner.path, inner.index++);
      offsets.set(path, at);
    } else if (inner !== undefined && key === undefined) {
      key = below(inner.path, String(JSON.parse(found)));
      offsets.set(key, at);
      continue;
    } else if (key !== undefined) {
      path = key;
      key = undefined;
    }
    if (found === '{' || found === '[') open.push({ path, index: found === '[' ? 0 : undefined });
  }
  return { offsets, closings };
}
