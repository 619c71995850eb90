/**
 * What somebody should hear of and nobody is there to write down: a run that takes too long
 * or stands in line, a closure, whatever is known by looking only. Seen again it is the same event.
 */

import { sideBySide } from '../async/side-by-side.ts';
import { lineEvent } from '../board/schedule/late-events.ts';
import { closureEvent } from '../closures/closure-event.ts';
import type { Closures } from '../closures/closures.ts';
import { eventOf, type NewEvent } from '../events/event.ts';
import { type Age, ageKey, isOld } from '../sync/ages/age.ts';
import { slowEvent } from '../sync/events/run-events.ts';
import type { SyncState } from '../sync/sync-state.ts';
import { unfinishedRuns } from '../sync/unfinished.ts';

export interface WatchDependencies {
  state(signal: AbortSignal): Promise<SyncState>;
  closures: Pick<Closures, 'current'>;
  now(): Date;
}

type Look = (signal: AbortSignal) => Promise<NewEvent[]>;

const readsAtOnce = 8;

/** Forgotten all at once, and told anew, which changes nothing. */
const mostRemembered = 10_000;

export class EventWatch {
  readonly #dependencies: WatchDependencies;
  readonly #looks: Readonly<Record<string, Look>>;
  /** Events that are known to be written down. */
  readonly #told = new Set<string>();

  constructor(dependencies: WatchDependencies) {
    this.#dependencies = dependencies;
    this.#looks = {
      'runs under way': (signal) => this.#openRuns(signal),
      'the age of data': (signal) => this.#oldData(signal),
      closures: async (signal) => (await dependencies.closures.current(signal)).map(closureEvent),
    };
  }

  /** What cannot be looked at is said, and looked at the next time. @throws the reason of `signal` */
  async look(log: (text: string) => void, signal: AbortSignal): Promise<void> {
    for (const [what, look] of Object.entries(this.#looks)) {
      try {
        await this.#tell(await look(signal), signal);
      } catch (error) {
        signal.throwIfAborted();
        log(`Nobody could look at ${what}: ${String(error)}`);
      }
    }
  }

  async #tell(found: readonly NewEvent[], signal: AbortSignal): Promise<void> {
    const { state, now } = this.#dependencies;
    if (this.#told.size > mostRemembered) this.#told.clear();
    for (const told of found) {
      const { id } = eventOf(told, now());
      if (this.#told.has(id)) continue;
      await (await state(signal)).events.tell(told, signal);
      this.#told.add(id);
    }
  }

  /** As it was read last: what becomes old meanwhile is told at its time. */
  async #oldData(signal: AbortSignal): Promise<NewEvent[]> {
    const { state, now } = this.#dependencies;
    const ages = await (await state(signal)).ages.read(signal);
    return ages.flatMap((age) => (isOld(age, now()) ? ageEvent(age) : []));
  }

  /** Those that are slow, and those of a schedule that stand in line for too long. */
  async #openRuns(signal: AbortSignal): Promise<NewEvent[]> {
    const { state, now } = this.#dependencies;
    const opened = await state(signal);
    const runs = await unfinishedRuns(opened, signal);
    const known = new Set(runs.map(({ run }) => run.id));
    const inLine = (await opened.waiting.list(signal)).filter(({ id }) => !known.has(id));
    const waiting = await sideBySide(
      inLine,
      readsAtOnce,
      async ({ id }, within) => (await opened.runs.look(id, within)) ?? [],
      signal,
    );
    const all = [...runs, ...waiting.flat().map(({ value, isNewer }) => ({ run: value, isNewer }))];
    return all.flatMap(({ run, isNewer }) => {
      if (isNewer) return [];
      return [slowEvent(run, now()) ?? [], lineEvent(run, now()) ?? []].flat();
    });
  }
}

/** Once for each timestamp that has become too old: the same data that are read again are no news. */
function ageEvent(age: Age): NewEvent {
  const { entity, code, place, newest, oldAt = '' } = age;
  return {
    ...{
      kind: 'data.old',
      cause: `${ageKey(age)} ${newest}`,
      causedAt: new Date(oldAt),
      since: oldAt,
    },
    ...{ codes: [code], entities: [entity], reason: `${place}: ${newest ?? ''}` },
  };
}
