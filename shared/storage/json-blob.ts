/** One text or JSON document in a blob: read whole, written under conditions. */

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type {
  BlobClient,
  BlobGetPropertiesResponse,
  BlobRequestConditions,
  BlockBlobClient,
} from '@azure/storage-blob';
import { DocumentConflictError, DocumentDamagedError, type RawBlob } from './document-errors.ts';
import { type DocumentForm, understood } from './form.ts';
import { storageCall } from './storage-call.ts';
import { BrokenAnswerError, hasStatus } from './storage-error.ts';

export interface Stored<T> {
  value: T;
  etag: string;
}

/** As read: how old it was by storage's own clock, in milliseconds. */
export interface Found<T> extends Stored<T> {
  ageMs: number;
}

/**
 * @param name of the document, below the prefix of its kind
 * @param known of an earlier reading: comes back itself where it has not changed since
 * @returns undefined when there is no such blob
 * @throws DocumentNewerError, DocumentDamagedError
 */
export async function readJson<T>(
  blob: BlockBlobClient,
  name: string,
  form: DocumentForm<T>,
  signal: AbortSignal,
  known?: Found<T>,
): Promise<Found<T> | undefined> {
  try {
    const found = await readText(blob, form.maxBytes, signal, known?.etag);
    const { etag, ageMs } = found;
    return { value: understood(blob.name, name, form, found), etag, ageMs };
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    if (known !== undefined && hasStatus(error, 304)) return known;
    throw error;
  }
}

/**
 * A blob's text, whole.
 *
 * @param knownEtag of a content that need not be given again
 * @throws RestError (404 where there is none, 304 where it is the known one), DocumentDamagedError where it is larger than
 *   `maxBytes`, not UTF-8, or kept by storage (409), or the reason of `signal`
 */
export async function readText(
  blob: BlobClient,
  maxBytes: number,
  signal: AbortSignal,
  knownEtag?: string,
): Promise<RawBlob & { text: string; date: Date | undefined }> {
  try {
    return await givenText(blob, maxBytes, signal, knownEtag);
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    // In the archive, on its way out of it, or under a customer's key: nobody gets it soon.
    const found = await propertiesOf(blob, signal);
    throw new DocumentDamagedError(blob.name, `storage does not give it: ${error.code}`, found, {
      cause: error,
    });
  }
}

function givenText(
  blob: BlobClient,
  maxBytes: number,
  signal: AbortSignal,
  knownEtag: string | undefined,
): Promise<RawBlob & { text: string; date: Date | undefined }> {
  const conditions = knownEtag === undefined ? {} : { ifNoneMatch: knownEtag };
  return storageCall(
    `read ${blob.name}`,
    async (abortSignal) => {
      // The SDK would go on from where the answer broke off, and fail where the blob was replaced
      // meanwhile; ours begins anew.
      const options = { abortSignal, maxRetryRequests: 0, conditions };
      const response = await blob.download(0, undefined, options);
      const { date, readableStreamBody, contentLength } = response;
      const raw = rawOf(blob, response);
      if (contentLength === undefined || contentLength > maxBytes) {
        if (readableStreamBody instanceof Readable) readableStreamBody.destroy();
        const why = `${contentLength} bytes are more than any of its kind has (${maxBytes})`;
        throw new DocumentDamagedError(blob.name, why, raw);
      }
      const bytes = await bodyOf(blob.name, readableStreamBody);
      try {
        return { ...raw, text: utf8.decode(bytes), date };
      } catch (error) {
        throw new DocumentDamagedError(blob.name, 'it is no UTF-8', raw, { cause: error });
      }
    },
    signal,
  );
}

/** What is known of a blob without its content. */
function propertiesOf(blob: BlobClient, signal: AbortSignal): Promise<RawBlob> {
  return storageCall(
    `properties of ${blob.name}`,
    async (abortSignal) => rawOf(blob, await blob.getProperties({ abortSignal })),
    signal,
  );
}

function rawOf(
  blob: BlobClient,
  response: Pick<BlobGetPropertiesResponse, 'date' | 'etag' | 'lastModified' | 'metadata'>,
): RawBlob {
  const { date, lastModified, metadata = {} } = response;
  const ageMs = Math.max(0, (date?.getTime() ?? 0) - (lastModified?.getTime() ?? 0));
  return { etag: etagOf(response, blob.name), metadata, ageMs };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A try that storage carried out but whose answer was lost looks like a conflict when it is made
 * again; the write's own mark in the metadata tells our write from somebody else's.
 *
 * @returns its ETag
 * @throws DocumentConflictError when a condition does not hold
 */
export async function writeJson(
  blob: BlockBlobClient,
  body: string,
  options: { metadata?: Record<string, string>; conditions: BlobRequestConditions },
  signal: AbortSignal,
): Promise<string> {
  const mark = randomUUID();
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

/** What tells one content of a blob from another. */
export function etagOf(response: { etag?: string }, name: string): string {
  if (response.etag === undefined) throw new Error(`Storage gave no ETag for ${name}`);
  return response.etag;
}

async function bodyOf(name: string, stream: NodeJS.ReadableStream | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw new BrokenAnswerError(name, error);
  }
  return Buffer.concat(chunks);
}
