/** What of the catalogue is closed for now: closures, held against where its servers are. */

import type { Catalog } from '../catalog/index.ts';
import type { Locations } from '../catalog/located.ts';
import { ClosedPlaces } from '../closures/closed-places.ts';
import type { Closure, Closures } from '../closures/closures.ts';
import { addressOf, locksOf } from '../sync/locks.ts';
import { planStages } from '../sync/plan.ts';
import type { Stage } from '../sync/run.ts';

type Used = Pick<Stage, 'kind' | 'code' | 'server' | 'location' | 'database'>;

export class Closed {
  readonly #catalog: Catalog;
  readonly #closures: Pick<Closures, 'current'>;
  readonly #places: ClosedPlaces;
  /** Names of locks of each database. */
  readonly #databases: ReadonlyMap<string, readonly string[]>;
  /** By company, what following it uses. */
  readonly #followed = new Map<string, readonly Used[]>();

  /** @param catalog which knows where everything is, as `located` */
  constructor(catalog: Catalog, locations: Locations, closures: Pick<Closures, 'current'>) {
    this.#catalog = catalog;
    this.#closures = closures;
    const databases = catalog.databases.map(({ id, server }) => {
      const location = locations.databases[id];
      return [id, locksOf({ server, ...(location !== undefined && { location }) })] as const;
    });
    this.#databases = new Map(databases);
    this.#places = new ClosedPlaces(locksOfServers(catalog, locations));
  }

  /** The closure that keeps a run of these stages from beginning. */
  async ofStages(stages: readonly Used[], signal: AbortSignal): Promise<Closure | undefined> {
    const closures = await this.#closures.current(signal);
    if (closures.length === 0) return undefined;
    const locks = stages.flatMap((stage) => this.#locksOf(stage));
    const companies = stages.flatMap(({ kind, code }) =>
      kind === 'flexibee' && code !== undefined ? [code] : [],
    );
    return this.#places.closureOf({ locks, companies }, closures);
  }

  /** Why a database is not to be asked now, in words; undefined: it may be. */
  async reasonOf(
    { database, server }: Pick<Used, 'database' | 'server'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const closures = await this.#closures.current(signal);
    if (closures.length === 0) return undefined;
    const locks = [server, ...(this.#databases.get(database) ?? [])];
    const closure = this.#places.closureOf({ locks, companies: [] }, closures);
    return closure && `closed until ${closure.until}: ${closure.reason}`;
  }

  /** The closure that keeps a company from being followed: of itself, its server, or the base. */
  async ofCompany(code: string, signal: AbortSignal): Promise<Closure | undefined> {
    return await this.ofStages(this.#following(code), signal);
  }

  /** Rows that are read at a company or a connection are applied to a database. */
  #locksOf(stage: Used): readonly string[] {
    const own = locksOf(stage);
    if (stage.kind === 'procedure') return own;
    return [...own, ...(this.#databases.get(stage.database) ?? [])];
  }

  #following(code: string): readonly Used[] {
    const known = this.#followed.get(code);
    if (known !== undefined) return known;
    const names = this.#catalog.entityOrder(code);
    const { stages } = planStages(this.#catalog, [{ names, codes: [code] }]);
    const used = stages.filter(({ kind }) => kind === 'flexibee');
    this.#followed.set(code, used);
    return used;
  }
}

/** Of each server its id, and the addresses of what the catalogue has there. */
function locksOfServers(
  catalog: Catalog,
  { databases, companies, connections }: Locations,
): Map<string, Set<string>> {
  const locks = new Map(catalog.servers.map(({ id }) => [id, new Set([id])]));
  const add = (server: string, location: string | undefined) => {
    const address = location && addressOf({ location });
    if (address) locks.get(server)?.add(address);
  };
  for (const { id, server } of catalog.databases) add(server, databases[id]);
  for (const { code, server } of catalog.companies) add(server, companies[code]);
  for (const one of catalog.connections) {
    if ('server' in one) add(one.server, connections[one.id]);
  }
  return locks;
}
