/**
 * Events in storage: `events/<id>.json`, newest first by name. What is not settled has a mark,
 * `outbox/<id>`, so that whoever delivers lists nothing else. The mark is first: a worker that dies
 * between the two has told nobody, and whoever does its work again tells it; a mark without an event
 * is removed when it is old.
 */

import type { ContainerClient } from '@azure/storage-blob';
import {
  DocumentConflictError,
  type DocumentDamagedError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { Tell } from '../storage/tell.ts';
import { countedDownFrom } from '../time/newest-first.ts';
import { type EventKind, eventIdPattern, eventKinds, eventOf, type NewEvent } from './event.ts';
import { type EventDocument, eventForm } from './event-document.ts';
import { type Mark, Outbox } from './outbox.ts';

/** Names in one answer of a listing (Azure Storage, List Blobs). */
const largestPage = 5_000;

const dayMs = 86_400_000;

export class EventStore {
  readonly #documents: DocumentStore<EventDocument>;
  readonly #outbox: Outbox;
  readonly #now: () => Date;

  constructor(container: ContainerClient, now: () => Date, tell?: Tell) {
    this.#documents = new DocumentStore(container, 'events/', eventForm, tell);
    this.#outbox = new Outbox(container);
    this.#now = now;
  }

  /**
   * Writes an event down, unless it is: from then on it is delivered, whoever dies.
   *
   * @throws storage's error, or the reason of `signal`: then it is to be told again
   */
  async tell(told: NewEvent, signal: AbortSignal): Promise<void> {
    const event = eventOf(told, this.#now());
    await this.#outbox.put(event.id, signal);
    try {
      await this.#documents.create(event.id, event, { kind: event.kind }, signal);
    } catch (error) {
      // Told before, by this worker or another.
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }

  /** One that is damaged is set aside, and is an event itself from then on. @throws DocumentNewerError */
  async read(id: string, signal: AbortSignal): Promise<Found<EventDocument> | undefined> {
    if (!eventIdPattern.test(id)) return undefined;
    return await this.#documents.readMended(id, (damaged) => instead(id, damaged), signal);
  }

  /** @returns false when somebody else has written it since */
  async replaced(event: EventDocument, etag: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#documents.replace(event.id, event, { kind: event.kind }, etag, signal);
      return true;
    } catch (error) {
      if (error instanceof DocumentConflictError) return false;
      throw error;
    }
  }

  /** Marks of what is not known to be settled, the oldest event first. */
  async open(signal: AbortSignal): Promise<Mark[]> {
    return (await this.#outbox.list(signal)).reverse();
  }

  /** It is settled, or there is none. */
  settle(id: string, signal: AbortSignal): Promise<void> {
    return this.#outbox.remove(id, signal);
  }

  /** Ids, the newest first. @param after only those behind this one */
  async *ids(after: string | undefined, signal: AbortSignal): AsyncGenerator<string> {
    let from: string | undefined;
    do {
      const options = { limit: largestPage, ...(from !== undefined && { from }) };
      const { names, next } = await this.#documents.list(options, signal);
      for (const { name } of names) {
        if (eventIdPattern.test(name) && (after === undefined || name > after)) yield name;
      }
      from = next;
    } while (from !== undefined);
  }

  /**
   * Removes events from more than `days` ago, settled or not: those are given up long before.
   *
   * @returns how many
   */
  async expire(days: number, signal: AbortSignal): Promise<number> {
    const before = this.#now().getTime() - days * dayMs;
    let removed = 0;
    for await (const id of this.ids(undefined, signal)) {
      const at = countedDownFrom(id)?.getTime() ?? before;
      if (at >= before) continue;
      // The mark first: a mark alone would be looked at for ever.
      await this.#outbox.remove(id, signal);
      await this.#documents.remove(id, signal);
      removed += 1;
    }
    return removed;
  }
}

/** What was told is lost, that it was is not. */
function instead(id: string, { message, found }: DocumentDamagedError) {
  const kind: EventKind = 'event.damaged';
  const was = found.metadata['kind'] ?? 'unknown';
  const at = (countedDownFrom(id) ?? new Date(0)).toISOString();
  const value: EventDocument = {
    ...{ id, kind, severity: eventKinds[kind], at },
    ...{ error: message, reason: was },
  };
  return { value, metadata: { kind }, meaning: `targets are told that it was damaged (${was})` };
}
