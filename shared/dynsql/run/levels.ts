/** The levels of a query while it runs: all of them begin together and end together. */

import type { Databases } from '../../database/databases.ts';
import type { Statement } from '../definition.ts';
import { Cursor } from './level-rows.ts';

/** What is needed of the databases. */
export type RowSource = Pick<Databases, 'streams'>;

/**
 * A level that is held back may hold a lock that a writer waits for, and the level we wait for
 * stands behind that writer: the server does not see such a circle, so waiting must end. In
 * milliseconds; the server puts its own setting back after the statement.
 */
const lockTimeout = 'SET LOCK_TIMEOUT 30000;';

export class Levels {
  /** In the order of the statements. */
  readonly cursors: readonly Cursor[];
  readonly root: Cursor;
  readonly #stop: AbortController;

  private constructor(root: Cursor, cursors: readonly Cursor[], stop: AbortController) {
    this.root = root;
    this.cursors = cursors;
    this.#stop = stop;
  }

  /**
   * Begins every statement, and waits until each has given rows or ended. The caller closes.
   *
   * @throws what the first statement to fail fails with, which ends the others; or the reason of
   *   `signal`
   */
  static async open(
    statements: readonly Statement[],
    databases: RowSource,
    database: string,
    signal: AbortSignal,
  ): Promise<Levels> {
    const stop = new AbortController();
    const limit = AbortSignal.any([signal, stop.signal]);
    const sent = statements.map((one) => ({ ...one, sql: `${lockTimeout} ${one.sql}` }));
    const streams = await databases.streams(database, sent, limit);
    const fail = (error: unknown) => stop.abort(error);
    const cursors = statements.flatMap((statement, place) => {
      const rows = streams[place];
      return rows === undefined ? [] : [new Cursor(statement, rows, fail)];
    });
    const [root] = cursors;
    if (root === undefined) throw new RangeError('A query has at least one statement');
    const levels = new Levels(root, cursors, stop);
    try {
      for (const cursor of cursors) await cursor.fetch();
      return levels;
    } catch (error) {
      await levels.close();
      throw error;
    }
  }

  /** Ends whatever still runs; connections are given back. Never throws. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('The rows are not wanted any more'));
    await Promise.all(this.cursors.map((cursor) => cursor.close()));
  }
}
