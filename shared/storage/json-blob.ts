/** One text or JSON document in a blob: read whole, written under conditions. */

import { randomUUID } from 'node:crypto';
import type { BlobClient, BlobRequestConditions, BlockBlobClient } from '@azure/storage-blob';
import type { ZodType } from 'zod';
import { storageCall } from './call.ts';
import { BrokenAnswerError, hasStatus } from './errors.ts';

export interface Stored<T> {
  value: T;
  etag: string;
}

/** As read: how old it was by storage's own clock, in milliseconds. */
export interface Found<T> extends Stored<T> {
  ageMs: number;
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

/**
 * @returns undefined when there is no such blob
 * @throws DocumentUnreadableError when the blob holds something else than the schema allows
 */
export async function readJson<T>(
  blob: BlockBlobClient,
  schema: ZodType<T>,
  signal: AbortSignal,
): Promise<Found<T> | undefined> {
  try {
    const { text, etag, ageMs } = await readText(blob, signal);
    return { value: parse(blob.name, schema, text), etag, ageMs };
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** A blob's text, whole. @throws RestError (404 where there is none), or the reason of `signal` */
export function readText(
  blob: BlobClient,
  signal: AbortSignal,
): Promise<{ text: string; etag: string; ageMs: number; date: Date | undefined }> {
  return storageCall(
    `read ${blob.name}`,
    async (abortSignal) => {
      // The SDK would go on from where the answer broke off, and fail where the blob was replaced
      // meanwhile; ours begins anew.
      const options = { abortSignal, maxRetryRequests: 0 };
      const response = await blob.download(0, undefined, options);
      const text = await bodyText(blob.name, response.readableStreamBody);
      const { date, lastModified } = response;
      const ageMs = Math.max(0, (date?.getTime() ?? 0) - (lastModified?.getTime() ?? 0));
      return { text, etag: etagOf(response, blob.name), ageMs, date };
    },
    signal,
  );
}

/**
 * A try that storage carried out but whose answer was lost looks like a conflict when it is made
 * again; the write's own mark in the metadata tells our write from somebody else's.
 *
 * @returns its ETag
 * @throws DocumentConflictError when a condition does not hold
 */
export async function writeJson(
  blob: BlockBlobClient,
  value: unknown,
  options: { metadata?: Record<string, string>; conditions: BlobRequestConditions },
  signal: AbortSignal,
): Promise<string> {
  const mark = randomUUID();
  const body = JSON.stringify(value);
  try {
    return await storageCall(
      `write ${blob.name}`,
      async (abortSignal) => {
        const response = await blob.upload(body, Buffer.byteLength(body), {
          abortSignal,
          conditions: options.conditions,
          metadata: { ...options.metadata, mark },
          blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' },
        });
        return etagOf(response, blob.name);
      },
      signal,
    );
  } catch (error) {
    if (!hasStatus(error, 412) && !hasStatus(error, 409)) throw error;
    const found = await ownWrite(blob, mark, signal);
    if (found !== undefined) return found;
    throw new DocumentConflictError(blob.name, error);
  }
}

async function ownWrite(
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

function parse<T>(name: string, schema: ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new DocumentUnreadableError(name, error);
  }
}

/** What tells one content of a blob from another. */
export function etagOf(response: { etag?: string }, name: string): string {
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
