/**
 * What was before: every revision in a blob of its own, `history/<kind>/<name>/<number>.json`,
 * which is written once. It never has what did not hold: a revision comes here after it was written
 * where it holds, by its writer, or by whoever sees or replaces it next.
 */

import type { ContainerClient } from '@azure/storage-blob';
import type { z } from 'zod';
import { sideBySide } from '../async/side-by-side.ts';
import {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentNewerError,
  DocumentStore,
} from '../storage/documents.ts';
import type { Tell } from '../storage/tell.ts';
import { type Revision, revisionSchema } from './revision.ts';

/** Digits of a number in a name, counted down: a listing has the newest in front. */
const largest = 99_999_999;

const readsAtOnce = 8;

export const mostBytes = 1024 * 1024;

export class History<C> {
  readonly #container: ContainerClient;
  readonly #kind: string;
  readonly #content: z.ZodType<C>;
  readonly #tell: Tell | undefined;

  /** @param kind `boards` */
  constructor(container: ContainerClient, kind: string, content: z.ZodType<C>, tell?: Tell) {
    this.#container = container;
    this.#kind = kind;
    this.#content = content;
    this.#tell = tell;
  }

  async keep({ name, ...revision }: Revision<C>, signal: AbortSignal): Promise<void> {
    try {
      const blob = nameOf(revision.revision);
      await this.#documents(name).create(blob, { name, ...revision }, {}, signal);
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }

  /** undefined: there is none, or it cannot be read. */
  async read(name: string, number: number, signal: AbortSignal): Promise<Revision<C> | undefined> {
    try {
      return (await this.#documents(name).read(nameOf(number), signal))?.value;
    } catch (error) {
      const isUnreadable =
        error instanceof DocumentDamagedError || error instanceof DocumentNewerError;
      if (isUnreadable) return undefined;
      throw error;
    }
  }

  /** The newest `limit` that can be read, the newest first. */
  async newest(name: string, limit: number, signal: AbortSignal): Promise<Revision<C>[]> {
    const { names } = await this.#documents(name).list({ limit }, signal);
    const read = (blob: { name: string }, within: AbortSignal) =>
      this.read(name, largest - Number(blob.name), within);
    const found = await sideBySide(names, readsAtOnce, read, signal);
    return found.flatMap((revision) => revision ?? []);
  }

  #documents(name: string): DocumentStore<Revision<C>> {
    const form = {
      schema: revisionSchema(this.#content) as z.ZodType<Revision<C>>,
      ...{ version: 1, maxBytes: mostBytes },
      isNamed: (_: string, value: Revision<C>) => value.name === name,
    };
    const prefix = `history/${this.#kind}/${name}/`;
    return new DocumentStore(this.#container, prefix, form, this.#tell);
  }
}

const nameOf = (number: number) => String(largest - number).padStart(8, '0');
