/** Top-level members of a JSON text as binding data, the way the host takes them from an input. */

import type { TypedData } from './worker/protocol.ts';

/** The real host's parser goes no deeper, and gives up. */
const depthLimit = 64;

/** @returns name and value of each member; none when `text` is no JSON object, or is too deep. */
export function jsonMembers(text: string): [string, TypedData][] {
  if (!/^\s*\{[\s\S]*\}\s*$/.test(text) || depthOf(text) > depthLimit) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  return Object.entries(parsed as object).flatMap(([name, value]): [string, TypedData][] => {
    if (value === null || Array.isArray(value)) return [];
    if (typeof value === 'object') return [[name, { json: JSON.stringify(value) }]];
    return [[name, { string: scalarText(value) }]];
  });
}

/** How many objects and arrays are open at once at most. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** .NET writes booleans with a capital. */
function scalarText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
