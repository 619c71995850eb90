/**
 * The freshness readings of one execution, taken beside the stages: `before` of every entity as
 * soon as the run begins, `after` as soon as an entity's last stage has ended.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadFreshness } from './freshness.ts';
import type { Journal } from './journal.ts';
import { type Freshness, type FreshnessReading, hasEnded, type Stage } from './run.ts';
import { everyEntity } from './stage-ids.ts';

export interface ReadingsContext {
  journal: Journal;
  readFreshness: ReadFreshness;
  now(): Date;
  signal: AbortSignal;
  /** Aborted when the time slice is over: what has not been read is left to the next call. */
  sliceOver: AbortSignal;
}

export class Readings {
  readonly #context: ReadingsContext;
  /** The readings before that are under way. */
  readonly #before = new Map<Freshness, Promise<void>>();
  readonly #after: Promise<void>[] = [];

  constructor(context: ReadingsContext) {
    this.#context = context;
    for (const entry of context.journal.run.freshness) {
      this.#readAfter(entry);
      if (entry.before === undefined && this.#isUntouched(entry)) {
        const reading = this.#read(entry, 'before');
        this.#before.set(
          entry,
          reading.finally(() => this.#before.delete(entry)),
        );
      }
    }
  }

  /** True while something is still being read that must be known before the stage changes it. */
  isReading(stage: Stage): boolean {
    return [...this.#before.keys()].some((entry) => concerns(entry, stage));
  }

  /** Waits for what must be known before the stage changes it. */
  async before(stage: Stage): Promise<void> {
    await Promise.all(
      [...this.#before].map(([entry, reading]) => (concerns(entry, stage) ? reading : undefined)),
    );
  }

  /** Begins the reading after, not before `when`, where the stage was its entity's last one. */
  stageEnded(stage: Stage, when: Promise<void>): void {
    for (const entry of this.#context.journal.run.freshness) {
      if (concerns(entry, stage)) this.#readAfter(entry, when);
    }
  }

  #readAfter(entry: Freshness, when?: Promise<void>): void {
    if (entry.after !== undefined || !this.#stagesOf(entry).every(hasEnded)) return;
    this.#after.push(this.#read(entry, 'after', when));
  }

  /** Waits for the readings under way. */
  async finish(): Promise<void> {
    await Promise.all([...this.#before.values(), ...this.#after]);
  }

  #stagesOf(entry: Freshness): Stage[] {
    return this.#context.journal.run.stages.filter((stage) => concerns(entry, stage));
  }

  /** A resumed run does not read "before" an entity that it has already changed. */
  #isUntouched(entry: Freshness): boolean {
    return this.#stagesOf(entry).every(
      ({ state, attempts }) => state === 'pending' && attempts.length === 0,
    );
  }

  /** Never rejects: nobody may be waiting for it. */
  async #read(entry: Freshness, side: 'before' | 'after', when?: Promise<void>): Promise<void> {
    const { journal, now, signal, sliceOver } = this.#context;
    const isLeft = () => sliceOver.aborted && !journal.run.stages.every(hasEnded);
    try {
      // What is at hand at this moment goes out first.
      await nextTurn();
      await when;
      if (isLeft() || signal.aborted) return;
      const reading = await this.#context.readFreshness(journal.run, entry, signal, isLeft);
      if (reading === undefined) return;
      journal.note(() => {
        entry[side] = reading;
      });
    } catch (error) {
      // The reader reports what it cannot read; what else goes wrong must not fail the run either.
      if (signal.aborted) return;
      const reading: FreshnessReading = { at: now().toISOString() };
      reading.errors = [String(error)];
      journal.note(() => {
        entry[side] = reading;
      });
    }
  }
}

/** An entity read for one source concerns what is called for it, for all sources, or for all entities. */
function concerns({ entity, code }: Freshness, stage: Stage): boolean {
  const isOfIt = stage.entity === entity || stage.entity === everyEntity;
  return isOfIt && (stage.code === undefined || stage.code === code);
}
