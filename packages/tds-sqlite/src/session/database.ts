/** One database of the stand-in: its file, its writers' queue, its procedures. */

import { join } from 'node:path';
import type { WaitGraph } from '../locks/wait-graph.ts';
import { WriteLock } from '../locks/write-lock.ts';
import type { DatabaseDefinition, Procedure } from '../procedure.ts';
import { Connection } from '../storage/connection.ts';

/** Idle connections kept for the next session. */
const idleLimit = 8;

export class Database {
  readonly definition: DatabaseDefinition;
  readonly path: string;
  readonly writeLock: WriteLock;
  /** By lower-case `schema.name`. */
  readonly procedures: ReadonlyMap<string, Procedure>;
  /** Last identity value given out, by table: never given again, not even after a rollback. */
  readonly identities = new Map<number, bigint>();
  compatibilityLevel = 150;
  /** READ_COMMITTED_SNAPSHOT, for whoever asks: readers never wait here, be it ON or OFF. */
  rowVersions = true;
  /** ALLOW_SNAPSHOT_ISOLATION. */
  snapshots = false;
  readonly #durable: boolean;
  readonly #idle: Connection[] = [];
  #closed = false;

  constructor(
    definition: DatabaseDefinition,
    directory: string,
    durable: boolean,
    graph: WaitGraph,
  ) {
    if (!/^[\p{L}_][\p{L}\p{Nd}_ .-]*$/u.test(definition.name)) {
      throw new RangeError(
        `databases: '${definition.name}' is no name for a database: use letters, digits and _ . -`,
      );
    }
    this.definition = definition;
    this.path = join(directory, `${definition.name}.sqlite`);
    this.#durable = durable;
    this.writeLock = new WriteLock(graph);
    this.procedures = new Map(
      (definition.procedures ?? []).map((procedure) => [procedure.name.toLowerCase(), procedure]),
    );
  }

  /** What it says its server is. */
  get server(): string {
    return this.definition.server ?? 'server';
  }

  get name(): string {
    return this.definition.name;
  }

  open(): Connection {
    return this.#idle.pop() ?? new Connection(this.name, this.path, this.#durable);
  }

  /** Takes back a connection; one with temporary tables is not used again. */
  giveBack(connection: Connection): void {
    if (connection.inTransaction) connection.rollback();
    if (this.#closed || connection.hasTemporary || this.#idle.length >= idleLimit)
      connection.close();
    else this.#idle.push(connection);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
  }
}
