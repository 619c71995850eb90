/** The catalogue's connections, each with what stands behind it; opened when asked. */

import type { AbraGenAddress } from '../../abra-gen/address.ts';
import type { AbraGenClient } from '../../abra-gen/client.ts';
import { AbraGenClients } from '../../abra-gen/clients.ts';
import type { FairPlaces } from '../../async/fair-places.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Databases } from '../../database/databases.ts';
import type { DynsqlCatalog } from '../../dynsql/language/dynsql-catalog.ts';
import { abraGenConnection } from './abra-gen-connection.ts';
import type { DynsqlConnection } from './connection.ts';
import { ownConnection } from './own-connection.ts';
import { SharedPlaces } from './shared-places.ts';

export interface ConnectionsDependencies {
  catalog: Pick<Catalog, 'connections'>;
  /** For the databases of ours. */
  dynsql: DynsqlCatalog;
  addresses: Readonly<Record<string, AbraGenAddress>>;
  databases: Databases;
  /** Of the process; left out, they end with these connections. */
  clients?: AbraGenClients;
  /** Of the process, as `clients`. */
  places?: SharedPlaces;
  /** Aborted when the worker stops: answers under way break off. */
  stopping: AbortSignal;
  now(): Date;
}

export class DynsqlConnections {
  readonly stopping: AbortSignal;
  readonly all: readonly DynsqlConnection[];
  readonly #opened: AbraGenClients;
  readonly #clients = new Map<string, AbraGenClient>();

  constructor(dependencies: ConnectionsDependencies) {
    const { catalog, addresses, stopping, places = new SharedPlaces() } = dependencies;
    this.stopping = stopping;
    this.#opened = dependencies.clients ?? new AbraGenClients();
    this.all = catalog.connections.map((connection) => {
      const { id } = connection;
      if (connection.kind === 'database') {
        const { databases } = dependencies;
        const { database } = connection;
        const own = () =>
          places.of({ key: databases.poolOf(database), places: databases.poolSize });
        return ownConnection(id, database, { ...dependencies, places: own });
      }
      const address = addresses[id];
      if (address === undefined) throw new RangeError(`no address of ${id}`);
      const { name, connection: setting } = connection;
      const client = this.#opened.client({ id, name, address }, setting);
      this.#clients.set(id, client);
      return abraGenConnection(id, client, places.of(client.pool));
    });
  }

  find(id: string | undefined): DynsqlConnection | undefined {
    return this.all.find((connection) => connection.id === id);
  }

  /** Those of ABRA Gen, by id. */
  get clients(): readonly [id: string, AbraGenClient][] {
    return [...this.#clients];
  }

  /** Undefined: no connection of ABRA Gen has that id. */
  abraGen(id: string): AbraGenClient | undefined {
    return this.#clients.get(id);
  }

  /** @throws RangeError: there is no such connection */
  placesOf(id: string): FairPlaces {
    const found = this.find(id);
    if (found === undefined) throw new RangeError(`no connection ${id}`);
    return found.places;
  }

  close(): void {
    this.#opened.close();
  }
}
