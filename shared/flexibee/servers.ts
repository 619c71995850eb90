/** Connections to FlexiBee servers: kept alive, and at most so many at once to each. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { RetryPolicy } from '../retry.ts';
import type { FlexibeeAddress } from './address.ts';
import { Places } from './places.ts';

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

/** What the companies of one server share. */
export interface Server {
  places: Places;
  agent: HttpAgent;
}

/** Shared by all companies of a process; companies of one server share its connections. */
export class FlexibeeServers {
  readonly options: Required<ServersOptions>;
  readonly #servers = new Map<string, Server>();

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
  }

  server({ origin, trustServerCertificate }: FlexibeeAddress): Server {
    const key = `${origin} ${trustServerCertificate}`;
    let server = this.#servers.get(key);
    if (server === undefined) {
      const kept = { keepAlive: true, maxFreeSockets: this.options.requestsPerServer };
      server = {
        places: new Places(this.options.requestsPerServer),
        agent: origin.startsWith('https:')
          ? new HttpsAgent({ ...kept, rejectUnauthorized: !trustServerCertificate })
          : new HttpAgent(kept),
      };
      this.#servers.set(key, server);
    }
    return server;
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    for (const { agent } of this.#servers.values()) agent.destroy();
    this.#servers.clear();
  }
}
