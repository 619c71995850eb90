/**
 * Records whose changes are in the journal and whose rows are yet to be fetched. A page over nine
 * evidences holds a hundred records of each, and a request for so few is a waste: so they wait in
 * the cursor until there are enough of them, or the changelog has no more.
 */

/**
 * As in the cursor, by evidence: records, and in the same order the versions of their last changes;
 * of which a deletion was seen, though it was not the last operation, or came late.
 */
export type StoredStale = Record<
  string,
  { ids: string[]; versions: number[]; deleteSeen?: string[] | undefined }
>;

/** Records by number, with the versions of their last changes. */
export type StaleVersions = ReadonlyMap<string, number>;

export class StaleRecords {
  /** Those that changed longest ago first. */
  readonly #versions: Map<string, Map<string, number>>;
  /** By evidence; of those that were taken out, too. */
  readonly #deleteSeen: Map<string, Set<string>>;

  constructor(stored: StoredStale) {
    this.#versions = new Map(
      Object.entries(stored).map(([evidence, { ids, versions }]) => [
        evidence,
        new Map(ids.map((id, index) => [id, versions[index] ?? 0])),
      ]),
    );
    this.#deleteSeen = new Map(
      Object.entries(stored).map(([evidence, { deleteSeen }]) => [evidence, new Set(deleteSeen)]),
    );
  }

  sizeWithout(evidences: ReadonlySet<string>): number {
    return this.#without(evidences).reduce((sum, [, { size }]) => sum + size, 0);
  }

  sizeOf(evidence: string): number {
    return this.#versions.get(evidence)?.size ?? 0;
  }

  has(evidence: string, id: string): boolean {
    return this.#versions.get(evidence)?.has(id) ?? false;
  }

  add(evidence: string, id: string, version: number, deleteSeen = false): void {
    if (deleteSeen) {
      const seen = this.#deleteSeen.get(evidence) ?? new Set();
      this.#deleteSeen.set(evidence, seen.add(id));
    }
    const versions = this.#versions.get(evidence) ?? new Map<string, number>();
    this.#versions.set(evidence, versions);
    versions.delete(id);
    versions.set(id, version);
  }

  /** Whether a deletion of it was seen since the cursor was read, or before while it waited. */
  isDeleteSeen(evidence: string, id: string): boolean {
    return this.#deleteSeen.get(evidence)?.has(id) ?? false;
  }

  remove(evidence: string, id: string): void {
    this.#versions.get(evidence)?.delete(id);
  }

  /** Takes out up to `size` records of the evidence that has most, of all but `without`. */
  take(
    size: (evidence: string) => number,
    without: ReadonlySet<string>,
  ): { evidence: string; versions: StaleVersions } {
    const [evidence, all] = this.#without(without).reduce((one, other) =>
      other[1].size > one[1].size ? other : one,
    );
    const count = size(evidence);
    const versions = new Map<string, number>();
    for (const [id, version] of all) {
      if (versions.size === count) break;
      versions.set(id, version);
      all.delete(id);
    }
    return { evidence, versions };
  }

  /** What was just taken, where it was. */
  putBack(evidence: string, versions: ReadonlyMap<string, number>): void {
    this.#versions.set(evidence, new Map([...versions, ...(this.#versions.get(evidence) ?? [])]));
  }

  drop(evidence: string): void {
    this.#versions.delete(evidence);
  }

  toStored(): StoredStale {
    const some = [...this.#versions].filter(([, versions]) => versions.size > 0);
    return Object.fromEntries(
      some.map(([evidence, records]) => {
        const seen = [...(this.#deleteSeen.get(evidence) ?? [])].filter((id) => records.has(id));
        const stored = { ids: [...records.keys()], versions: [...records.values()] };
        return [evidence, { ...stored, ...(seen.length > 0 && { deleteSeen: seen }) }];
      }),
    );
  }

  #without(evidences: ReadonlySet<string>): [string, Map<string, number>][] {
    return [...this.#versions].filter(([evidence]) => !evidences.has(evidence));
  }
}

/** What is stored, without some records of one evidence; the same object where none was there. */
export function withoutStale(
  stored: StoredStale,
  evidence: string,
  records: ReadonlyMap<string, unknown>,
): StoredStale {
  const before = stored[evidence];
  if (!before?.ids.some((id) => records.has(id))) return stored;
  const isLeft = (_: unknown, index: number) => !records.has(before.ids[index] ?? '');
  const seen = before.deleteSeen?.filter((id) => !records.has(id)) ?? [];
  const left = {
    ids: before.ids.filter(isLeft),
    versions: before.versions.filter(isLeft),
    ...(seen.length > 0 && { deleteSeen: seen }),
  };
  return { ...stored, [evidence]: left };
}
