/** Connections to HTTP servers: kept alive, and at most so many requests at once to each. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Semaphore } from '../async/semaphore.ts';
import type { ServerAddress } from './address.ts';

/** What all who talk to one server share. */
export interface Server {
  places: Semaphore;
  agent: HttpAgent;
}

export class Servers {
  readonly #requestsPerServer: number;
  readonly #servers = new Map<string, Server>();

  constructor(requestsPerServer: number) {
    this.#requestsPerServer = requestsPerServer;
  }

  /** @param most requests at once; as of whoever comes first */
  server(
    { origin, trustServerCertificate }: ServerAddress,
    most = this.#requestsPerServer,
  ): Server {
    const key = `${origin} ${trustServerCertificate}`;
    let server = this.#servers.get(key);
    if (server === undefined) {
      const kept = { keepAlive: true, maxFreeSockets: most };
      server = {
        places: new Semaphore(most),
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
