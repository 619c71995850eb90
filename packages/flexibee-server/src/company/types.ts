/** What a company of the FlexiBee stand-in can be asked; HTTP, JSON and XML are the server's. */

export type Operation = 'create' | 'update' | 'delete';

/** One line of the changelog, as the Changes API has it. */
export interface Change {
  /** Global version: unique and growing, with gaps. */
  version: number;
  evidence: string;
  id: number;
  operation: Operation;
  /** Prague time without an offset: `2021-03-12 23:59:55.586215`; absent on an old server. */
  timestamp?: string;
  /** `code:…` and `ext:…` the record had at that time. */
  externalIds: string[];
}

export interface ChangesPage {
  /** The newest visible version; 0 before the first change. */
  globalVersion: number;
  changes: Change[];
  /** Version of the first change of the next page; absent: there is none (`next: none`). */
  next?: number;
}

export interface ChangesQuery {
  /** Inclusive. Default 0. */
  start?: number;
  /** Default 100; more than 1000 counts as 1000, less than 1 as 1. */
  limit?: number;
  /** Only these; absent or empty: all. An unknown one is a 404. */
  evidences?: readonly string[];
}

/**
 * A record as FlexiBee's JSON has it: every value a string (numbers as `1210.0`, dates as
 * `2026-01-31+01:00`, logic as `true`/`false`), a relation as `code:…` with `firma@ref` and
 * `firma@showAs` beside it, `external-ids` as an array of `ext:…` (absent when there are none),
 * child rows as an array of records.
 */
export interface JsonRecord {
  [field: string]: string | string[] | JsonRecord[];
}

export type PropertyType =
  | 'string'
  | 'integer'
  | 'numeric'
  | 'date'
  | 'datetime'
  | 'logic'
  | 'select'
  | 'relation'
  | 'blob';

/** One entry of `properties.json`, in FlexiBee's own words; every value is a string there. */
export interface PropertyDescription {
  propertyName: string;
  name: string;
  type: PropertyType;
  [attribute: string]: unknown;
}

/** `NOT_DIRECT` is written only inside its parent, `DISALLOWED` only by what is done with others. */
export type ImportStatus = 'SUPPORTED' | 'NOT_DIRECT' | 'DISALLOWED' | 'NOT_DOCUMENTED';

export interface EvidenceDescription {
  /** `faktura-vydana`. */
  path: string;
  /** Czech, for people: `Vydané faktury`. */
  name: string;
  /** `FAKTURA_OUT`, FlexiBee's evidenceType. */
  type: string;
  importStatus: ImportStatus;
}

export interface RelationDescription {
  /** Below a record's path: `polozkyDokladu`. */
  url: string;
  /** Czech, for people. */
  name: string;
  evidenceType: string;
}

/** What a listing is asked for; `listQuery` makes it of URL parameters or of a body. */
export interface ListQuery {
  /** The path segment without its outer parentheses, percent-decoded, or the body's `filter`. */
  filter?: string;
  /** Default 20; 0 is everything. */
  limit?: number;
  /** Rows skipped. Default 0. */
  start?: number;
  /**
   * `nazev`, `stredisko.nazev@D`; several in turn. `@A` is descending, `@D` (default) ascending:
   * so it is documented. Without one: by id, documents by datVyst (newest first), then id.
   */
  order?: readonly string[];
  /** `polozky` or `polozkyFaktury` adds the child rows, which no detail but a custom one has. */
  relations?: readonly string[];
  /** `id`, `summary` (default), `full`, `custom:kod,nazev,polozkyFaktury(nazev,sumZkl)`. */
  detail?: string;
  /** `add-row-count`: count what the filter matches, whatever the limit. */
  rowCount?: boolean;
  /** False is `no-ext-ids`. Default true. */
  externalIds?: boolean;
  /** False is `filtrovat-platnost=false`. Default true. */
  validityFilter?: boolean;
  /** Records, by number, that are not shown: the user has no right to them. */
  hidden?: ReadonlySet<number>;
}

export interface Listing {
  /** Of the same moment as the records (`add-global-version`). */
  globalVersion: number;
  records: JsonRecord[];
  /** Only when asked for. */
  rowCount?: number;
}

export interface WriteOptions {
  /** The record in the URL, when there is one: `1`, `code:X`, `ext:Y`. */
  ident?: string;
  /** `dry-run`: say what would happen, change nothing. */
  dryRun?: boolean;
}

/** A file to be kept beside a record. */
export interface AttachedFile {
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

/** The answer to a write, in FlexiBee's shape: `winstrom` is sent as it is. */
export interface WriteResult {
  /** 201 when anything was created, 200 otherwise, 400 when it was refused (nothing is changed). */
  status: 200 | 201 | 400;
  winstrom: Record<string, unknown>;
}

/**
 * A transaction that has taken its versions and not yet committed: whoever writes in between gets
 * higher versions and is seen first.
 */
export interface LateCommit {
  /** The versions it has taken, ascending. */
  readonly versions: readonly number[];
  /**
   * Writes and becomes visible. The first changes get the reserved versions, others get new ones;
   * reserved versions left over stay gaps.
   */
  commit(evidence: string, winstrom: Record<string, unknown>): WriteResult;
  /** The versions stay gaps for ever. */
  rollback(): void;
}

export interface BulkOptions {
  /** How many changelog entries. */
  changes: number;
  /** How many of them create a record; the others update or delete those. Default: a tenth. */
  records?: number;
  /** Default 0.02 of the changes after the creations delete. */
  deletes?: number;
  seed?: number;
}

/** What listeners hear: the changes of a commit, already visible; a bulk history comes by 1000. */
export interface ChangeEvent {
  globalVersion: number;
  changes: Change[];
}

export interface CompanyOptions {
  /** Its name in the URL (`demo` in `/c/demo`), `dbNazev`: letters, digits, `_`. */
  name: string;
  /** For people. Default: made of the name. */
  title?: string;
  /** Where `<name>.sqlite` lives, so that state survives a restart; absent: in memory. */
  directory?: string;
  /**
   * Demo data for a company that has none yet: which (`seed`) and how many (`size`, roughly the
   * number of address book entries; default 40). `false`: empty.
   */
  data?: { seed?: number; size?: number } | false;
  /** Does a new company have its changelog enabled? Default true. */
  changelog?: boolean;
  /** False: an old server, changes carry no `@timestamp`. Default true. */
  timestamps?: boolean;
  /** Default: the system's. */
  now?: () => Date;
}

/**
 * One company's data. Nothing is opened before the first use; every call is synchronous and
 * atomic (but for a write with `@atomic: false`). What FlexiBee refuses is a `CompanyError` with FlexiBee's status and message.
 */
export interface Company {
  readonly name: string;
  readonly title: string;

  evidences(): EvidenceDescription[];
  /** @throws CompanyError 404, unknown evidence */
  properties(evidence: string): PropertyDescription[];

  /** What lives beside a record, under its path. @throws CompanyError 404, unknown evidence */
  relations(evidence: string): RelationDescription[];

  /** `GET /<evidence>/(filter).json` and `POST /<evidence>/query.json`. */
  list(evidence: string, query?: ListQuery): Listing;
  /** `GET /<evidence>/<record>/polozkyDokladu`: its rows. @throws CompanyError 404 */
  related(
    evidence: string,
    ident: string,
    url: string,
    query: ListQuery,
  ): Listing & { path: string };
  /**
   * `GET /<evidence>/(filter)/$sum`: totals of what the filter matches.
   * @param fields numeric ones; default all of them
   * @throws CompanyError 400 when it is no evidence of documents, or a field no number
   */
  sum(evidence: string, query: ListQuery, fields?: readonly string[]): Record<string, string>;
  /**
   * The number behind `1`, `code:X`, `ext:sys:1` (percent-encoded or not), undefined if there is
   * no such record. @throws CompanyError 400 when it is none of these
   */
  resolve(evidence: string, ident: string): number | undefined;
  /**
   * `POST /<evidence>/get.json`: records by ident (numbers too), in the order asked for; one named
   * twice comes twice, what does not exist is left out. Of the query count `detail` (default
   * full), `relations` and `externalIds`. GET of one record is `resolve`, then this.
   */
  get(evidence: string, idents: readonly (string | number)[], query?: ListQuery): Listing;

  /** POST or PUT: `winstrom` of the body, whose members named like evidences are written. */
  write(evidence: string, winstrom: Record<string, unknown>, options?: WriteOptions): WriteResult;
  /** `PUT /<evidence>/<record>/prilohy/new/<name>`. @throws CompanyError 404 */
  attach(evidence: string, ident: string, file: AttachedFile): WriteResult;
  /** Numbers of a record's attachments, as records of `priloha`. @throws CompanyError 404 */
  attachments(evidence: string, ident: string): number[];
  /** Names of the properties that a detail shows, default `summary`. @throws CompanyError */
  fields(evidence: string, query?: ListQuery): string[];
  /** DELETE of one record. @throws CompanyError 404 */
  delete(evidence: string, ident: string): WriteResult;

  /** @throws CompanyError 400 when the changelog is disabled */
  changes(query?: ChangesQuery): ChangesPage;
  changelogEnabled(): boolean;
  /**
   * Begins with an empty log. `restart`: versions begin at 1 again too, otherwise they go on.
   * What the real one does when it was disabled in between is not documented.
   */
  enableChangelog(options?: { restart?: boolean }): void;
  disableChangelog(): void;
  globalVersion(): number;
  /** Called after every commit that left changes. @returns stops listening */
  onChange(listener: (event: ChangeEvent) => void): () => void;

  /** Late commit: takes versions (default 1) now, becomes visible later. */
  begin(versions?: number): LateCommit;
  /** Burns versions: a gap that never closes. */
  gap(versions: number): void;
  /** Writes a backup to a file that does not exist yet. */
  backup(file: string): void;
  /** Data, changelog and versions go back to the backup. */
  restore(file: string): void;
  /** Many changes over nine evidences at once, for benchmarks. */
  bulk(options: BulkOptions): void;
  /** The true state of an evidence, in full detail, by id: what a mirror must equal. */
  dump(evidence: string): JsonRecord[];
  /** Number of records by evidence. */
  counts(): Record<string, number>;

  /** Releases the database; a company in memory is gone then, a file is opened again at need. */
  close(): void;
}
