/** One connection pool per address, opened on first use, replaced when it could not be opened. */

import sql from 'mssql';
import { type DatabaseAddress, parseAddress } from './address.ts';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import { prepareConnection } from './driver-connection.ts';
import { azureCredential, type CredentialSource } from './identity.ts';
import { installValueReader } from './wire/value-reader.ts';

export interface PoolOptions {
  /**
   * The most connections to one database. The freshness queries of a run are asked side by side,
   * and each stage that runs or waits for its turn keeps a connection of its own; ten (default)
   * serve several runs at once.
   */
  size?: number;
  /** Where tokens come from; default: `@azure/identity`. */
  credential?: CredentialSource;
  /** How long a database that cannot be opened is waited for, in ms; default `patienceMs`. */
  patienceMs?: number;
}

export const defaultPoolSize = 10;

/** Availability groups and Azure SQL fail over within half a minute, as a rule. */
export const patienceMs = 30_000;

/** Opening a connection takes milliseconds; a server that says nothing for 15 s is not there. */
const connectTimeoutMs = 15_000;

/** Whoever waits for a free connection waits as long as its own signal says: timers end here. */
const unlimitedMs = 2 ** 31 - 1;

/** What tells pools apart: an id may come to mean another address, and an address get another id. */
export function poolKey({ setting, connectionString }: DatabaseAddress): string {
  return JSON.stringify([setting, connectionString]);
}

/** Connections of one pool. */
export interface PoolUse {
  /** Lent out. */
  used: number;
  /** The most there may be. */
  most: number;
  /** Those who wait for one. */
  waiting: number;
}

export class Pools {
  readonly #options: Required<PoolOptions>;
  readonly #open = new Map<string, Promise<sql.ConnectionPool>>();
  /** Those that could be opened. */
  readonly #opened = new Map<string, sql.ConnectionPool>();
  #closed = false;

  constructor(options: PoolOptions = {}) {
    this.#options = { size: defaultPoolSize, credential: azureCredential, patienceMs, ...options };
  }

  /** @throws DatabaseError with meaning `login`, `unreachable`, `transient` or `permanent` */
  async get(address: DatabaseAddress): Promise<sql.ConnectionPool> {
    if (this.#closed) throw new DatabaseError('The database pools are closed', 'cancelled');
    const key = poolKey(address);
    const opening = this.#open.get(key) ?? openPool(address, this.#options);
    this.#open.set(key, opening);
    try {
      const pool = await opening;
      this.#opened.set(key, pool);
      return pool;
    } catch (error) {
      // The next caller tries anew: a pool that never opened must not be kept.
      if (this.#open.get(key) === opening) this.#open.delete(key);
      throw error;
    }
  }

  /** Undefined: nobody has needed it yet. */
  use(address: DatabaseAddress): PoolUse | undefined {
    const pool = this.#opened.get(poolKey(address));
    if (pool === undefined) return undefined;
    const { borrowed: used, pending: waiting } = pool;
    return { used, most: this.#options.size, waiting };
  }

  /** Closes every pool; connections in use are closed when they come back. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    this.#opened.clear();
    await Promise.allSettled(
      pools.map((pool) => (pool.status === 'fulfilled' ? pool.value.close() : undefined)),
    );
  }
}

async function openPool(
  address: DatabaseAddress,
  options: Required<PoolOptions>,
): Promise<sql.ConnectionPool> {
  // Before any connection is there: whoever asks a database gets exact numbers, or nothing at all.
  installValueReader();
  try {
    const pool = new sql.ConnectionPool(await poolConfig(address, options));
    // Without a listener a connection that breaks while idle would end the process; the pool
    // itself notices it at the next use and opens another one.
    pool.on('error', () => {});
    return await pool.connect();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** What the pool is opened with. Exported for its test. @throws DatabaseError for the setting */
export async function poolConfig(
  address: DatabaseAddress,
  { size, credential }: Required<Pick<PoolOptions, 'size' | 'credential'>>,
): Promise<sql.config> {
  const { config, identity } = parsed(address);
  return {
    ...config,
    ...(identity !== undefined && {
      authentication: {
        type: 'token-credential',
        options: { credential: await credential(identity) },
      },
    }),
    connectionTimeout: config.connectionTimeout ?? connectTimeoutMs,
    // The driver's default of 15 s would kill a procedure of 40 minutes; stages bring their own.
    requestTimeout: 0,
    // The default asks SELECT 1 before every use: a round trip more for each of ours. A connection
    // that turns out dead all the same is an error that is retried.
    validateConnection: 'socket',
    beforeConnect: prepareConnection,
    pool: { min: 0, max: size, idleTimeoutMillis: 30_000, acquireTimeoutMillis: unlimitedMs },
    options: {
      appName: 'syncboard',
      ...config.options,
      useUTC: true,
      // Who waits for a database and how long is said in `databases.ts`, for all errors that pass.
      maxRetriesOnTransientErrors: 0,
    },
  } as sql.config;
}

function parsed({ setting, connectionString }: DatabaseAddress) {
  try {
    return parseAddress(connectionString);
  } catch (error) {
    // Without a cause: nothing that might hold the string goes any further.
    throw new DatabaseError(`Setting ${setting} ${(error as Error).message}`, 'permanent');
  }
}
