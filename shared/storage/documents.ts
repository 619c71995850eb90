/** JSON documents in blobs: read, create, replace under an ETag, remove, list. */

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import type { ZodType } from 'zod';
import { storageCall } from './call.ts';
import { type Found, readJson, writeJson } from './json-blob.ts';

export { DocumentConflictError, DocumentUnreadableError, type Found } from './json-blob.ts';

export interface Listing {
  names: { name: string; metadata: Record<string, string> }[];
  /** Opaque; absent on the last page. */
  next?: string;
}

/** All documents under one prefix, checked by one schema when they are read. */
export class DocumentStore<T> {
  readonly #container: ContainerClient;
  readonly #prefix: string;
  readonly #schema: ZodType<T>;

  /** @param prefix with the trailing slash: `runs/` */
  constructor(container: ContainerClient, prefix: string, schema: ZodType<T>) {
    this.#container = container;
    this.#prefix = prefix;
    this.#schema = schema;
  }

  /** @throws DocumentUnreadableError when the blob holds something else than the schema allows */
  read(name: string, signal: AbortSignal): Promise<Found<T> | undefined> {
    return readJson(this.#blob(name), this.#schema, signal);
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
    return writeJson(this.#blob(name), value, { metadata, conditions }, signal);
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
    return writeJson(this.#blob(name), value, { metadata, conditions }, signal);
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
