/**
 * Temporary tables of one connection. SQLite prepares every statement anew once the schema of its
 * temporary tables has changed; so what a procedure makes and loses at its end is emptied, and rests
 * until the same procedure makes it again.
 */

import type { DatabaseSync } from 'node:sqlite';
import { Catalog } from './catalog.ts';
import type { StoredObject, StoredTable } from './model.ts';

/** Tables that rest in one connection; the oldest goes first. */
const mostResting = 100;

interface Made {
  /** The tree of the definition. */
  by: object;
  /** The table as it was made. */
  as: string;
}

export class TemporaryCatalog extends Catalog {
  readonly #sqlite: DatabaseSync;
  /** Tables that may rest, by lower-case name. */
  readonly #made = new Map<string, Made>();
  readonly #resting = new Set<string>();
  /** Ids of tables that made room for others. Where a rollback brings them back nobody sees them. */
  readonly #gone = new Set<number>();
  #lastId = 0;
  /** Last identity value given out, by table. */
  readonly identities = new Map<number, bigint>();

  constructor(sqlite: DatabaseSync) {
    super(sqlite, 'tempdb', 'temp');
    this.#sqlite = sqlite;
  }

  override find(schema: string, name: string): StoredObject | undefined {
    const found = super.find(schema, name);
    return found && this.#isThere(found) ? found : undefined;
  }

  override objects(): StoredObject[] {
    return super.objects().filter((object) => this.#isThere(object));
  }

  override remove(object: { id: number; name: string }): void {
    const key = object.name.toLowerCase();
    this.#made.delete(key);
    this.#resting.delete(key);
    this.identities.delete(object.id);
    super.remove(object);
  }

  /** Lets the table rest instead of being dropped, as long as it stays as it is now. */
  made(table: StoredTable, by: object): void {
    this.#made.set(table.name.toLowerCase(), { by, as: JSON.stringify(table) });
  }

  /** @returns whether it rests; otherwise it is to be dropped */
  rest(table: StoredTable): boolean {
    const key = table.name.toLowerCase();
    if (this.#made.get(key)?.as !== JSON.stringify(table)) return false;
    this.#sqlite.exec(`DELETE FROM ${table.sql}`);
    this.#resting.add(key);
    const [oldest] = this.#resting;
    if (this.#resting.size > mostResting && oldest !== undefined) this.discard(oldest);
    return true;
  }

  /** An empty table that this definition has made, there again. */
  wake(by: object): StoredTable | undefined {
    for (const key of this.#resting) {
      if (this.#made.get(key)?.by !== by) continue;
      this.#resting.delete(key);
      const table = this.find('', key);
      // Made in a transaction that was rolled back it is not there any more.
      if (table?.kind !== 'table') {
        this.#made.delete(key);
        continue;
      }
      // Emptied in such a transaction it is full again.
      this.#sqlite.exec(`DELETE FROM ${table.sql}`);
      this.identities.delete(table.id);
      return table;
    }
    return undefined;
  }

  /** Makes room for another table of this name. */
  discard(name: string): void {
    const table = super.find('', name);
    const rests = this.#resting.delete(name.toLowerCase());
    if (table?.kind !== 'table' || !(rests || this.#gone.has(table.id))) return;
    this.#sqlite.exec(`DROP TABLE ${table.sql}`);
    this.remove(table);
    this.#gone.add(table.id);
  }

  /** After a transaction: what is not there now will not come back. */
  settled(): void {
    if (this.#gone.size === 0) return;
    const there = new Set(super.objects().map(({ id }) => id));
    for (const id of this.#gone) if (!there.has(id)) this.#gone.delete(id);
  }

  /** Never given out twice, also not after a rollback: an id is one table. */
  protected override nextId(): number {
    return ++this.#lastId;
  }

  #isThere({ id, name }: StoredObject): boolean {
    return !this.#resting.has(name.toLowerCase()) && !this.#gone.has(id);
  }
}
