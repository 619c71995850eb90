/**
 * What the overview knows of the system itself: parts of the health that have no facts of their own.
 * Databases are asked for it, so a fold never does: it takes what was seen last, by whomever.
 */

import type { KnownSystem } from '../../board/overview/facts.ts';
import type { HealthPart } from '../health/part.ts';

/** A look at all of it. */
export interface SystemLook {
  /** When it began. */
  at: Date;
  parts: readonly HealthPart[];
}

/** What is well need not be looked at more often. */
const calmMs = 50_000;

/** The last look of a process. */
export class SystemLooks {
  readonly #changed: () => void;
  #newest: SystemLook | undefined;

  /** @param changed told when something of it is not as it was */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get newest(): SystemLook | undefined {
    return this.#newest;
  }

  /** One that began before what is known is left: it may have seen what is over by now. */
  note(look: SystemLook): void {
    const before = this.#newest;
    if (before !== undefined && look.at < before.at) return;
    this.#newest = look;
    if (before === undefined || wordsOf(before) !== wordsOf(look)) this.#changed();
  }

  /** Whether there is something to be looked at again, or nobody has looked of late. */
  isDue(now: Date): boolean {
    const look = this.#newest;
    if (look === undefined || wrongIn(look).length > 0) return true;
    const ageMs = now.getTime() - look.at.getTime();
    return ageMs < 0 || ageMs >= calmMs;
  }
}

/** The newer of what was known and what was seen; what was wrong before is so since then. */
export function systemFacts(
  before: KnownSystem | undefined,
  seen: SystemLook | undefined,
): KnownSystem | undefined {
  const lookedAt = seen?.at.toISOString() ?? '';
  if (seen === undefined || (before && before.lookedAt >= lookedAt)) return before;
  const since = new Map(before?.wrong.map((one) => [one.part, one.since]));
  return {
    lookedAt,
    wrong: wrongIn(seen).map((one) => ({ ...one, since: since.get(one.part) ?? lookedAt })),
  };
}

function wrongIn({ parts }: SystemLook): Omit<KnownSystem['wrong'][number], 'since'>[] {
  return parts.flatMap(({ part, state, reason = state }) =>
    state === 'ok' ? [] : { part, state, reason },
  );
}

const wordsOf = (look: SystemLook) => JSON.stringify(wrongIn(look));
