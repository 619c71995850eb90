/** Who changed what: written with each change, read page by page, kept as long as runs. */

import { randomUUID } from 'node:crypto';
import type { OpenContainer } from '../storage/place.ts';
import { AuditDays, type AuditPart } from './days.ts';
import { type AuditEntry, type End, Entries, type Intent, isBefore, lineOf } from './entry.ts';

export type { AuditEntry, Details } from './entry.ts';

/** What is about to be done. */
export type Change = Omit<Intent, 'id' | 'at'>;
export type Ending = Omit<End, 'of' | 'endedAt'>;

/** A change that was written down, and whose end is not. */
export type BegunChange = Pick<Intent, 'id' | 'at'>;

export interface AuditQuery {
  /** The first instant, and the first after the last. */
  from?: Date;
  to?: Date;
  /** Where the page before ended: only what is older than that entry. */
  before?: Pick<AuditEntry, 'at' | 'id'>;
  limit: number;
  isWanted(entry: AuditEntry): boolean;
}

export interface AuditPage {
  /** The newest first. */
  entries: AuditEntry[];
  /** Where the next page begins; absent on the last. */
  next?: Pick<AuditEntry, 'at' | 'id'>;
  /** Lines and blobs of these days that could not be read. */
  damaged: number;
}

/** A page may end before it is full: one look reads no more days. */
const daysOfPage = 100;

const dayMs = 86_400_000;

export class Audit {
  readonly #container: OpenContainer;
  readonly #now: () => Date;
  #opened: AuditDays | undefined;

  constructor(container: OpenContainer, now: () => Date) {
    this.#container = container;
    this.#now = now;
  }

  /**
   * Writes down what is about to be done: before it is. It must not be done where this fails.
   *
   * @throws storage's error, or the reason of `signal`
   */
  async begin(change: Change, signal: AbortSignal): Promise<BegunChange> {
    // Opened first: storage has answered by then, so that its clock is known.
    const days = await this.#days(signal);
    const begun = { id: randomUUID(), at: this.#now().toISOString() };
    await days.append(dayOf(begun.at), lineOf({ ...begun, ...change }), signal);
    return begun;
  }

  /** Writes down how it ended, on the day on which it began. */
  async end({ id, at }: BegunChange, ending: Ending, signal: AbortSignal): Promise<void> {
    const days = await this.#days(signal);
    const line = lineOf({ of: id, ...ending, endedAt: this.#now().toISOString() });
    await days.append(dayOf(at), line, signal);
  }

  /** @throws storage's error, or the reason of `signal` */
  async read(query: AuditQuery, signal: AbortSignal): Promise<AuditPage> {
    const { limit, before } = query;
    const days = await this.#days(signal);
    const byDay = Map.groupBy(await days.list(signal), ({ day }) => day);
    const wanted = [...byDay].filter(([day]) => isDayWanted(day, query));
    const entries: AuditEntry[] = [];
    let damaged = 0;
    for (const [index, [day, parts]] of wanted.entries()) {
      if (index === daysOfPage) return { entries, damaged, next: beginningAfter(day) };
      const found = await this.#ofDay(days, parts, signal);
      damaged += found.damaged;
      for (const entry of found.all()) {
        if (before !== undefined && !isBefore(entry, before)) continue;
        if (!isWithin(entry, query) || !query.isWanted(entry)) continue;
        const last = entries.at(-1);
        if (entries.length === limit && last !== undefined) {
          return { entries, damaged, next: { at: last.at, id: last.id } };
        }
        entries.push(entry);
      }
    }
    return { entries, damaged };
  }

  async #ofDay(days: AuditDays, parts: AuditPart[], signal: AbortSignal): Promise<Entries> {
    const entries = new Entries();
    for (const part of parts) {
      const text = await days.read(part, signal);
      if (text === undefined) entries.damaged += 1;
      else entries.push(text);
    }
    return entries;
  }

  /**
   * Removes the days that ended more than `keptDays` ago.
   *
   * @returns how many blobs were removed
   */
  async expire(keptDays: number, signal: AbortSignal): Promise<number> {
    const days = await this.#days(signal);
    const parts = await days.list(signal);
    const before = this.#now().getTime() - keptDays * dayMs;
    const expired = parts.filter(({ day }) => Date.parse(day) + dayMs <= before);
    for (const part of expired) await days.remove(part, signal);
    return expired.length;
  }

  async #days(signal: AbortSignal): Promise<AuditDays> {
    const container = await this.#container(signal);
    this.#opened ??= new AuditDays(container);
    return this.#opened;
  }
}

function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/** Entries of a day are older than its end, and no older than its beginning. */
function isDayWanted(day: string, { from, to, before }: AuditQuery): boolean {
  const begins = Date.parse(day);
  if (from !== undefined && begins + dayMs <= from.getTime()) return false;
  if (to !== undefined && begins >= to.getTime()) return false;
  return before === undefined || day <= dayOf(before.at);
}

function isWithin({ at }: AuditEntry, { from, to }: AuditQuery): boolean {
  const instant = Date.parse(at);
  if (from !== undefined && instant < from.getTime()) return false;
  return to === undefined || instant < to.getTime();
}

/** Where a page begins whose newest entries are those of `day`. */
function beginningAfter(day: string): Pick<AuditEntry, 'at' | 'id'> {
  return { at: new Date(Date.parse(day) + dayMs).toISOString(), id: '' };
}
