/** Gathers what is applied together: parts of evidences until there is enough for a call. */

import type { StaleVersions } from './stale.ts';
import type { Batch, Change, MirrorPage, RecordState } from './types.ts';

interface Gathered extends Batch {
  changes: Change[];
  records: RecordState[];
}

export class PageGatherer {
  readonly #batches = new Map<string, Gathered>();
  /** Records that were stale and are in here. */
  readonly fetched: { evidence: string; versions: StaleVersions }[] = [];
  readonly #head: Omit<MirrorPage, 'batches'>;

  /** @param head with the moment before anything in it is read */
  constructor(head: Omit<MirrorPage, 'batches'>) {
    this.#head = head;
  }

  /** Of records; their changes cost little beside them. */
  get size(): number {
    return [...this.#batches.values()].reduce((sum, { records }) => sum + records.length, 0);
  }

  add({ evidence, changes, records }: Batch): void {
    const before = this.#batches.get(evidence);
    if (before === undefined) {
      this.#batches.set(evidence, { evidence, changes: [...changes], records: [...records] });
      return;
    }
    before.changes.push(...changes);
    before.records.push(...records);
  }

  get page(): MirrorPage {
    return { ...this.#head, batches: [...this.#batches.values()] };
  }
}
