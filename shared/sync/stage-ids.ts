/** How the calls of a run are told apart, and how many there are. */

import type { ResolvedStage } from '../catalog/index.ts';
import { periodText } from './period.ts';

/** In place of an entity's name: of all entities. No entity is called so. */
export const everyEntity = '*';

/** Whose a call is. */
export function entityOf(entity: string, { once }: ResolvedStage): string {
  return once === 'source' || once === 'run' ? everyEntity : entity;
}

/** `export:meter:0c10`, for all sources `crude:meter`, for all entities `close:*`. */
function plainId(entity: string, stage: ResolvedStage): string {
  const { stage: name, code } = stage;
  const own = `${name}:${entityOf(entity, stage)}`;
  return code === undefined ? own : `${own}:${code}`;
}

/** What calls of one plain id differ by. */
interface Variants {
  /** None where it takes no month. */
  months: Set<string>;
  databases: Set<string>;
}

export class StageIds {
  readonly #known = new Map<string, Variants>();

  /** @param months those for which the stage is asked for */
  add(entity: string, stage: ResolvedStage, months: readonly string[]): void {
    const id = plainId(entity, stage);
    const known = this.#known.get(id) ?? { months: new Set(), databases: new Set() };
    this.#known.set(id, known);
    known.databases.add(stage.database);
    if (stage.period !== undefined) for (const month of months) known.months.add(month);
  }

  /** An upper bound of the calls; exact where a source has one aggregate base. */
  get count(): number {
    const all = [...this.#known.values()];
    return all.reduce((sum, one) => sum + Math.max(1, one.months.size) * one.databases.size, 0);
  }

  /** With the database and the month where there are several. */
  idOf(entity: string, stage: ResolvedStage): string {
    const id = plainId(entity, stage);
    const { months, databases } = this.#known.get(id) ?? {
      months: { size: 0 },
      databases: { size: 0 },
    };
    const { database, period } = stage;
    const withDatabase = databases.size > 1 ? `${id}:${database}` : id;
    return months.size > 1 && period ? `${withDatabase}:${periodText(period)}` : withDatabase;
  }
}
