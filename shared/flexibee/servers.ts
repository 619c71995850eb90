/** Connections to FlexiBee servers: kept alive, and at most so many at once to each. */

import type { RetryPolicy } from '../async/retry.ts';
import { type Server, Servers } from '../outbound/servers.ts';
import type { FlexibeeAddress } from './address.ts';

export interface ServersOptions {
  /** The most requests under way at once to one server; default 4. */
  requestsPerServer?: number;
  /**
   * For one request, its answer read to the end, in milliseconds. Default 60 s: the first answer
   * after the start of a FlexiBee server can take 20 s.
   */
  deadlineMs?: number;
  /** For a connection to come up, in milliseconds; default 10 s. */
  connectMs?: number;
  /** The most bytes of an answer, unpacked; default 64 MB: 1000 full records take a tenth. */
  maxBytes?: number;
  /** For requests that change nothing; default 4 attempts with pauses of 0.5 to 8 s. */
  retry?: RetryPolicy;
  /** A server that asks for more patience (Retry-After) is left alone, in ms; default 30 s. */
  retryAfterCapMs?: number;
}

/** Shared by all companies of a process; companies of one server share its connections. */
export class FlexibeeServers {
  readonly options: Required<ServersOptions>;
  readonly #servers: Servers;

  constructor(options: ServersOptions = {}) {
    this.options = {
      requestsPerServer: 4,
      deadlineMs: 60_000,
      connectMs: 10_000,
      maxBytes: 64 * 2 ** 20,
      retry: { attempts: 4, baseMs: 500, capMs: 8000 },
      retryAfterCapMs: 30_000,
      ...options,
    };
    this.#servers = new Servers(this.options.requestsPerServer);
  }

  /** @param requestsAtOnce as of whoever comes first */
  server(address: FlexibeeAddress, requestsAtOnce?: number): Server {
    return this.#servers.server(address, requestsAtOnce);
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.#servers.close();
  }
}
