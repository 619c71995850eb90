/** JSON documents in blobs: read, create, replace under an ETag, remove, list. */

import { randomUUID } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import type { ZodType } from 'zod';
import { storageCall } from './call.ts';
import { BrokenAnswerError, hasStatus } from './errors.ts';

export interface Stored<T> {
  value: T;
  etag: string;
}

/** Somebody else has written (or created) the document since it was read. */
export class DocumentConflictError extends Error {
  constructor(name: string, cause: unknown) {
    super(`The document ${name} was changed by somebody else`, { cause });
    this.name = 'DocumentConflictError';
  }
}

/** The blob holds something else than the schema allows: another version wrote it, or nobody of us. */
export class DocumentUnreadableError extends Error {
  constructor(name: string, cause: unknown) {
    super(`The document ${name} cannot be understood: ${(cause as Error).message}`, { cause });
    this.name = 'DocumentUnreadableError';
  }
}

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
  async read(name: string, signal: AbortSignal): Promise<Stored<T> | undefined> {
    const blob = this.#blob(name);
    try {
      return await storageCall(
        `read ${blob.name}`,
        async (abortSignal) => {
          // The SDK would go on from where the answer broke off, and fail where the document was
          // replaced meanwhile; ours begins anew.
          const options = { abortSignal, maxRetryRequests: 0 };
          const response = await blob.download(0, undefined, options);
          const text = await bodyText(blob.name, response.readableStreamBody);
          return { value: this.#parse(blob.name, text), etag: etagOf(response, blob.name) };
        },
        signal,
      );
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
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
    return this.#write(name, value, metadata, { ifNoneMatch: '*' }, signal);
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
    return this.#write(name, value, metadata, { ifMatch: etag }, signal);
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

  #parse(name: string, text: string): T {
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (error) {
      throw new DocumentUnreadableError(name, error);
    }
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`${this.#prefix}${name}.json`);
  }

  /**
   * A try that storage carried out but whose answer was lost looks like a conflict when it is made
   * again; the write's own mark in the metadata tells our write from somebody else's.
   */
  async #write(
    name: string,
    value: T,
    metadata: Record<string, string>,
    conditions: { ifMatch?: string; ifNoneMatch?: string },
    signal: AbortSignal,
  ): Promise<string> {
    const blob = this.#blob(name);
    const mark = randomUUID();
    const body = JSON.stringify(value);
    try {
      return await storageCall(
        `write ${blob.name}`,
        async (abortSignal) => {
          const response = await blob.upload(body, Buffer.byteLength(body), {
            abortSignal,
            conditions,
            metadata: { ...metadata, mark },
            blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' },
          });
          return etagOf(response, blob.name);
        },
        signal,
      );
    } catch (error) {
      if (!hasStatus(error, 412) && !hasStatus(error, 409)) throw error;
      const found = await this.#ownWrite(blob, mark, signal);
      if (found !== undefined) return found;
      throw new DocumentConflictError(blob.name, error);
    }
  }

  async #ownWrite(
    blob: BlockBlobClient,
    mark: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const properties = await storageCall(
        `properties of ${blob.name}`,
        (abortSignal) => blob.getProperties({ abortSignal }),
        signal,
      );
      return properties.metadata?.['mark'] === mark ? etagOf(properties, blob.name) : undefined;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }
}

function etagOf(response: { etag?: string }, name: string): string {
  if (response.etag === undefined) throw new Error(`Storage gave no ETag for ${name}`);
  return response.etag;
}

async function bodyText(name: string, stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw new BrokenAnswerError(name, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}
