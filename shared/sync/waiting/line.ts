/**
 * The line of runs that wait: one order of all, by ticket. A run is first where no earlier one waits
 * for any of its locks; only then it may start. So none is overtaken at any server, and two never
 * wait for each other; a run may wait while its servers are free, where an earlier one is before it
 * at one of them.
 */

/** A place in the line: the promise that a run will start. */
export interface Entry {
  /** The run. */
  id: string;
  /** Digits, all of one number: their lexical order is that of the line. */
  ticket: string;
  /** Names below `sync/`, sorted, as they were planned at last. */
  locks: readonly string[];
  /** ISO 8601; until then the run is not in line. */
  notBefore?: string | undefined;
}

export function isDue({ notBefore }: Pick<Entry, 'notBefore'>, now: Date): boolean {
  return notBefore === undefined || Date.parse(notBefore) <= now.getTime();
}

/** Those that are due, the first of all first. */
export function inLine(entries: readonly Entry[], now: Date): Entry[] {
  return entries.filter((entry) => isDue(entry, now)).sort(byPlace);
}

/** Of a line those that wait for any of these locks; with a ticket, those before it. */
export function ahead(
  line: readonly Entry[],
  { locks, ...place }: Pick<Entry, 'locks'> & Partial<Pick<Entry, 'ticket' | 'id'>>,
): Entry[] {
  const { ticket, id } = place;
  const isBefore = (entry: Entry) =>
    ticket === undefined || id === undefined || byPlace(entry, { ticket, id }) < 0;
  return line.filter((entry) => isBefore(entry) && meet(entry.locks, locks));
}

/** Of a line those that are first at each of their locks. */
export function headsOf(line: readonly Entry[]): Entry[] {
  const waitedFor = new Set<string>();
  return line.filter(({ locks }) => {
    const isFirst = locks.every((lock) => !waitedFor.has(lock));
    for (const lock of locks) waitedFor.add(lock);
    return isFirst;
  });
}

export function meet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((lock) => others.includes(lock));
}

type Place = Pick<Entry, 'ticket' | 'id'>;

function byPlace(a: Place, b: Place): number {
  if (a.ticket !== b.ticket) return a.ticket < b.ticket ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
