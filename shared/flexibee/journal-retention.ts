/** Journals keep what a company's `journalDays` say, and no more. */

import { DatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import { pruneJournal } from './base-procedures.ts';

export interface KeptJournal {
  company: string;
  /** Ids of the databases that it is in. */
  databases: readonly string[];
  /** What was read before this moment goes. */
  before: Date;
}

/**
 * Deletes from all journals in turn, a thousand rows of one at a time, each in a transaction of its
 * own, until nothing is left to go or `isOver`; what is left goes the next time.
 *
 * @param log is told of each company whose base fails; the others go on
 * @returns how many rows
 * @throws the reason of `signal`
 */
export async function expireJournals(
  databases: Databases,
  journals: readonly KeptJournal[],
  options: { isOver(): boolean; log(text: string): void },
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  let left = journals;
  while (left.length > 0 && !options.isOver()) {
    const more: KeptJournal[] = [];
    for (const journal of left) {
      if (options.isOver()) break;
      const { company, databases: ids, before } = journal;
      try {
        const deleted = await pruneJournal(databases, ids, company, before, signal);
        total += deleted;
        if (deleted > 0) more.push(journal);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        options.log(`FlexiBee ${company}: its journal keeps what is too old: ${error.message}`);
      }
    }
    left = more;
  }
  return total;
}
