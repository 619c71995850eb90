/** One connection pool per database, opened on first use, replaced when it could not be opened. */

import sql from 'mssql';
import { DatabaseError, toDatabaseError } from './errors.ts';

export interface DatabaseAddress {
  /** The catalogue's id of the database: `hcs`. */
  id: string;
  /** The setting that holds the connection string: named in errors in place of its value. */
  setting: string;
  connectionString: string;
}

/** Opening a connection takes milliseconds; a server that says nothing for 15 s is not there. */
const connectTimeoutMs = 15_000;

/**
 * The freshness queries of a run are asked side by side, and each stage that runs or waits for
 * its turn keeps a connection of its own; ten serve several runs at once on one database.
 */
const maxConnections = 10;

export class Pools {
  readonly #addresses: Map<string, DatabaseAddress>;
  readonly #open = new Map<string, Promise<sql.ConnectionPool>>();
  #closed = false;

  constructor(addresses: readonly DatabaseAddress[]) {
    this.#addresses = new Map(addresses.map((address) => [address.id, address]));
  }

  /** @throws DatabaseError with meaning `login`, `unreachable` or `permanent` */
  async get(id: string): Promise<sql.ConnectionPool> {
    if (this.#closed) throw new DatabaseError('The database pools are closed', 'cancelled');
    const opening = this.#open.get(id) ?? this.#start(id);
    try {
      return await opening;
    } catch (error) {
      // The next caller tries anew: a pool that never opened must not be kept.
      if (this.#open.get(id) === opening) this.#open.delete(id);
      throw error;
    }
  }

  /** Closes every pool; connections in use are closed when they come back. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.allSettled(
      pools.map((pool) => (pool.status === 'fulfilled' ? pool.value.close() : undefined)),
    );
  }

  #start(id: string): Promise<sql.ConnectionPool> {
    const address = this.#addresses.get(id);
    if (address === undefined) throw new RangeError(`No database "${id}" in the catalogue`);
    const opening = openPool(address);
    this.#open.set(id, opening);
    return opening;
  }
}

async function openPool(address: DatabaseAddress): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool(poolConfig(address));
  // Without a listener a connection that breaks while idle would end the process; the pool
  // itself notices it at the next use and opens another one.
  pool.on('error', () => {});
  try {
    return await pool.connect();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** What the pool is opened with. Exported for its test. */
export function poolConfig(address: DatabaseAddress): sql.config {
  let parsed: sql.config;
  try {
    parsed = sql.ConnectionPool.parseConnectionString(address.connectionString) as sql.config;
  } catch {
    // The driver's own message may quote the string, password included.
    throw new DatabaseError(
      `Setting ${address.setting} is not a connection string; write Server=host,1433;Database=…;User Id=…;Password=…`,
      'permanent',
    );
  }
  return {
    ...parsed,
    connectionTimeout: connectTimeoutMs,
    // The driver's default of 15 s would kill a procedure of 40 minutes; stages bring their own.
    requestTimeout: 0,
    // The default asks SELECT 1 before every use: a round trip more for each of ours. A connection
    // that turns out dead all the same is an error that is retried.
    validateConnection: 'socket',
    pool: { min: 0, max: maxConnections, idleTimeoutMillis: 30_000 },
    options: { ...parsed.options, appName: 'syncboard', useUTC: true },
  };
}
