/**
 * The entries of runs that wait, `waiting/<ticket>-<id>.json`, and the counter that gives tickets.
 * What a look at the line needs is in the metadata: one listing, however many wait.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { pause } from '../../async/retry.ts';
import {
  DocumentConflictError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../../storage/documents.ts';
import type { DocumentForm } from '../../storage/form.ts';
import { instantSchema } from '../../storage/instant.ts';
import type { Tell } from '../../storage/tell.ts';
import { runIdPattern } from '../run-id.ts';
import type { Entry } from './line.ts';

const entrySchema = z.object({
  id: z.string(),
  ticket: z.string(),
  locks: z.array(z.string()),
  notBefore: instantSchema.optional(),
});

const entryForm: DocumentForm<Entry> = {
  schema: entrySchema,
  version: 1,
  maxBytes: 1024 * 1024,
  isNamed: (name, entry) => name === nameOf(entry),
};

/** `last`: the ticket that was given last. */
const ticketsForm: DocumentForm<{ last: number }> = {
  schema: z.object({ last: z.int().nonnegative() }),
  version: 1,
  maxBytes: 64 * 1024,
};
const noTickets = {
  value: { last: 0 },
  metadata: {},
  meaning: 'tickets go on behind those that wait',
};

/** A trillion of them: a thousand a second would last for 30 years. */
const ticketDigits = 12;
const entryName = /^(\d{12})-(.+)$/;

/** Blobs in one answer of a listing (Azure Storage, List Blobs). */
const largestPage = 5_000;

/** Letters of locks in the metadata, which has 8 KB in all; beyond it the document is read. */
const locksRoom = 6_000;

/** The most that whoever lost a ticket to another waits before the next try. */
const ticketPauseMs = 50;

export class WaitingStore {
  readonly #entries: DocumentStore<Entry>;
  readonly #tickets: DocumentStore<{ last: number }>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#entries = new DocumentStore(container, 'waiting/', entryForm, tell);
    this.#tickets = new DocumentStore(container, 'state/', ticketsForm, tell);
  }

  /**
   * A ticket behind all that were given before.
   *
   * @param entries as they are: behind them, too, whatever became of the counter
   */
  async takeTicket(entries: readonly Entry[], signal: AbortSignal): Promise<string> {
    const seen = Math.max(0, ...entries.map(({ ticket }) => Number(ticket)));
    for (;;) {
      const found = await this.#tickets.readMended('tickets', () => noTickets, signal);
      const last = Math.max(found?.value.last ?? 0, seen) + 1;
      try {
        if (found === undefined) await this.#tickets.create('tickets', { last }, {}, signal);
        else await this.#tickets.replace('tickets', { last }, {}, found.etag, signal);
        return String(last).padStart(ticketDigits, '0');
      } catch (error) {
        if (!(error instanceof DocumentConflictError)) throw error;
        await pause(Math.random() * ticketPauseMs, signal);
      }
    }
  }

  /** Enters a run; once it is there nothing is changed by entering it again. */
  async enter(entry: Entry, signal: AbortSignal): Promise<void> {
    try {
      await this.#entries.create(nameOf(entry), entry, metadataOf(entry), signal);
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }

  /** Changes the locks of an entry, unless it is gone. */
  async change(entry: Entry, signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = await this.#read(nameOf(entry), signal);
      if (found === undefined) return;
      try {
        await this.#entries.replace(nameOf(entry), entry, metadataOf(entry), found.etag, signal);
        return;
      } catch (error) {
        if (!(error instanceof DocumentConflictError)) throw error;
      }
    }
  }

  /** One of them, if it is there and can be understood. */
  read(entry: Pick<Entry, 'id' | 'ticket'>, signal: AbortSignal): Promise<Entry | undefined> {
    return this.#readEntry(nameOf(entry), signal);
  }

  remove(entry: Pick<Entry, 'id' | 'ticket'>, signal: AbortSignal): Promise<void> {
    return this.#entries.remove(nameOf(entry), signal);
  }

  /** All of them, the first first; what no version of ours has named so is nobody. */
  async list(signal: AbortSignal): Promise<Entry[]> {
    const entries: Entry[] = [];
    let from: string | undefined;
    do {
      const options = { limit: largestPage, ...(from !== undefined && { from }) };
      const page = await this.#entries.list(options, signal);
      for (const { name, metadata } of page.names) {
        const entry = entryFromMetadata(name, metadata) ?? (await this.#readEntry(name, signal));
        if (entry !== undefined) entries.push(entry);
      }
      from = page.next;
    } while (from !== undefined);
    return entries;
  }

  async #readEntry(name: string, signal: AbortSignal): Promise<Entry | undefined> {
    if (placeOf(name) === undefined) return undefined;
    try {
      return (await this.#read(name, signal))?.value;
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      return undefined;
    }
  }

  /** A damaged one has no locks until its run is planned again: then it gets them back. */
  #read(name: string, signal: AbortSignal): Promise<Found<Entry> | undefined> {
    const place = placeOf(name) ?? { ticket: '', id: '' };
    const value: Entry = { ...place, locks: [] };
    const metadata = metadataOf(value);
    const meaning = `run ${place.id} keeps its place, and is planned again`;
    return this.#entries.readMended(name, () => ({ value, metadata, meaning }), signal);
  }
}

function nameOf({ ticket, id }: Pick<Entry, 'id' | 'ticket'>): string {
  return `${ticket}-${id}`;
}

function placeOf(name: string): Pick<Entry, 'ticket' | 'id'> | undefined {
  const [, ticket, id] = entryName.exec(name) ?? [];
  if (ticket === undefined || id === undefined || !runIdPattern.test(id)) return undefined;
  return { ticket, id };
}

function metadataOf({ locks, notBefore }: Entry): Record<string, string> {
  const text = locks.map(encodeURIComponent).join(',');
  return {
    ...(text !== '' && text.length <= locksRoom && { locks: text }),
    ...(notBefore !== undefined && { notbefore: notBefore }),
  };
}

function entryFromMetadata(
  name: string,
  { locks, notbefore: notBefore }: Record<string, string>,
): Entry | undefined {
  const place = placeOf(name);
  if (place === undefined || locks === undefined) return undefined;
  try {
    const entry = { ...place, locks: locks.split(',').map(decodeURIComponent), notBefore };
    return entrySchema.parse(entry);
  } catch {
    return undefined;
  }
}
