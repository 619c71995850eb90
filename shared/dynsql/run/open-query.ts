/** The statement of a query while it runs, sent as the database can give it at one moment. */

import { toDatabaseError } from '../../database/database-error.ts';
import type { Databases } from '../../database/databases.ts';
import {
  askForOneMoment,
  noSnapshotThere,
  type RowVersioning,
} from '../../database/row-versioning.ts';
import type { SqlText, Statement } from '../definition.ts';
import { Cursor } from './level-rows.ts';
import { ToldQuery } from './told-query.ts';

/** What is needed of the databases. */
export type RowSource = Pick<Databases, 'stream' | 'rowVersioning'>;

/**
 * Without row versioning a statement waits for whoever writes, who may have a transaction of an
 * hour. In milliseconds; the server puts its own setting back after the statement.
 */
const lockTimeout = 'SET LOCK_TIMEOUT 30000;';

export class OpenQuery {
  readonly cursor: Cursor;
  readonly #stop: AbortController;
  readonly #told: ToldQuery;

  private constructor(cursor: Cursor, stop: AbortController, told: ToldQuery) {
    this.cursor = cursor;
    this.#stop = stop;
    this.#told = told;
  }

  /**
   * Begins the statement, and waits until it has given rows or ended. The caller closes.
   *
   * @throws what the statement fails with, or the reason of `signal`
   */
  static async open(
    statement: Statement,
    databases: RowSource,
    database: string,
    signal: AbortSignal,
  ): Promise<OpenQuery> {
    const told = new ToldQuery(statement, database);
    const versioning = await databases.rowVersioning(database, signal);
    const begin = async (how: RowVersioning) => {
      const stop = new AbortController();
      const limit = AbortSignal.any([signal, stop.signal]);
      const batches = await databases.stream(database, sent(statement, how), limit);
      const query = new OpenQuery(new Cursor(statement, batches, told.tally), stop, told);
      try {
        await query.cursor.fetch();
        return query;
      } catch (error) {
        await query.close();
        throw error;
      }
    };
    try {
      return await begin(versioning);
    } catch (error) {
      signal.throwIfAborted();
      const isElsewhere = toDatabaseError(error).number === noSnapshotThere;
      if (versioning !== 'asked' || !isElsewhere) throw error;
      return await begin('off');
    }
  }

  /** Ends what still runs; the connection is given back. Never throws. */
  async close(): Promise<void> {
    this.#told.end(this.cursor.hasEnded);
    this.#stop.abort(new Error('The rows are not wanted any more'));
    await this.cursor.close();
  }
}

function sent({ copying, ...direct }: Statement, versioning: RowVersioning): SqlText {
  const { sql, parameters } = versioning === 'off' ? copying : direct;
  const settings = versioning === 'asked' ? [lockTimeout, askForOneMoment] : [lockTimeout];
  return { sql: [...settings, sql].join(' '), parameters };
}
