/**
 * What documents of one kind look like, and which version of that this code writes.
 *
 * Every document has a `version`; those written before there were versions are of the first. What
 * an older worker would refuse (a new state, a member that must be there) makes a new version: in a
 * deployment both are at work, and the older one must leave the document alone rather than take it
 * for damaged. A member that may be absent makes none.
 */

import type { ZodType } from 'zod';
import { DocumentDamagedError, DocumentNewerError, type RawBlob } from './document-errors.ts';

export interface DocumentForm<T> {
  schema: ZodType<T>;
  /** The newest that this code knows, and the one it writes: 1 or more. */
  version: number;
  /** No document of the kind is larger; what is, is not read. */
  maxBytes: number;
  /** False for a document that belongs under another name. */
  isNamed?(name: string, value: T): boolean;
}

/** The text of a document. @throws RangeError: larger than `maxBytes` */
export function documentText<T extends object | null>(
  { version, maxBytes }: DocumentForm<T>,
  value: T,
): string {
  const text = JSON.stringify(value === null ? null : { version, ...value });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new RangeError(`A document of ${bytes} bytes: more than ${maxBytes}`);
  return text;
}

/**
 * The value of a document that was read.
 *
 * @param blobName for errors
 * @param name below the prefix of its kind
 * @throws DocumentNewerError, DocumentDamagedError
 */
export function understood<T>(
  blobName: string,
  name: string,
  form: DocumentForm<T>,
  found: RawBlob & { text: string },
): T {
  const damaged = (why: string, cause?: unknown) =>
    new DocumentDamagedError(blobName, why, found, { cause });
  let json: unknown;
  try {
    json = JSON.parse(found.text);
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
  const { version, members } = versionOf(json);
  if (!Number.isSafeInteger(version) || version < 1) throw damaged('its version is no version');
  if (version > form.version) {
    throw new DocumentNewerError(blobName, { found: version, known: form.version }, found);
  }
  let value: T;
  try {
    value = form.schema.parse(members);
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
  if (form.isNamed?.(name, value) === false) throw damaged('it is the document of another name');
  return value;
}

/** NaN where the version is no number. */
function versionOf(json: unknown): { version: number; members: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { version: 1, members: json };
  }
  const { version = 1, ...members } = json as Record<string, unknown>;
  return { version: typeof version === 'number' ? version : Number.NaN, members };
}
