/** The shipped catalogue as plain JSON, and edits of it as an operator would make them. */

import shipped from '../../catalog/catalog.json' with { type: 'json' };

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Step = string | number;

export function shippedJson(): Json {
  const { $schema, ...own } = shipped;
  return structuredClone(own);
}

export function valueAt(json: Json, path: readonly Step[]): Json | undefined {
  let value: Json | undefined = json;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = value[Number(step)];
    else value = Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** The paths to all values in it, its own first. */
export function pathsOf(json: Json, path: Step[] = []): Step[][] {
  if (typeof json !== 'object' || json === null) return [path];
  const children = Array.isArray(json) ? [...json.entries()] : Object.entries(json);
  return [path, ...children.flatMap(([step, child]) => pathsOf(child, [...path, step]))];
}

/** Puts `value` at `path`; undefined takes what is there away. */
export function edit(json: Json, path: readonly Step[], value: Json | undefined): void {
  const parent = valueAt(json, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) {
    parent.splice(Number(last), 1, ...(value === undefined ? [] : [value]));
  } else if (typeof parent === 'object' && parent !== null) {
    if (value === undefined) delete parent[last];
    else
      Object.defineProperty(parent, last, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
}

/** `dataSources[3].systems.hcs["a b"]` → `['dataSources', 3, 'systems', 'hcs', 'a b']`. */
export function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([\w-]+)/g)].map(
    ([, index, quoted, word = '']) =>
      index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) : word,
  );
}
