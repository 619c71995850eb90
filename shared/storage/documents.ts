/** JSON documents in blobs: read, create, replace under an ETag, remove, list. */

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { setAside } from './broken.ts';
import { DocumentConflictError, DocumentDamagedError } from './document-errors.ts';
import { type DocumentForm, documentText } from './form.ts';
import { type Found, readJson, writeJson } from './json-blob.ts';
import { storageCall } from './storage-call.ts';
import { type Tell, tellLog } from './tell.ts';

export {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentNewerError,
  type RawBlob,
} from './document-errors.ts';
export type { Found } from './json-blob.ts';

export interface Listing {
  names: { name: string; metadata: Record<string, string> }[];
  /** Opaque; absent on the last page. */
  next?: string;
}

/** What takes the place of a damaged document. */
export interface Replacement<T> {
  value: T;
  metadata: Record<string, string>;
  /** For whoever hears of the damage: what holds now. */
  meaning: string;
}

/** How often a document is read again that somebody else has just mended or written. */
const mendTries = 3;

/** All documents under one prefix, of one form. */
export class DocumentStore<T extends object> {
  readonly #container: ContainerClient;
  readonly #prefix: string;
  readonly #form: DocumentForm<T>;
  readonly #tell: Tell;

  /** @param prefix with the trailing slash: `runs/` */
  constructor(
    container: ContainerClient,
    prefix: string,
    form: DocumentForm<T>,
    tell: Tell = tellLog,
  ) {
    this.#container = container;
    this.#prefix = prefix;
    this.#form = form;
    this.#tell = tell;
  }

  /**
   * @param known of an earlier reading: comes back itself where it has not changed since
   * @throws DocumentNewerError, DocumentDamagedError
   */
  read(name: string, signal: AbortSignal, known?: Found<T>): Promise<Found<T> | undefined> {
    return readJson(this.#blob(name), name, this.#form, signal, known);
  }

  /**
   * The same; what is damaged is set aside, told, and replaced. Where it cannot be replaced (somebody
   * has leased the blob, or made another kind of blob of it), the replacement holds for this reading.
   *
   * @throws DocumentNewerError
   */
  async readMended(
    name: string,
    instead: (damaged: DocumentDamagedError) => Replacement<T>,
    signal: AbortSignal,
    known?: Found<T>,
  ): Promise<Found<T> | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.read(name, signal, known);
      } catch (error) {
        if (!(error instanceof DocumentDamagedError)) throw error;
        const replacement = instead(error);
        const mended = await this.#mend(name, error, replacement, signal);
        if (mended !== undefined) return mended;
        if (tries < mendTries) continue;
        const { etag, ageMs } = error.found;
        this.#tell(`${error.message}. It cannot be replaced: ${replacement.meaning}`);
        return { value: replacement.value, etag, ageMs };
      }
    }
  }

  /** @returns undefined where somebody else has written it meanwhile, or nobody may */
  async #mend(
    name: string,
    damaged: DocumentDamagedError,
    { value, metadata, meaning }: Replacement<T>,
    signal: AbortSignal,
  ): Promise<Found<T> | undefined> {
    const copy = await setAside(this.#container, damaged, signal);
    if (copy === undefined) return undefined;
    try {
      const etag = await this.replace(name, value, metadata, damaged.found.etag, signal);
      this.#tell(`${damaged.message}. It was set aside as ${copy}: ${meaning}`);
      return { value, etag, ageMs: 0 };
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
      return undefined;
    }
  }

  /**
   * Writes a document that must not exist yet.
   *
   * @param metadata short ASCII values, listed together with the name
   * @returns its ETag
   * @throws DocumentConflictError when it exists
   */
  create(
    name: string,
    value: T,
    metadata: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string> {
    const conditions = { ifNoneMatch: '*' };
    return writeJson(
      this.#blob(name),
      documentText(this.#form, value),
      { metadata, conditions },
      signal,
    );
  }

  /**
   * Replaces the document if it is still the one with `etag`.
   *
   * @throws DocumentConflictError when it has changed or is gone
   */
  replace(
    name: string,
    value: T,
    metadata: Record<string, string>,
    etag: string,
    signal: AbortSignal,
  ): Promise<string> {
    const conditions = { ifMatch: etag };
    return writeJson(
      this.#blob(name),
      documentText(this.#form, value),
      { metadata, conditions },
      signal,
    );
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const blob = this.#blob(name);
    await storageCall(
      `remove ${blob.name}`,
      (abortSignal) => blob.deleteIfExists({ abortSignal }),
      signal,
    );
  }

  /** One page of names in lexical order, with their metadata; the documents are not read. */
  async list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<Listing> {
    const page = await storageCall(
      `list ${this.#prefix}`,
      async (abortSignal) => {
        const pages = this.#container
          .listBlobsFlat({ prefix: this.#prefix, includeMetadata: true, abortSignal })
          .byPage({
            maxPageSize: options.limit,
            ...(options.from === undefined ? {} : { continuationToken: options.from }),
          });
        return (await pages.next()).value;
      },
      signal,
    );
    const names = (page?.segment.blobItems ?? []).map(
      (item: { name: string; metadata?: Record<string, string> }) => ({
        name: item.name.slice(this.#prefix.length).replace(/\.json$/, ''),
        metadata: item.metadata ?? {},
      }),
    );
    return page?.continuationToken ? { names, next: page.continuationToken } : { names };
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`${this.#prefix}${name}.json`);
  }
}
