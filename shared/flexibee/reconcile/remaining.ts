/** What is left of the candidates of a reconciliation, to be read again in groups. */

import type { Candidates } from './document.ts';

/** Candidates of one evidence, each with the mirror's version. */
export interface Asked {
  evidence: string;
  versions: ReadonlyMap<string, number>;
}

export class Remaining {
  readonly #left: Map<string, Map<string, number>>;

  constructor(candidates: Readonly<Record<string, Candidates>>) {
    this.#left = new Map(
      Object.entries(candidates).map(([evidence, { ids, versions }]) => [
        evidence,
        new Map(ids.map((id, index) => [id, versions[index] ?? 0])),
      ]),
    );
  }

  /** Without what is seen to otherwise. */
  leave(evidence: string, isOthers: (id: string) => boolean = () => true): void {
    const known = this.#left.get(evidence);
    for (const id of [...(known?.keys() ?? [])]) if (isOthers(id)) known?.delete(id);
  }

  /**
   * Takes out as many as one group may have; empty when none are left.
   *
   * @param most of one evidence in one request
   */
  take(size: number, most: (evidence: string) => number): Asked[] {
    const group: Asked[] = [];
    let room = size;
    for (const [evidence, known] of this.#left) {
      const ids = [...known.keys()].slice(0, Math.min(room, most(evidence)));
      if (ids.length === 0) continue;
      group.push({ evidence, versions: new Map(ids.map((id) => [id, known.get(id) ?? 0])) });
      for (const id of ids) known.delete(id);
      room -= ids.length;
      if (room === 0) break;
    }
    return group;
  }

  putBack({ evidence, versions }: Asked): void {
    const known = this.#left.get(evidence);
    for (const [id, version] of versions) known?.set(id, version);
  }

  toCandidates(): Record<string, Candidates> {
    const some = [...this.#left].filter(([, known]) => known.size > 0);
    return Object.fromEntries(
      some.map(([evidence, known]) => [
        evidence,
        { ids: [...known.keys()], versions: [...known.values()] },
      ]),
    );
  }
}
