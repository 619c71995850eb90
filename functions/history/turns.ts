/** What runs that have ended say of an entity: read out of their documents, once each. */

import { sideBySide } from '../../shared/async/side-by-side.ts';
import { cellsOf } from '../../shared/board/overview/cells.ts';
import type { Run, RunSummary, Syncs } from '../../shared/sync/syncs.ts';
import type { EntityTurn } from '../shapes/history.ts';

const readsAtOnce = 8;

/** A turn is 200 bytes, so that is 10 MB at most; a year of an entity of twenty sources is 7,300. */
const mostKept = 50_000;

export class Turns {
  readonly #syncs: Pick<Syncs, 'read'>;
  /** By run and entity, the latest asked last: what has ended never changes. */
  readonly #known = new Map<string, readonly EntityTurn[]>();
  #kept = 0;

  constructor(syncs: Pick<Syncs, 'read'>) {
    this.#syncs = syncs;
  }

  /**
   * Of runs in their order, for as long as `isTime` says; some are read in any case.
   *
   * @returns turns, and how many of the runs they are of
   */
  async of(
    name: string,
    runs: readonly Pick<RunSummary, 'id'>[],
    isTime: () => boolean,
    signal: AbortSignal,
  ): Promise<{ turns: EntityTurn[]; runs: number }> {
    const turns: EntityTurn[] = [];
    let done = 0;
    while (done < runs.length && (done === 0 || isTime())) {
      const some = runs.slice(done, done + readsAtOnce);
      const found = await sideBySide(
        some,
        readsAtOnce,
        ({ id }, within) => this.#one(name, id, within),
        signal,
      );
      turns.push(...found.flat());
      done += some.length;
    }
    return { turns, runs: done };
  }

  async #one(name: string, id: string, signal: AbortSignal): Promise<readonly EntityTurn[]> {
    const key = `${id} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const run = await this.#syncs.read(id, signal);
    // Removed since it was listed.
    if (run === undefined) return [];
    const turns = turnsOf(run, name);
    this.#keep(key, turns);
    return turns;
  }

  #keep(key: string, turns: readonly EntityTurn[]): void {
    this.#known.set(key, turns);
    // One for the entry itself: a run may have none of the entity.
    this.#kept += turns.length + 1;
    for (const [oldest, { length }] of this.#known) {
      if (this.#kept <= mostKept) break;
      this.#known.delete(oldest);
      this.#kept -= length + 1;
    }
  }
}

function turnsOf(run: Run, name: string): EntityTurn[] {
  return cellsOf(run)
    .filter(({ entity }) => entity === name)
    .map(({ run: id, code, state, at, success, check }) => {
      const { period } =
        run.stages.find((stage) => stage.entity === name && stage.code === code && stage.period) ??
        {};
      return {
        ...{ run: id, code, state, at },
        ...(period && { period }),
        ...(success && { tookMs: success.tookMs, rows: success.rows }),
        ...(check && { check: check.state }),
      };
    });
}
