/** The clients of a process, each kept as long as its connection is the same: they hold definitions. */

import { AbraGenClient } from './client.ts';
import type { AbraGenConnection } from './requests.ts';
import { AbraGenServers } from './servers.ts';

export class AbraGenClients {
  readonly #servers = new AbraGenServers();
  readonly #clients = new Map<string, AbraGenClient>();

  /** @param setting names what the address comes from */
  client(connection: AbraGenConnection, setting: string): AbraGenClient {
    const key = JSON.stringify([setting, connection.id, connection.name]);
    const known = this.#clients.get(key) ?? new AbraGenClient(connection, this.#servers);
    this.#clients.set(key, known);
    return known;
  }

  close(): void {
    this.#servers.close();
  }
}
