/**
 * Things that people write, `<kind>/<name>.json`: changed under their ETag, with a history, and with
 * the last good content where the document was damaged.
 */

import type { ContainerClient } from '@azure/storage-blob';
import type { z } from 'zod';
import { sideBySide } from '../async/side-by-side.ts';
import {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { Tell } from '../storage/tell.ts';
import { History, mostBytes } from './history.ts';
import { type Author, type Revision, revisionSchema } from './revision.ts';

/** What the app itself adds to a thing, which makes no revision of it. */
export interface Revised<C, S> extends Revision<C> {
  state?: S;
}

export interface Kind<C, S> {
  /** `boards`: the prefix of its documents. */
  name: string;
  version: number;
  content: z.ZodType<C>;
  state: z.ZodType<S>;
  /** The state of one that was damaged `ageMs` ago. */
  stateAfterDamage(ageMs: number): S | undefined;
}

/** Somebody else changed the document so often: storage, or our code, is not well. */
const mostTries = 50;

/** A page of storage's listing. */
const listedAtOnce = 1_000;

export interface Change<C, S> {
  /** Absent: it is removed. */
  content?: C;
  state?: S;
}

export class RevisedStore<C, S> {
  readonly history: History<C>;
  readonly #documents: DocumentStore<Revised<C, S>>;
  readonly #kind: Kind<C, S>;
  readonly #now: () => Date;
  /** Names and revisions that this process has seen in the history. */
  readonly #kept = new Map<string, number>();

  constructor(container: ContainerClient, kind: Kind<C, S>, now: () => Date, tell?: Tell) {
    const { name, version, content, state } = kind;
    const schema = revisionSchema(content).extend({ state: state.exactOptional() });
    const form = {
      schema: schema as unknown as z.ZodType<Revised<C, S>>,
      ...{ version, maxBytes: mostBytes },
      isNamed: (stored: string, value: Revised<C, S>) => value.name === stored,
    };
    this.history = new History(container, name, content, tell);
    this.#documents = new DocumentStore(container, `${name}/`, form, tell);
    this.#kind = kind;
    this.#now = now;
  }

  /** Names of all that storage has, removed ones, too. */
  async names(signal: AbortSignal): Promise<string[]> {
    const names: string[] = [];
    let from: string | undefined;
    do {
      const options = { limit: listedAtOnce, ...(from !== undefined && { from }) };
      const page = await this.#documents.list(options, signal);
      names.push(...page.names.map(({ name }) => name));
      from = page.next;
    } while (from !== undefined);
    return names;
  }

  /**
   * undefined: storage has none. What is damaged is set aside, told, and is again what it was
   * before, as far as the history has it; otherwise it is as if it were removed.
   *
   * @throws DocumentNewerError
   */
  async read(name: string, signal: AbortSignal): Promise<Found<Revised<C, S>> | undefined> {
    const found = await this.#readMended(name, signal);
    if (found !== undefined) await this.#keep(found.value, signal);
    return found;
  }

  /**
   * Makes it what `change` says, of what it is then: called again where somebody else was faster.
   *
   * @param change undefined: it stays as it is
   * @returns how it is now
   * @throws what `change` throws, DocumentNewerError, storage's error, or the reason of `signal`
   */
  async change(
    name: string,
    change: (current: Revised<C, S> | undefined) => Change<C, S> | undefined,
    changedBy: Author,
    signal: AbortSignal,
  ): Promise<Revised<C, S> | undefined> {
    for (let tries = 1; ; tries += 1) {
      const found = await this.read(name, signal);
      const changed = change(found?.value);
      if (changed === undefined) return found?.value;
      const before = found?.value ?? (await this.history.newest(name, 1, signal))[0];
      const revision = (before?.revision ?? 0) + 1;
      const changedAt = this.#now().toISOString();
      const value = { name, revision, changedAt, changedBy, ...changed };
      try {
        if (found === undefined) await this.#documents.create(name, value, {}, signal);
        else await this.#documents.replace(name, value, {}, found.etag, signal);
      } catch (error) {
        if (!(error instanceof DocumentConflictError) || tries >= mostTries) throw error;
        continue;
      }
      // What holds holds, whatever becomes of this: whoever comes next does it otherwise.
      await this.#keep(value, signal).catch(() => {});
      return value;
    }
  }

  /**
   * Changes the state alone.
   *
   * @returns undefined where somebody else has written it since
   */
  async withState(
    { value, etag }: Pick<Found<Revised<C, S>>, 'value' | 'etag'>,
    state: S,
    signal: AbortSignal,
  ): Promise<Found<Revised<C, S>> | undefined> {
    const changed = { ...value, state };
    try {
      const written = await this.#documents.replace(value.name, changed, {}, etag, signal);
      return { value: changed, etag: written, ageMs: 0 };
    } catch (error) {
      if (error instanceof DocumentConflictError) return undefined;
      throw error;
    }
  }

  async #readMended(name: string, signal: AbortSignal): Promise<Found<Revised<C, S>> | undefined> {
    try {
      return await this.#documents.read(name, signal);
    } catch (error) {
      if (!(error instanceof DocumentDamagedError)) throw error;
    }
    const [last] = await this.history.newest(name, 1, signal);
    const instead = ({ found }: DocumentDamagedError) => {
      const state = this.#kind.stateAfterDamage(found.ageMs);
      const damaged = { ...(last ?? this.#removed(name)), ...(state !== undefined && { state }) };
      const meaning = last
        ? `it is as it was after change ${last.revision}, by ${last.changedBy.token}`
        : 'nothing was kept of it, it is taken for removed';
      return { value: damaged, metadata: {}, meaning };
    };
    return await this.#documents.readMended(name, instead, signal);
  }

  #removed(name: string): Revision<C> {
    const changedAt = this.#now().toISOString();
    return { name, revision: 1, changedAt, changedBy: { token: 'syncboard' } };
  }

  async #keep({ state: _, ...revision }: Revised<C, S>, signal: AbortSignal): Promise<void> {
    const { name, revision: number } = revision;
    if (this.#kept.get(name) === number) return;
    await this.history.keep(revision, signal);
    this.#kept.set(name, number);
  }
}

/** Documents that are read at once where all are. */
const readsAtOnce = 8;

/**
 * All of these, in their order, without those that are not there (any more).
 *
 * @param instead what is told of one that a newer version of the app has written, or that cannot be
 *   read otherwise; undefined: what was thrown is thrown
 */
export async function readAll<T, R>(
  names: readonly string[],
  read: (name: string, signal: AbortSignal) => Promise<T | undefined>,
  instead: (error: unknown, name: string) => R | undefined,
  signal: AbortSignal,
): Promise<(T | R)[]> {
  const one = async (name: string, within: AbortSignal): Promise<T | R | undefined> => {
    try {
      return await read(name, within);
    } catch (error) {
      const told = instead(error, name);
      if (told === undefined) throw error;
      return told;
    }
  };
  return (await sideBySide(names, readsAtOnce, one, signal)).filter((found) => found !== undefined);
}

/** What is told of a document that is left to a newer version of the app. */
export function newer(error: unknown, name: string): { name: string; newer: string } | undefined {
  return error instanceof DocumentNewerError ? { name, newer: error.message } : undefined;
}
