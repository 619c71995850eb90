/** Queries that somebody has given a name: kept by this browser; an address is how others get one. */

import { signal } from '@preact/signals';

export interface SavedQuery {
  name: string;
  connection: string;
  definition: string;
  /** Of the definition, when it was saved. */
  title: string;
  body: unknown;
}

const place = 'syncboard-queries';
const most = 200;

export const saved = signal<readonly SavedQuery[]>(read());

export function save(query: SavedQuery): void {
  write([query, ...saved.value.filter((one) => !isSame(one, query))].slice(0, most));
}

export function forget(query: SavedQuery): void {
  write(saved.value.filter((one) => !isSame(one, query)));
}

const isSame = (one: SavedQuery, other: SavedQuery) =>
  one.name === other.name &&
  one.connection === other.connection &&
  one.definition === other.definition;

function write(queries: readonly SavedQuery[]): void {
  saved.value = queries;
  localStorage.setItem(place, JSON.stringify(queries));
}

/** What another version of the page has written is passed over. */
function read(): SavedQuery[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return Array.isArray(found) ? found.filter(isSaved) : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is SavedQuery {
  const { name, connection, definition, title, body } = (value ?? {}) as Record<string, unknown>;
  return [name, connection, definition, title].every((one) => typeof one === 'string') && !!body;
}
