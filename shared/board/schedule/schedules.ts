/** Schedules in storage, `schedules/<name>.json`: what people write, and what has come of it. */

import type { Found } from '../../storage/documents.ts';
import type { OpenContainer } from '../../storage/place.ts';
import type { Tell } from '../../storage/tell.ts';
import { type Kind, newer, RevisedStore, readAll } from '../revised-store.ts';
import type { Author, Revision } from '../revision.ts';
import {
  type Schedule,
  type ScheduleState,
  scheduleSchema,
  scheduleStateSchema,
} from './schedule.ts';
import type { StoredSchedule } from './start-due.ts';

export interface NamedSchedule extends Revision<Schedule> {
  content: Schedule;
  state: ScheduleState;
}

export type ListedSchedule = NamedSchedule | { name: string; newer: string };

export const mostSchedules = 100;

export class TooManySchedulesError extends Error {}

export class Schedules {
  readonly #container: OpenContainer;
  readonly #now: () => Date;
  readonly #tell: Tell | undefined;
  #opened: RevisedStore<Schedule, ScheduleState> | undefined;

  constructor(container: OpenContainer, now: () => Date, tell?: Tell) {
    this.#container = container;
    this.#now = now;
    this.#tell = tell;
  }

  /** All that there are, by name. */
  async list(signal: AbortSignal): Promise<ListedSchedule[]> {
    const names = await (await this.#store(signal)).names(signal);
    const read = (name: string, within: AbortSignal) => this.named(name, within);
    return await readAll(names.sort(), read, newer, signal);
  }

  /** undefined: there is none, or it was removed. @throws DocumentNewerError, storage's error */
  async named(name: string, signal: AbortSignal): Promise<NamedSchedule | undefined> {
    return this.#named((await this.read(name, signal))?.value);
  }

  /** As it is stored, for whoever changes its state. */
  async read(name: string, signal: AbortSignal): Promise<Found<StoredSchedule> | undefined> {
    return await (await this.#store(signal)).read(name, signal);
  }

  async withState(
    found: Found<StoredSchedule>,
    state: ScheduleState,
    signal: AbortSignal,
  ): Promise<Found<StoredSchedule> | undefined> {
    return await (await this.#store(signal)).withState(found, state, signal);
  }

  /**
   * Makes a schedule what `change` says. From this moment on its times are due, where they are others
   * than before; what was due is not looked for again.
   *
   * @param change undefined: it is removed
   * @returns how it is now; undefined: there is none
   * @throws what `change` throws, TooManySchedulesError, DocumentNewerError, storage's error
   */
  async change(
    name: string,
    change: (current: NamedSchedule | undefined) => Schedule | undefined,
    by: Author,
    signal: AbortSignal,
  ): Promise<NamedSchedule | undefined> {
    const store = await this.#store(signal);
    const isFull = (await store.names(signal)).length >= mostSchedules;
    const changed = await store.change(
      name,
      (stored) => {
        const current = this.#named(stored);
        const content = change(current);
        if (content === undefined) return current && { state: ended(current.state) };
        if (current === undefined && isFull) throw new TooManySchedulesError();
        return { content, state: this.#stateOf(current, content, stored?.state) };
      },
      by,
      signal,
    );
    return this.#named(changed);
  }

  #stateOf(
    current: NamedSchedule | undefined,
    next: Schedule,
    state: ScheduleState | undefined,
  ): ScheduleState {
    const before = current?.content;
    const isSame =
      before?.enabled && before.cron === next.cron && before.timeZone === next.timeZone;
    if (isSame && state !== undefined) return state;
    return { upTo: this.#now().toISOString(), due: state?.due ?? [] };
  }

  #named(stored: StoredSchedule | undefined): NamedSchedule | undefined {
    if (stored?.content === undefined) return undefined;
    const { content, state = { upTo: stored.changedAt, due: [] }, ...revision } = stored;
    return { ...revision, content, state };
  }

  async #store(signal: AbortSignal): Promise<RevisedStore<Schedule, ScheduleState>> {
    const kind: Kind<Schedule, ScheduleState> = {
      ...{ name: 'schedules', version: 1, content: scheduleSchema, state: scheduleStateSchema },
      // Until it was damaged each minute's due times were written down.
      stateAfterDamage: (ageMs) => ({
        upTo: new Date(this.#now().getTime() - ageMs).toISOString(),
        due: [],
      }),
    };
    this.#opened ??= new RevisedStore(await this.#container(signal), kind, this.#now, this.#tell);
    return this.#opened;
  }
}

/** Nothing of a schedule that is removed is started any more. */
function ended({ upTo, due }: ScheduleState): ScheduleState {
  const why = 'The schedule was removed.';
  return {
    upTo,
    due: due.map((one) => {
      if (one.state !== 'reserved') return one;
      const { at } = one;
      return { at, state: 'skipped' as const, why, off: true as const };
    }),
  };
}
