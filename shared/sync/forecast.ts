/** How long a plan, or what is left of one, may take. */

import { hasEnded, type Stage } from './run.ts';
import { neededBy } from './stage-graph.ts';
import { isLeftOut, opensAt } from './windows.ts';

export interface Forecast {
  /** Milliseconds until the end; null when nothing is known yet. */
  leftMs: number | null;
  /** Stages that no earlier run has measured: they count as nothing. */
  unknownStages: number;
  /** Ids of the stages that the end waits for, one after the other; none when nothing is known. */
  criticalPath: string[];
  /**
   * When each stage begins, as far as that is known, in milliseconds since 1970; none for those that
   * their windows leave out.
   */
  begins: ReadonlyMap<string, number>;
}

/** What is known beside the stages; `at` counts where stages have windows. */
export interface ForecastOptions {
  /** Milliseconds since 1970: from when on it is played. */
  at?: number;
  /** How long a stage has been running. */
  elapsedMs?(stage: Stage): number;
}

/**
 * Plays what is left with the medians of earlier runs: each server takes its stages in order, as many
 * at once as it allows, a stage waits for what it needs, for its window, and for others with one of
 * its exclusive names. Waiting for other runs is not in it.
 */
export function forecast(stages: readonly Stage[], options: ForecastOptions = {}): Forecast {
  const play = new Play(options);
  let left = stages.filter((stage) => !hasEnded(stage));
  while (left.length > 0) {
    // What waits for a window is stepped over; where nothing else is left the first one opens.
    const before = left.length;
    left = left.filter((stage) => !play.begin(stage));
    if (left.length === before) left = play.openFirst(left);
  }
  return play.result();
}

interface Played {
  begins: number;
  ends: number;
  /** The stage that it waits for the longest. */
  after: string | undefined;
}

class Play {
  readonly #at: number;
  readonly #elapsedMs: (stage: Stage) => number;
  readonly #played = new Map<string, Played>();
  /** Stages that their windows, or those of what they need, leave out. */
  readonly #leftOut = new Set<string>();
  /** Ids of those that come to be played. */
  readonly #waiting = new Set<string>();
  /** The last stage in each place of a server. */
  readonly #places = new Map<string, string[]>();
  readonly #lastWith = new Map<string, string>();
  #last: string | undefined;
  #unknown = 0;

  constructor({ at = 0, elapsedMs = () => 0 }: ForecastOptions) {
    this.#at = at;
    this.#elapsedMs = elapsedMs;
  }

  /** @returns false where it has to wait for a window */
  begin(stage: Stage): boolean {
    this.#waiting.add(stage.id);
    if (neededBy(stage).some((id) => this.#waiting.has(id))) return false;
    const { place, after } = this.#placeFor(stage);
    const ready = this.#endOf(after);
    if (this.#isLeftOut(stage, ready)) {
      this.#leftOut.add(stage.id);
      this.#played.set(stage.id, { begins: ready, ends: ready, after });
      this.#waiting.delete(stage.id);
      return true;
    }
    const isRunning = stage.state === 'running';
    if (!isRunning && opensAt(stage, this.#at + ready) > this.#at + ready) return false;
    this.#play(stage, place, after, ready);
    return true;
  }

  /** Begins the one of these whose window opens first. @returns the others */
  openFirst(left: readonly Stage[]): Stage[] {
    const able = left.filter((stage) => !neededBy(stage).some((id) => this.#waiting.has(id)));
    const opening = able.map((stage) => {
      const { place, after } = this.#placeFor(stage);
      return {
        stage,
        place,
        after,
        begins: opensAt(stage, this.#at + this.#endOf(after)) - this.#at,
      };
    });
    const [first] = opening.toSorted((one, other) => one.begins - other.begins);
    if (first === undefined) return [];
    this.#play(first.stage, first.place, first.after, first.begins);
    return left.filter((stage) => stage !== first.stage);
  }

  result(): Forecast {
    const begins = new Map<string, number>();
    for (const [id, played] of this.#played) {
      if (!this.#leftOut.has(id)) begins.set(id, this.#at + played.begins);
    }
    const unknownStages = this.#unknown;
    if (unknownStages === begins.size && begins.size > 0) {
      return { leftMs: null, unknownStages, criticalPath: [], begins };
    }
    const criticalPath: string[] = [];
    for (let id = this.#last; id !== undefined; id = this.#played.get(id)?.after) {
      if (!this.#leftOut.has(id)) criticalPath.unshift(id);
    }
    return { leftMs: this.#endOf(this.#last), unknownStages, criticalPath, begins };
  }

  #play(stage: Stage, place: number, after: string | undefined, begins: number): void {
    const { id, server, expectedMs, exclusive = [] } = stage;
    if (expectedMs === undefined) this.#unknown += 1;
    const ends = begins + Math.max(0, (expectedMs ?? 0) - this.#elapsedMs(stage));
    this.#played.set(id, { begins, ends, after });
    this.#waiting.delete(id);
    const places = this.#places.get(server) ?? [];
    places[place] = id;
    this.#places.set(server, places);
    for (const name of exclusive) this.#lastWith.set(name, id);
    if (this.#last === undefined || ends > this.#endOf(this.#last)) this.#last = id;
  }

  /** The place that is free first, and what the stage waits for the longest. */
  #placeFor(stage: Stage): { place: number; after: string | undefined } {
    const { server, atOnce = 1, exclusive = [] } = stage;
    const places = this.#places.get(server) ?? [];
    const all = Array.from({ length: atOnce }, (_, place) => place);
    const place = all.reduce((best, other) =>
      this.#endOf(places[other]) < this.#endOf(places[best]) ? other : best,
    );
    let after = places[place];
    for (const id of [...neededBy(stage), ...exclusive.map((name) => this.#lastWith.get(name))]) {
      if (this.#endOf(id) > this.#endOf(after)) after = id;
    }
    return { place, after };
  }

  #isLeftOut(stage: Stage, ready: number): boolean {
    if (stage.state === 'running') return false;
    const isOut = (id: string) => this.#leftOut.has(id);
    const { needs, anyOf = [] } = stage;
    const lacks = needs.some(isOut) || (anyOf.length > 0 && anyOf.every(isOut));
    return lacks || isLeftOut(stage, new Date(this.#at + ready));
  }

  #endOf(id: string | undefined): number {
    return id === undefined ? 0 : (this.#played.get(id)?.ends ?? 0);
  }
}
