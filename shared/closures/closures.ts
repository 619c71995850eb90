/**
 * What is closed for now: `state/closures.json`. Nothing new begins where a closure holds, what
 * runs there ends by itself. Every worker knows of one a second after it was made at the latest.
 *
 * A document that was damaged is set aside and told, and nothing is closed then: to keep everything
 * shut for good, because of one blob, does more harm than a sync that meets a server at work. One of
 * a newer version keeps everything closed for as long as it is there: its workers know why.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AgedCache } from '../async/aged-cache.ts';
import { askerMembers } from '../audit/asker.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import { instantSchema } from '../storage/instant.ts';
import { ListDocument } from '../storage/list-document.ts';
import type { OpenContainer } from '../storage/place.ts';
import { storageLimit } from '../storage/storage-call.ts';
import type { Tell } from '../storage/tell.ts';

export const closureSchema = z
  .object({
    id: z.string(),
    server: z.string().exactOptional().meta({ description: 'A server of the catalogue' }),
    company: z.string().exactOptional().meta({ description: 'The data source of a company' }),
    everything: z.literal(true).exactOptional(),
    until: instantSchema,
    reason: z.string(),
    user: z.string().meta({ description: 'Who closed it' }),
    ...askerMembers,
    at: instantSchema,
  })
  .meta({
    id: 'Closure',
    description: 'What is closed for now: one of `server`, `company` and `everything`',
  });
export type Closure = z.infer<typeof closureSchema>;
export type ClosureScope = Pick<Closure, 'server' | 'company' | 'everything'>;

export const longestClosureDays = 90;
/** However many servers and companies there are, somebody reads the list. */
export const mostClosures = 200;

/** Other workers know of a change after so long. */
const rememberedMs = 1_000;

/** A reading is shared by all who ask: it heeds no single one's signal. */
const readMs = 20_000;

const newerMs = 60_000;

export class TooManyClosuresError extends Error {}

export class Closures {
  readonly #container: OpenContainer;
  readonly #now: () => Date;
  readonly #tell: Tell | undefined;
  readonly #remembered = new AgedCache<readonly Closure[]>(() => performance.now());

  constructor(container: OpenContainer, now: () => Date, tell?: Tell) {
    this.#container = container;
    this.#now = now;
    this.#tell = tell;
  }

  /** Those that hold now, as of the last second, the one that ends first in front. */
  async current(signal: AbortSignal): Promise<readonly Closure[]> {
    const read = () => this.#read(storageLimit('read the closures', readMs));
    const known = await this.#remembered.get('', rememberedMs, read, signal);
    return inForce(known, this.#now());
  }

  /** @throws TooManyClosuresError, DocumentNewerError, storage's error, or the reason of `signal` */
  async begin(closure: Omit<Closure, 'id' | 'at'>, signal: AbortSignal): Promise<Closure> {
    const document = await this.#document(signal);
    const now = this.#now();
    const begun = { id: randomUUID(), ...closure, at: now.toISOString() };
    await document.update((closures) => {
      const kept = inForce(closures, now);
      if (kept.length >= mostClosures) throw new TooManyClosuresError();
      return [...kept, begun];
    }, signal);
    this.#remembered.delete('');
    return begun;
  }

  /** @returns what was opened; undefined where it does not hold (any more) */
  async end(id: string, signal: AbortSignal): Promise<Closure | undefined> {
    const document = await this.#document(signal);
    let ended: Closure | undefined;
    await document.update((closures) => {
      ended = inForce(closures, this.#now()).find((closure) => closure.id === id);
      return ended === undefined ? closures : closures.filter((closure) => closure.id !== id);
    }, signal);
    this.#remembered.delete('');
    return ended;
  }

  async #read(signal: AbortSignal): Promise<readonly Closure[]> {
    try {
      return await (await this.#document(signal)).read(signal);
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      const now = this.#now();
      const until = new Date(now.getTime() + newerMs).toISOString();
      const by = { user: 'a newer version of the app', token: '', at: now.toISOString() };
      return [{ id: 'newer', everything: true, until, reason: error.message, ...by }];
    }
  }

  async #document(signal: AbortSignal): Promise<ListDocument<Closure>> {
    const form = {
      name: 'closures',
      schema: closureSchema,
      version: 1,
      meaning: 'nothing is closed',
    };
    return new ListDocument(await this.#container(signal), form, this.#tell);
  }
}

function inForce(closures: readonly Closure[], now: Date): Closure[] {
  return closures
    .filter(({ until }) => Date.parse(until) > now.getTime())
    .sort((one, other) => Date.parse(one.until) - Date.parse(other.until));
}

/** `Server dcdb is closed until 2026-11-30T02:00:00.000Z: index maintenance`. */
export function closureText({ server, company, until, reason }: Closure): string {
  const what = server === undefined ? undefined : `Server ${server}`;
  const named = what ?? (company === undefined ? 'Everything' : `Company ${company}`);
  return `${named} is closed until ${until}: ${reason}`;
}
