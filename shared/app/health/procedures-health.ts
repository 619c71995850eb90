/** Procedures that the catalogue names and a database does not have, before a run finds out. */

import { AgedCache } from '../../async/aged-cache.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Databases } from '../../database/databases.ts';
import { lookAtObjects } from '../catalog-check/server-look.ts';
import { quoted } from '../grants.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Nobody drops procedures every day; what is missing is put right and looked at soon. */
const soundMs = 300_000;
const missingMs = 15_000;
/** Named in the reason. */
const named = 5;

export interface ProceduresHealthDependencies {
  catalog: Pick<Catalog, 'databases' | 'placedStages'>;
  databases: Pick<Databases, 'query'>;
  /** Whether a database answers: only then it is asked. */
  answers(database: string): Promise<boolean>;
}

/** Of one catalogue, to be kept for as long as that is in use: one look lasts for many calls. */
export class ProceduresHealth {
  readonly #found: AgedCache<readonly string[]>;
  /** Where something was missing. */
  readonly #lacking = new Set<string>();

  /** @param now monotonic milliseconds */
  constructor(now = () => performance.now()) {
    this.#found = new AgedCache(now);
  }

  /**
   * Databases that do not answer have lines of their own, and are left out; one that cannot say what
   * it has is no reason for worry here.
   */
  async look(dependencies: ProceduresHealthDependencies, signal: AbortSignal): Promise<HealthPart> {
    const { catalog, answers } = dependencies;
    let missing: string[] = [];
    const part = await checkPart(
      'procedures',
      async (bounded) => {
        const ids = catalog.databases.map(({ id }) => id);
        const found = await Promise.all(
          ids.map(async (id) => ((await answers(id)) ? this.#of(id, dependencies, bounded) : [])),
        );
        missing = found.flat();
      },
      signal,
    );
    if (part.state !== 'ok') return { ...part, state: 'ok', reason: 'could not be looked at' };
    if (missing.length === 0) return part;
    const more = missing.length > named ? ` and ${missing.length - named} more` : '';
    const reason = `not there, or not to be executed by us: ${missing.slice(0, named).join(', ')}${more}; npx syncboard catalog check --connect says of each what mends it`;
    return { ...part, state: 'degraded', reason };
  }

  async #of(
    id: string,
    { catalog, databases }: ProceduresHealthDependencies,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const age = this.#lacking.has(id) ? missingMs : soundMs;
    const look = async () => {
      // It goes on for others when whoever asked first has left.
      const missing = await missingIn(catalog, databases, id, AbortSignal.timeout(lookMs));
      if (missing.length === 0) this.#lacking.delete(id);
      else this.#lacking.add(id);
      return missing;
    };
    return await this.#found.get(id, age, look, signal);
  }
}

const lookMs = 30_000;

async function missingIn(
  catalog: ProceduresHealthDependencies['catalog'],
  databases: Pick<Databases, 'query'>,
  id: string,
  signal: AbortSignal,
): Promise<string[]> {
  const names = new Set(
    catalog
      .placedStages()
      .filter(({ item }) => item.database === id)
      .map(({ item: { procedure } }) => quoted([procedure.schema, procedure.name])),
  );
  const wanted = [...names].map((object) => ({ right: 'EXECUTE' as const, object }));
  const found = await lookAtObjects(databases, id, wanted, signal);
  return wanted.flatMap(({ object }, index) =>
    found[index]?.isAllowed ? [] : [`${object} of ${id}`],
  );
}
