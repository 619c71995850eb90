/** Top-level members of a JSON text as binding data, the way the host takes them from an input. */

import type { TypedData } from './worker/protocol.ts';

/** @returns name and value of each member; none when `text` is no JSON object. */
export function jsonMembers(text: string): [string, TypedData][] {
  if (!/^\s*\{[\s\S]*\}\s*$/.test(text)) return [];
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

/** .NET writes booleans with a capital. */
function scalarText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
