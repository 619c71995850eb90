/**
 * The transaction of one session. BEGIN TRAN only counts: a database joins at the session's first
 * write to it (its write lock is taken, SQLite's transaction begins), so that reads before that see
 * what others have committed meanwhile, as READ COMMITTED does.
 */

import { errors } from '../errors.ts';
import type { LockOwner } from '../locks/write-lock.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName } from '../storage/model.ts';
import type { Database } from './database.ts';

let nextId = 1n;

export class Transaction {
  /** @@TRANCOUNT */
  count = 0;
  /** An error made it impossible to commit: only a rollback is left. */
  doomed = false;
  /** On the wire; 0 while there is none. */
  id = 0n;
  readonly #owner: LockOwner;
  #name = '';
  #savePoints: string[] = [];
  readonly #members = new Map<Database, Connection>();

  constructor(owner: LockOwner) {
    this.#owner = owner;
  }

  /** @returns true when a transaction began, false when one was nested */
  begin(name = ''): boolean {
    this.count++;
    if (this.count > 1) return false;
    this.#name = name;
    this.id = nextId++;
    this.doomed = false;
    return true;
  }

  /** The write lock is held from here to the transaction's end. @throws 1205, 1222 */
  async join(
    database: Database,
    connection: Connection,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#members.has(database)) return;
    await database.writeLock.acquire(this.#owner, timeout, signal);
    try {
      connection.begin();
      for (const name of this.#savePoints) connection.sqlite.exec(`SAVEPOINT ${quoteName(name)}`);
    } catch (error) {
      if (connection.sqlite.isTransaction) connection.rollback();
      database.writeLock.release(this.#owner);
      throw error;
    }
    this.#members.set(database, connection);
  }

  /** @returns true when the outermost was committed. @throws 3902, 3930 */
  commit(): boolean {
    if (this.count === 0) throw errors.commitWithoutBegin();
    if (this.doomed && this.count === 1) throw errors.doomedCommit();
    this.count--;
    if (this.count > 0) return false;
    this.#end((connection) => connection.commit());
    return true;
  }

  /** @returns true when the whole was rolled back, false for a save point. @throws 3903, 6401, 3931 */
  rollback(name = ''): boolean {
    if (this.count === 0) throw errors.rollbackWithoutBegin();
    if (name !== '' && name !== this.#name) {
      const place = this.#savePoints.lastIndexOf(name);
      if (place === -1) throw errors.savePointNotFound(name);
      if (this.doomed) throw errors.doomedSavePoint();
      this.#savePoints = this.#savePoints.slice(0, place + 1);
      for (const connection of this.#members.values()) {
        connection.sqlite.exec(`ROLLBACK TO ${quoteName(name)}`);
        connection.forget();
      }
      return false;
    }
    this.abandon();
    return true;
  }

  /** Rolls back whatever there is. */
  abandon(): void {
    this.count = 0;
    this.#end((connection) => connection.rollback());
  }

  save(name: string): void {
    if (this.count === 0) throw errors.saveWithoutBegin();
    this.#savePoints.push(name);
    for (const connection of this.#members.values())
      connection.sqlite.exec(`SAVEPOINT ${quoteName(name)}`);
  }

  #end(finish: (connection: Connection) => void): void {
    this.#savePoints = [];
    this.id = 0n;
    this.doomed = false;
    let failure: unknown;
    for (const [database, connection] of this.#members) {
      try {
        finish(connection);
      } catch (error) {
        failure ??= error;
        connection.rollback();
      }
      database.writeLock.release(this.#owner);
    }
    this.#members.clear();
    if (failure) throw failure;
  }
}
