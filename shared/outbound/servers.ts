/** Connections to HTTP servers: kept alive, and at most so many requests at once to each. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { RetryPolicy } from '../async/retry.ts';
import { Semaphore } from '../async/semaphore.ts';
import type { ServerAddress } from './address.ts';

/** What limits the use of one kind of server; times are in milliseconds. */
export interface Limits {
  /**
   * The most requests under way at once to one server, and apart from them as many streamed
   * answers: one that is read slowly holds up no other request.
   */
  requestsPerServer: number;
  /** For a connection to come up. */
  connectMs: number;
  /** For one request, its answer read to the end. */
  deadlineMs: number;
  /** The most bytes of an answer, unpacked. */
  maxBytes: number;
  /** The most values in the JSON of an answer. */
  maxValues: number;
  /** For requests that change nothing, until their answer begins. */
  retry: RetryPolicy;
  /** A server that asks for more patience (Retry-After) is left alone. */
  retryAfterCapMs: number;
}

/** What all who talk to one server share. */
export interface Server {
  requests: Semaphore;
  streams: Semaphore;
  agent: HttpAgent;
}

/** Shared by all of a process; whoever talks to one server shares its connections. */
export class Servers<Limited extends Limits = Limits> {
  readonly limits: Limited;
  readonly #servers = new Map<string, Server>();

  constructor(limits: Limited) {
    this.limits = limits;
  }

  /** @param most requests at once; whoever knows another limit shares nothing with the others */
  server(
    { origin, trustServerCertificate }: ServerAddress,
    most = this.limits.requestsPerServer,
  ): Server {
    const key = `${origin} ${trustServerCertificate} ${most}`;
    let server = this.#servers.get(key);
    if (server === undefined) {
      const kept = { keepAlive: true, maxFreeSockets: most };
      server = {
        requests: new Semaphore(most),
        streams: new Semaphore(most),
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
