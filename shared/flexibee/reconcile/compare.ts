/** Two lists in the order of ids, held side by side: what is in one only, and what differs. */

import { isBelow } from '../record-ids.ts';

/** A record, and what tells whether it is the same as another. */
export interface Stamp {
  id: string;
  content: string | undefined;
}

/** A row of the mirror. */
export interface MirrorStamp extends Stamp {
  version: number;
}

/** A record that looks different, with the mirror's version; 0: it has no row. */
export interface Candidate {
  id: string;
  version: number;
}

/**
 * @param source in the order of ids
 * @param mirror pages in the order of ids, of the same range
 */
export async function candidatesIn(
  source: readonly Stamp[],
  mirror: AsyncIterable<readonly MirrorStamp[]>,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  let index = 0;
  for await (const rows of mirror) {
    for (const row of rows) {
      for (; isBelow(source[index]?.id ?? row.id, row.id); index += 1) {
        found.push({ id: source[index]?.id ?? '', version: 0 });
      }
      const record = source[index]?.id === row.id ? source[index] : undefined;
      if (record !== undefined) index += 1;
      if (record === undefined || !isSame(record.content, row.content)) {
        found.push({ id: row.id, version: row.version });
      }
    }
  }
  for (const { id } of source.slice(index)) found.push({ id, version: 0 });
  return found;
}

/** Times are the same whatever zone they are written in. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  const moment = Date.parse(one);
  return !Number.isNaN(moment) && moment === Date.parse(other);
}
