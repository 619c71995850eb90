/** The databases of the catalogue, by id: short queries, and sessions for longer work. */

import { unlessAborted } from '../async/abort.ts';
import { AgedCache } from '../async/aged-cache.ts';
import { backOffMs, pause, withRetries } from '../async/retry.ts';
import type { DatabaseAddress } from './address.ts';
import { leavesSessionUsable, opensLater, toDatabaseError } from './database-error.ts';
import type { SqlParameter } from './link.ts';
import {
  defaultPoolSize,
  type PoolOptions,
  Pools,
  type PoolUse,
  patienceMs,
  poolKey,
} from './pools.ts';
import { type ProductSchemas, usualSchemas } from './product-schemas.ts';
import { type Answered, answersIn } from './questions.ts';
import type { RowBatch } from './row-stream.ts';
import { type RowVersioning, rowVersioningOf, rowVersioningQuery } from './row-versioning.ts';
import { Session } from './session.ts';

/** A pool may hold several connections that a fail-over has broken. */
const retry = { attempts: 3, baseMs: 100, capMs: 400 };

/** Between the first and the tenth connection of one after another; then once every two seconds. */
const opening = { baseMs: 250, capMs: 2_000 };

/** What goes out again at once, as in a run's freshness queries, may take its time. */
const restMs = 50;

/** A reset takes a round trip; the rest is for a busy server. */
const signOfLifeMs = 2_000;

/** Turned on or off by an administrator, with nobody in the database. */
const versioningAgeMs = 60_000;

/** A short statement, and the connection it needs. */
const lookMs = 30_000;

export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** What stays when the catalogue gives other ids to databases, or the ids to others. */
interface Shared {
  pools: Pools;
  /** By address. */
  versioning: AgedCache<RowVersioning>;
}

export class Databases {
  /** The most connections to one database. */
  readonly poolSize: number;
  readonly #addresses: ReadonlyMap<string, DatabaseAddress>;
  readonly #options: PoolOptions;
  readonly #shared: Shared;
  readonly #patienceMs: number;

  constructor(
    addresses: readonly DatabaseAddress[],
    options: PoolOptions = {},
    shared: Shared = {
      pools: new Pools(options),
      versioning: new AgedCache(() => performance.now()),
    },
  ) {
    this.#addresses = new Map(addresses.map((address) => [address.id, address]));
    this.#options = options;
    this.#shared = shared;
    this.poolSize = options.size ?? defaultPoolSize;
    this.#patienceMs = options.patienceMs ?? patienceMs;
  }

  /** The same connections for other ids: they are kept by address, and end with the first to close. */
  at(addresses: readonly DatabaseAddress[]): Databases {
    return new Databases(addresses, this.#options, this.#shared);
  }

  /** What the product's schemas are called there. */
  schemas(id: string): ProductSchemas {
    return this.#addresses.get(id)?.schemas ?? usualSchemas;
  }

  /** The same for ids that share connections. May hold a password: for comparing only. */
  poolOf(id: string): string {
    return poolKey(this.#address(id));
  }

  /** How full its pool is; undefined: nobody has needed it yet. */
  use(id: string): PoolUse | undefined {
    return this.#shared.pools.use(this.#address(id));
  }

  /**
   * Borrows a connection: the caller must release or destroy it on every path.
   *
   * It is as after its login: one that somebody has had before is reset first, whatever was done
   * with it. A connection may have died in the pool, too: its session was killed, or the server
   * vanished without a word (a fail-over, a network that lost its state), which leaves connections
   * that look whole and answer nothing for a quarter of an hour. One that has rested and does not
   * answer soon is replaced, as is one that cannot be reset. A database that cannot be opened for
   * now (it fails over, it starts) is waited for, half a minute at most.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  session(id: string, signal: AbortSignal): Promise<Session> {
    return this.#patiently(() => this.#session(id, signal), signal);
  }

  /**
   * One short statement on any free connection; it is made again when the connection breaks, so it
   * must only read.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  query(
    id: string,
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): Promise<Record<string, unknown>[]> {
    return withRetries(
      async () => queryOn(await this.session(id, signal), text, parameters, signal),
      (error) => toDatabaseError(error).meaning === 'transient',
      retry,
      signal,
    );
  }

  /**
   * Several short queries in one request (`oneBatch`), each told as soon as it is answered. It is
   * not made again: whoever is not answered may ask alone.
   *
   * @returns milliseconds of the request, without what it took to get a connection
   * @throws DatabaseError, or the reason of `signal`
   */
  async answers(
    id: string,
    { text, parameters }: { text: string; parameters: readonly SqlParameter[] },
    tell: (index: number, answer: Answered) => void,
    signal: AbortSignal,
  ): Promise<number> {
    const session = await this.session(id, signal);
    const sentAt = performance.now();
    await onSession(session, () => session.eachRow(text, parameters, answersIn(tell), signal));
    return performance.now() - sentAt;
  }

  /**
   * Whether it answers now: a round trip, without waiting for what may come back.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  async check(id: string, signal: AbortSignal): Promise<void> {
    await queryOn(await this.#session(id, signal), 'SELECT 1', [], signal);
  }

  /**
   * The rows of a statement, on a connection of its own until its last row is taken or its taker
   * leaves. It is never made again: rows may be out already.
   *
   * @returns to be begun, and be it only to be left
   * @throws DatabaseError, or the reason of `signal`
   */
  async stream(
    id: string,
    { sql, parameters }: SqlStatement,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<RowBatch, void, undefined>> {
    const session = await this.session(id, signal);
    return givingBack(session, session.batches(sql, parameters, signal));
  }

  /**
   * Whether a statement there reads one moment; not older than a minute.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  rowVersioning(id: string, signal: AbortSignal): Promise<RowVersioning> {
    const look = async () => {
      const limit = AbortSignal.timeout(lookMs);
      const [row] = await this.query(id, rowVersioningQuery, [], limit);
      return rowVersioningOf(row);
    };
    return this.#shared.versioning.get(this.poolOf(id), versioningAgeMs, look, signal);
  }

  async close(): Promise<void> {
    await this.#shared.pools.close();
  }

  async #session(id: string, signal: AbortSignal): Promise<Session> {
    const pool = await unlessAborted(this.#shared.pools.get(this.#address(id)), signal);
    for (;;) {
      const session = await Session.open(pool, signal);
      if (session.isNew || (await isReset(session, signal))) return session;
      session.destroy();
    }
  }

  #address(id: string): DatabaseAddress {
    const address = this.#addresses.get(id);
    if (address === undefined) throw new RangeError(`No database "${id}" in the catalogue`);
    return address;
  }

  /** Opens again while that may succeed; a refused login is told at once. */
  async #patiently<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const until = performance.now() + this.#patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open();
      } catch (error) {
        const leftMs = until - performance.now();
        if (!opensLater(error) || leftMs <= 0) throw error;
        await pause(Math.min(backOffMs(attempt, opening), leftMs), signal);
      }
    }
  }
}

/** The rows of one short statement. */
function queryOn(
  session: Session,
  text: string,
  parameters: readonly SqlParameter[],
  signal: AbortSignal,
): Promise<Record<string, unknown>[]> {
  return onSession(session, () => session.query(text, parameters, signal));
}

/** Then the session goes back, or is destroyed. */
async function onSession<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    session.release();
    return result;
  } catch (error) {
    if (leavesSessionUsable(error)) session.release();
    else session.destroy();
    throw error;
  }
}

/** Hands the rows on; then the session goes back, or is destroyed when nobody knows its state. */
async function* givingBack<T>(
  session: Session,
  rows: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  let reusable = false;
  try {
    yield* rows;
    reusable = true;
  } catch (error) {
    reusable = leavesSessionUsable(error);
    throw error;
  } finally {
    if (reusable) session.release();
    else session.destroy();
  }
}

async function isReset(session: Session, signal: AbortSignal): Promise<boolean> {
  const isDoubtful = session.restedMs >= restMs;
  const limit = isDoubtful ? AbortSignal.any([signal, AbortSignal.timeout(signOfLifeMs)]) : signal;
  try {
    // Not the signal of the request: an attention would wait for an answer, too.
    await unlessAborted(session.reset(signal), limit);
    return true;
  } catch {
    if (signal.aborted) session.destroy();
    signal.throwIfAborted();
    return false;
  }
}
