/**
 * What following a company is made of: the source (its FlexiBee server), the mirror (the aggregate
 * base), and what travels between them. A company is named by its data source code everywhere.
 */

export type Operation = 'create' | 'update' | 'delete';

/** One line of the changelog. */
export interface Change {
  /** Global version in which it happened: unique and growing within a company, with gaps. */
  version: number;
  evidence: string;
  /** The record's number in its evidence, in decimal. */
  id: string;
  operation: Operation;
  /** When, as the server writes it: `2021-03-12 23:59:55.586215`; older servers leave it out. */
  at?: string;
  /** `code:…` and `ext:…` at that time. */
  externalIds: string[];
  /**
   * What is wrong with the line, of which no more than version and evidence is understood: whether
   * that matters depends on who follows the evidence.
   */
  odd?: string;
}

export interface ChangesPage {
  /** The company's newest version when the page was made. */
  globalVersion: number;
  /** In the order of versions. */
  changes: Change[];
  /** Where the next page starts; absent on the last one. */
  next?: number;
}

export interface FlexibeeRecord {
  id: string;
  code?: string;
  /** `code:…` and `ext:…`. */
  externalIds: string[];
  /** The record as the server gave it, every field kept. */
  payload: Record<string, unknown>;
}

export interface RecordsPage {
  globalVersion: number;
  /** In the order of ids; perhaps fewer than asked for. */
  records: FlexibeeRecord[];
  /**
   * How many records above `afterId` there are, as the server counted them; absent where it did
   * not: then only a page without records is the end.
   */
  count?: number;
}

/** One company at its server. Every call throws `FlexibeeError`, or the reason of `signal`. */
export interface Source {
  /** @param range `start` is inclusive; `limit` at most 1000, and `next` tells when there are more */
  changes(range: { start: number; limit: number }, signal: AbortSignal): Promise<ChangesPage>;
  /** Records by number in one request, at most 1000; those that do not exist are left out. */
  records(evidence: string, ids: readonly string[], signal: AbortSignal): Promise<FlexibeeRecord[]>;
  /** A page of a whole evidence: records with a number above `afterId`, or all, by number. */
  list(
    evidence: string,
    range: { afterId?: string | undefined; limit: number; detail?: string },
    signal: AbortSignal,
  ): Promise<RecordsPage>;
}

/** What a record has come to, by the last of the operations on it that were read. */
export interface RecordState {
  id: string;
  /** Version of that operation; of a load, the company's version when it began. */
  version: number;
  /** True: it is gone at the source, and the rest is absent. */
  deleted: boolean;
  code?: string;
  externalIds: string[];
  payload?: Record<string, unknown>;
}

/** One evidence's part of a page, with records that were stale, or either of the two. */
export interface Batch {
  evidence: string;
  /** For the journal, every one of the page, or none. */
  changes: readonly Change[];
  records: readonly RecordState[];
  /**
   * Set on the last batch of a full load: whatever was last read before this moment (ISO 8601) is
   * not at the source any more and becomes deleted in `version`.
   */
  gone?: { readBefore: string; version: number };
}

/** What the mirror takes at once. */
export interface MirrorPage {
  company: string;
  /**
   * Counts the histories of the company: a restored backup begins a new one, in which versions
   * come again with another meaning.
   */
  generation: number;
  /** A moment before the first of the records was read, ISO 8601 with milliseconds, UTC. */
  readAt: string;
  /** Of different evidences. */
  batches: readonly Batch[];
}

/** Records whose row changed; nothing is counted that the guard kept out or that stayed the same. */
export interface AppliedRows {
  created: number;
  updated: number;
  deleted: number;
}

/**
 * The number of the error by which the base tells that what was applied is of a generation that is
 * over; `sql/install/005-flexibee-page.sql` throws it.
 */
export const generationOver = 50506;

/**
 * The aggregate base. A row changes only for what is newer by (generation, version, readAt), in
 * this order; a change enters the journal once by (company, generation, version). So applying
 * anything twice, or an older page after a newer one, changes nothing; an older generation after a
 * newer one of the same evidence is refused whole (`generationOver`).
 */
export interface Mirror {
  /** @returns what became of each evidence of the page */
  apply(page: MirrorPage, signal: AbortSignal): Promise<ReadonlyMap<string, AppliedRows>>;
  /** The newest generation that anything was applied of; 0 where nothing was. */
  generation(company: string, evidences: readonly string[], signal: AbortSignal): Promise<number>;
}

/** What stops us from following a company; each has a cure that people are told. */
export const troubleKinds = [
  'changelog disabled',
  'licence missing',
  'wrong password',
  'unknown company',
  'versions went back',
  /** The aggregate base has rows of a newer generation than our cursor is of. */
  'newer generation',
  'unreachable',
  /** Somebody is logged in, and turning the changelog on needs the company for itself. */
  'company in use',
  /** The server understood and said no, for instance to an evidence that it does not have. */
  'request refused',
  'answer not understood',
  'database',
] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** As people are shown it; `newer version`: its cursor is of a version of the app that is newer. */
export const shownTroubleKinds = [...troubleKinds, 'newer version'] as const;
