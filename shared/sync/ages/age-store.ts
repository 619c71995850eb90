/** Ages as they were read last: `state/ages.json`. */

import type { ContainerClient } from '@azure/storage-blob';
import { ListDocument } from '../../storage/list-document.ts';
import type { Tell } from '../../storage/tell.ts';
import { type Age, ageKey, ageSchema, isOld } from './age.ts';

const form = {
  name: 'ages',
  schema: ageSchema,
  version: 1,
  meaning: 'nothing is known to be old until the next look',
};

/** What has become of ages between two looks. */
export interface AgeChanges {
  /** Old now, and not before. */
  old: Age[];
  /** Old before, and no more. */
  fresh: Age[];
}

export class AgeStore {
  readonly #document: ListDocument<Age>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#document = new ListDocument(container, form, tell);
  }

  /** @throws DocumentNewerError, or storage's error */
  read(signal: AbortSignal): Promise<readonly Age[]> {
    return this.#document.read(signal);
  }

  /**
   * Takes what a look has found in place of what was known; what is not among it is forgotten.
   *
   * @throws DocumentNewerError, or storage's error
   */
  async note(found: readonly Age[], now: Date, signal: AbortSignal): Promise<AgeChanges> {
    let changes: AgeChanges = { old: [], fresh: [] };
    await this.#document.update((known) => {
      const merged = mergedAges(known, found).map(({ old: _, ...age }): Age => {
        return isOld(age, now) ? { ...age, old: true } : age;
      });
      changes = ageChanges(known, merged);
      return merged;
    }, signal);
    return changes;
  }
}

/** Of two workers who look at once the later reading counts. */
export function mergedAges(known: readonly Age[], found: readonly Age[]): Age[] {
  const before = new Map(known.map((age) => [ageKey(age), age]));
  return found.map((age) => {
    const other = before.get(ageKey(age));
    if (other === undefined) return age;
    const isSame = other.newest === age.newest && other.maxAgeMs === age.maxAgeMs;
    // The same timestamp is old at the same moment, whatever the clocks say a quarter of an hour on.
    const kept = { ...age, ...(isSame && other.oldAt !== undefined && { oldAt: other.oldAt }) };
    if (age.error === undefined) return (age.readAt ?? '') < (other.readAt ?? '') ? other : kept;
    const { error: _, ...last } = other;
    return { ...last, maxAgeMs: age.maxAgeMs, error: age.error };
  });
}

function ageChanges(before: readonly Age[], after: readonly Age[]): AgeChanges {
  const was = new Set(before.filter(({ old }) => old).map(ageKey));
  return {
    old: after.filter((age) => age.old && !was.has(ageKey(age))),
    fresh: after.filter((age) => !age.old && was.has(ageKey(age))),
  };
}
