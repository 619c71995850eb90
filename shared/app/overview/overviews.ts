/**
 * The overview of a process: brings the facts up to date under the document's lease, soon after
 * something has changed and at most every two seconds, and gives them to whoever looks.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { Looks, sharedAgeMs } from '../../async/looks.ts';
import { type Facts, factsForm, factsName, factsPrefix } from '../../board/overview/facts.ts';
import { LeasedDocuments } from '../../lock/leased-document.ts';
import type { Found } from '../../storage/json-blob.ts';
import type { OpenContainer } from '../../storage/place.ts';
import { finalStates, type Run } from '../../sync/run.ts';

/** However much changes. */
const foldEveryMs = 2_000;
/** Somebody else is at it, who may have looked before the change. */
const busyMs = 1_000;
const foldMs = 60_000;
/** A timer looks three times in a minute: older facts nobody has looked after. */
export const staleMs = 60_000;
/** Whoever finds none, or stale ones, waits so long for others. */
const waitMs = 15_000;
const pollMs = 250;

export interface SeenFacts extends Found<Facts | null> {}

/** Looks at everything; `before` as `lookAtAll`. */
export type LookAtFacts = (before: Facts | undefined, signal: AbortSignal) => Promise<Facts>;

export interface OverviewDependencies {
  container: OpenContainer;
  leaseSeconds: number;
  now(): Date;
  /** Aborted when this worker stops. */
  stopping: AbortSignal;
}

export class Overviews {
  readonly #dependencies: OverviewDependencies;
  readonly #looks: Looks<SeenFacts>;
  readonly #states = new Map<string, Run['state']>();
  #documents: LeasedDocuments<Facts> | undefined;
  #look: LookAtFacts | undefined;
  #timer: NodeJS.Timeout | undefined;
  #folding: Promise<unknown> = Promise.resolve();

  constructor(dependencies: OverviewDependencies) {
    this.#dependencies = dependencies;
    this.#looks = new Looks<SeenFacts>(async (_name, signal, known) =>
      (await this.#opened(signal)).look(factsName, signal, known),
    );
  }

  /** How to look: by the newest catalogue. */
  lookBy(look: LookAtFacts): void {
    this.#look = look;
  }

  /** Something has changed that is in it. */
  readonly changed = (): void => this.#soon(0);

  /** A run was written: where it stands otherwise than before, that is in it. */
  readonly runWritten = ({ id, state }: Pick<Run, 'id' | 'state'>): void => {
    if (this.#states.get(id) === state) return;
    if (finalStates.includes(state)) this.#states.delete(id);
    else this.#states.set(id, state);
    this.changed();
  };

  /**
   * Brings the facts up to date, unless somebody has just done so, or does.
   *
   * @returns milliseconds after which it is worth another try; undefined: they are up to date
   * @throws storage's error, or the reason of `signal`
   */
  async fold(signal: AbortSignal): Promise<number | undefined> {
    const look = this.#look;
    if (look === undefined) throw new Error('nobody has said how to look');
    const held = await (await this.#opened(signal)).acquire(factsName, signal);
    if (held === undefined) return busyMs;
    try {
      const { value: before } = held;
      const now = this.#dependencies.now().getTime();
      const ageMs = before === undefined ? foldEveryMs : now - Date.parse(before.lookedAt);
      if (ageMs >= 0 && ageMs < foldEveryMs) return foldEveryMs - ageMs;
      const within = AbortSignal.any([signal, held.lost]);
      await held.replace(await look(before, within), within);
      return undefined;
    } finally {
      await held.release();
    }
  }

  /**
   * The facts, one object until they change: as of the last second, as somebody has looked at them.
   * Where there are none, or nobody has looked for a minute, this worker does.
   *
   * @returns undefined where there are none, and none can be made
   * @throws DocumentNewerError, storage's error, or the reason of `signal`
   */
  async facts(signal: AbortSignal): Promise<SeenFacts | undefined> {
    const end = performance.now() + waitMs;
    for (;;) {
      const seen = await this.#looks.look(factsName, sharedAgeMs, signal);
      if (seen?.value && !this.isStale(seen.value)) return seen;
      const isOver = performance.now() > end;
      const again = isOver ? undefined : await this.#foldFor(signal);
      if (isOver || again === 'failed') return seen?.value ? seen : undefined;
      if (again !== undefined) await new Promise((resolve) => setTimeout(resolve, pollMs));
      await this.#looks.look(factsName, 0, signal);
    }
  }

  /** Resolves when the facts are not any more those that `etag` was given for, or by `signal`. */
  changedSince(etag: string, signal: AbortSignal): Promise<void> {
    return this.#looks.changed(factsName, etag, signal);
  }

  isStale({ lookedAt }: Facts): boolean {
    return this.#dependencies.now().getTime() - Date.parse(lookedAt) > staleMs;
  }

  /** What is under way ends by the signal of stopping. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#folding;
  }

  async #foldFor(signal: AbortSignal): Promise<number | 'failed' | undefined> {
    try {
      return await this.fold(AbortSignal.any([signal, this.#dependencies.stopping]));
    } catch {
      signal.throwIfAborted();
      return 'failed';
    }
  }

  #soon(afterMs: number): void {
    const { stopping } = this.#dependencies;
    if (this.#timer !== undefined || this.#look === undefined || stopping.aborted) return;
    this.#timer = setTimeout(() => {
      const limit = AbortSignal.any([stopping, AbortSignal.timeout(foldMs)]);
      // From here on a change is one that this look may not see.
      this.#timer = undefined;
      const folding = this.#folding.then(() => this.fold(limit));
      this.#folding = folding.then(
        (again) => {
          if (again !== undefined) this.#soon(again);
        },
        // The timer's look is seconds away.
        () => {},
      );
    }, afterMs);
    this.#timer.unref();
  }

  async #opened(signal: AbortSignal): Promise<LeasedDocuments<Facts>> {
    const { container, leaseSeconds } = this.#dependencies;
    const opened: ContainerClient = await container(signal);
    this.#documents ??= new LeasedDocuments(opened, factsPrefix, factsForm, leaseSeconds);
    return this.#documents;
  }
}
