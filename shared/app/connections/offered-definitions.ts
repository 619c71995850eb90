/**
 * Which definitions a database is asked by. Of those that are shipped, the ones whose tables it has:
 * whoever has no DYNSQL of his own need not have them all. One's own are all offered.
 */

import { AgedCache } from '../../async/aged-cache.ts';
import type { Databases } from '../../database/databases.ts';
import type { Definition } from '../../dynsql/definition.ts';
import type { DynsqlCatalog } from '../../dynsql/language/dynsql-catalog.ts';
import { sqlIn } from '../../dynsql/sql/definition-sql.ts';
import { objectsIn } from '../../dynsql/sql/objects.ts';

/** A table that is made now is found a minute later. */
const ageMs = 60_000;
/** One short statement. */
const deadlineMs = 10_000;

export class OfferedDefinitions {
  readonly #dynsql: DynsqlCatalog;
  readonly #databases: Databases;
  readonly #database: string;
  readonly #there = new AgedCache<ReadonlySet<string>>(() => performance.now());
  #read: ReadonlyMap<Definition, readonly string[]> | undefined;

  /** @param database its id in the catalogue */
  constructor(dynsql: DynsqlCatalog, databases: Databases, database: string) {
    this.#dynsql = dynsql;
    this.#databases = databases;
    this.#database = database;
  }

  /** All where the database does not say what it has. @throws the reason of `signal` */
  async list(signal: AbortSignal): Promise<readonly Definition[]> {
    const { definitions, isShipped = false } = this.#dynsql;
    if (!isShipped) return definitions;
    this.#read ??= new Map(definitions.map((definition) => [definition, readBy(definition)]));
    const read = this.#read;
    const names = [...new Set([...read.values()].flat())];
    try {
      const there = await this.#there.get('', ageMs, () => this.#look(names), signal);
      return definitions.filter((one) => read.get(one)?.every((name) => there.has(name)));
    } catch {
      signal.throwIfAborted();
      return definitions;
    }
  }

  async #look(names: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = names.map((_, index) => `OBJECT_ID(@p${index}) AS t${index}`).join(', ');
    const parameters = names.map((value, index) => ({
      ...{ name: `p${index}`, type: 'nvarchar(517)', value },
    }));
    const limit = AbortSignal.timeout(deadlineMs);
    const [row] = await this.#databases.query(this.#database, `SELECT ${sql}`, parameters, limit);
    return new Set(names.filter((_, index) => row?.[`t${index}`] != null));
  }
}

/** Tables and functions that it reads, quoted. */
function readBy(definition: Definition): string[] {
  const found = sqlIn(definition).flatMap(objectsIn);
  return found.map(({ parts }) =>
    parts.map((part) => part && `[${part.replaceAll(']', ']]')}]`).join('.'),
  );
}
