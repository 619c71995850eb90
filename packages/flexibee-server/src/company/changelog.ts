import type { Database, Row } from './database.ts';
import { CompanyError } from './errors.ts';
import { evidenceOf } from './evidence/index.ts';
import { localTimestamp } from './time.ts';
import type { Change, ChangesPage, ChangesQuery, Operation } from './types.ts';

/** Evidences that the stand-in has no records of, but whose changes stand in the log. */
const others = new Set(['rocni-rada']);

/**
 * The log of changes and the global version.
 *
 * Known (documentation, captured traffic): versions are unique and grow, with gaps; all changes of
 * a transaction carry its time; the log begins where tracking was enabled; only the first enabling
 * installs what is needed in the database. Assumed: while disabled nothing is recorded and the
 * version stands still, and enabling again empties the log and goes on counting.
 */
export class Changelog {
  readonly #db: Database;
  readonly #timestamps: boolean;

  constructor(db: Database, timestamps: boolean) {
    this.#db = db;
    this.#timestamps = timestamps;
  }

  get enabled(): boolean {
    return this.#get('enabled') === 1;
  }

  get globalVersion(): number {
    return this.#get('visible');
  }

  enable({ restart = false }: { restart?: boolean }): void {
    if (this.enabled) return;
    this.#db.transaction(() => {
      this.#db.run('DELETE FROM change');
      this.#set('enabled', 1);
      if (restart) {
        this.#set('last', 0);
        this.#set('visible', 0);
      }
    });
  }

  disable(): void {
    this.#set('enabled', 0);
  }

  /** Takes versions that are not visible before somebody records under them. */
  take(count: number): number[] {
    const first = nextVersion(this.#get('last'));
    this.#set('last', first + count - 1);
    return Array.from({ length: count }, (_, index) => first + index);
  }

  /** To be used within a transaction. @param at microseconds since 1970 */
  recorder(at: number, reserved: readonly number[] = []): ChangeRecorder {
    return new ChangeRecorder(this.#db, this, at, reserved);
  }

  /** For the recorder: a version has become visible. */
  reveal(last: number, visible: number): void {
    this.#set('last', Math.max(last, this.#get('last')));
    this.#set('visible', Math.max(visible, this.#get('visible')));
  }

  get last(): number {
    return this.#get('last');
  }

  list({ start = 0, limit = 100, evidences = [] }: ChangesQuery): ChangesPage {
    for (const evidence of evidences) if (!others.has(evidence)) evidenceOf(evidence);
    if (!this.enabled) {
      throw new CompanyError(400, 'Sledování změn (Changes API) není pro tuto firmu zapnuto.');
    }
    const count = Math.min(Math.max(limit, 1), 1000);
    const rows = this.#db.all(
      `SELECT * FROM change WHERE version >= ?
         ${evidences.length > 0 ? 'AND evidence IN (SELECT value FROM json_each(?))' : ''}
       ORDER BY version LIMIT ?`,
      start,
      ...(evidences.length > 0 ? [JSON.stringify(evidences)] : []),
      count + 1,
    );
    const beyond = rows[count];
    return {
      globalVersion: this.globalVersion,
      changes: rows.slice(0, count).map((row) => this.#change(row)),
      ...(beyond !== undefined && { next: Number(beyond['version']) }),
    };
  }

  /** As the Changes API shows it. */
  #change(row: Row): Change {
    return {
      version: Number(row['version']),
      evidence: String(row['evidence']),
      id: Number(row['record']),
      operation: row['operation'] as Operation,
      ...(this.#timestamps && { timestamp: localTimestamp(Number(row['at'])) }),
      externalIds: JSON.parse(String(row['ids'])),
    };
  }

  /** The changes of these versions. */
  at(versions: readonly number[]): Change[] {
    return this.#db
      .all(
        'SELECT * FROM change WHERE version IN (SELECT value FROM json_each(?)) ORDER BY version',
        JSON.stringify(versions),
      )
      .map((row) => this.#change(row));
  }

  #get(name: string): number {
    return this.#db.number('SELECT value FROM meta WHERE name = ?', name) ?? 0;
  }

  #set(name: string, value: number): void {
    this.#db.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', name, value);
  }
}

/** Records the changes of one transaction. */
export class ChangeRecorder {
  readonly #db: Database;
  readonly #log: Changelog;
  readonly #at: number;
  readonly #reserved: number[];
  readonly #enabled: boolean;
  readonly versions: number[] = [];
  #last: number;
  #begun = false;

  constructor(db: Database, log: Changelog, at: number, reserved: readonly number[]) {
    this.#db = db;
    this.#log = log;
    this.#at = at;
    this.#reserved = [...reserved];
    this.#enabled = log.enabled;
    this.#last = log.last;
  }

  record(evidence: string, id: number, operation: Operation, externalIds: string[]): void {
    if (!this.#enabled) return;
    const version = this.#reserved.shift() ?? this.#next();
    this.versions.push(version);
    this.#db.run(
      'INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)',
      version,
      evidence,
      id,
      operation,
      this.#at,
      JSON.stringify(externalIds),
    );
  }

  /** The transaction's last act: its versions become the company's. */
  finish(): void {
    if (this.versions.length > 0) this.#log.reveal(this.#last, Math.max(...this.versions));
  }

  /** Gaps are between transactions, not within one. */
  #next(): number {
    this.#last = this.#begun ? this.#last + 1 : nextVersion(this.#last);
    this.#begun = true;
    return this.#last;
  }
}

/**
 * The first version of a transaction after `last`: one in eight leaves up to three out, as
 * transactions do that take versions and are rolled back. The same history has the same gaps.
 */
function nextVersion(last: number): number {
  const mixed = Math.imul(last + 1, 0x9e3779b1) >>> 16;
  return last + 1 + (mixed % 8 === 0 ? 1 + (mixed % 3) : 0);
}
