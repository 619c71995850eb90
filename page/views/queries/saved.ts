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

// Another tab keeps its queries in the same place.
window.addEventListener('storage', ({ key }) => {
  if (key === place || key === null) saved.value = read();
});

/** In place of one that is called the same. */
export function save(query: SavedQuery): void {
  write((others) => [query, ...others.filter((one) => !isSame(one, query))].slice(0, most));
}

export function forget(query: SavedQuery): void {
  write((others) => others.filter((one) => !isSame(one, query)));
}

/** Whether there is one of this name. */
export function isTaken(query: Named): boolean {
  return read().some((one) => isSame(one, query));
}

type Named = Pick<SavedQuery, 'name' | 'connection' | 'definition'>;
const isSame = (one: Named, other: Named) =>
  one.name === other.name &&
  one.connection === other.connection &&
  one.definition === other.definition;

/** Changes what is there now, whichever tab has written it. */
function write(change: (queries: readonly SavedQuery[]) => readonly SavedQuery[]): void {
  const queries = change(read());
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
