/** Short lists in texts of a definition. */

import { foldName } from '../name.ts';

/** `ID;Code` (ABRA's) or `ID,Code`. */
export const namesIn = (text: string): string[] =>
  text
    .split(/[;,]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Lines `NAME=value` of a condition's `params`, by name in upper case. */
export function paramsIn(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^\s*([^=]+?)\s*=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined
      ? []
      : [[foldName(name), value.trim()] as const];
  });
  return new Map(lines);
}
