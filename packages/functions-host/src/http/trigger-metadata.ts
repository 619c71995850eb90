/**
 * The binding data of an HTTP trigger: members of a JSON body, over them query parameters, over
 * them route parameters, all in one namespace. `request.params` is made of it when HTTP streams.
 */

import { jsonMembers } from '../json-members.ts';
import type { TypedData } from '../worker/protocol.ts';

/**
 * Names are compared without regard to case and keep the spelling of whoever came first, as in
 * the real host: a body member `ID` hides a route parameter `id` under its own spelling.
 */
export function httpTriggerMetadata(request: {
  body: string | undefined;
  query: URLSearchParams;
  parameters: Record<string, string>;
  headers: Record<string, string>;
}): Record<string, TypedData> {
  const spelling = new Map<string, string>();
  const metadata: Record<string, TypedData> = {};
  const set = (name: string, value: TypedData): void => {
    const known = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), known);
    metadata[known] = value;
  };
  for (const [name, value] of jsonMembers(request.body ?? '')) set(name, value);
  const query = Object.fromEntries(
    [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name).join(',')]),
  );
  for (const [name, value] of Object.entries(query)) {
    // `code` carries a function key.
    if (name.toLowerCase() !== 'code') set(name, { string: value });
  }
  for (const [name, value] of Object.entries(request.parameters)) set(name, { string: value });
  if (!spelling.has('query')) set('Query', { json: JSON.stringify(query) });
  if (!spelling.has('headers')) set('Headers', { json: JSON.stringify(request.headers) });
  return metadata;
}
