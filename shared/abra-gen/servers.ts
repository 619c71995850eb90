/** Connections to ABRA Gen servers, and what limits their use. */

import type { RetryPolicy } from '../async/retry.ts';
import { type Server, Servers } from '../outbound/servers.ts';
import type { AbraGenAddress } from './address.ts';

export interface AbraGenOptions {
  /** The most queries under way at once at one server, until their answers are read; default 8. */
  requestsPerServer?: number;
  /** For a connection to come up, in milliseconds; default 10 s. */
  connectMs?: number;
  /** For a list or a definition, read to the end, in milliseconds; default 60 s. */
  deadlineMs?: number;
  /**
   * For the head of a query's answer, in milliseconds. Default 10 min: a query may take long, and
   * a caller who does not want to wait leaves.
   */
  headMs?: number;
  /** The longest silence within an answer, in milliseconds; default 2 min. */
  idleMs?: number;
  /** The most bytes of a list or a definition; default 32 MB. */
  maxBytes?: number;
  /** Before the first byte of an answer; default 3 attempts with pauses of 0.5 to 4 s. */
  retry?: RetryPolicy;
  /** A server that asks for more patience (Retry-After) is left alone, in ms; default 10 s. */
  retryAfterCapMs?: number;
  /** Lists and definitions older than this are fetched anew, in ms; default 10 min. */
  maxAgeMs?: number;
  /** Before a query is refused, a definition older than this is fetched anew, in ms; default 10 s. */
  refusalAgeMs?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** Shared by all connections of a process. */
export class AbraGenServers {
  readonly options: Required<AbraGenOptions>;
  readonly #servers: Servers;

  constructor(options: AbraGenOptions = {}) {
    this.options = {
      requestsPerServer: 8,
      connectMs: 10_000,
      deadlineMs: 60_000,
      headMs: 600_000,
      idleMs: 120_000,
      maxBytes: 32 * 2 ** 20,
      retry: { attempts: 3, baseMs: 500, capMs: 4000 },
      retryAfterCapMs: 10_000,
      maxAgeMs: 600_000,
      refusalAgeMs: 10_000,
      now: () => performance.now(),
      ...options,
    };
    this.#servers = new Servers(this.options.requestsPerServer);
  }

  server(address: AbraGenAddress): Server {
    return this.#servers.server(address);
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.#servers.close();
  }
}
