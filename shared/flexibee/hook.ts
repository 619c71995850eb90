/** The body of a web hook: a page of changes, of which only the versions are of use. */

import { JsonError, parseBounded } from '../json/bounded-json.ts';
import { depthLimit } from '../json/bounds.ts';
import { versionOf, type WebHook } from './hook-versions.ts';
import { readXmlHook } from './hook-xml.ts';

/** A thousand changes have some ten thousand. */
const mostValues = 1_000_000;

/**
 * What a body tells beyond "look now": JSON or XML, whatever its content type says. Undefined where
 * that is nothing, as of the empty notification by which a server tries the address, and of
 * whatever is not understood: whoever acts on half of it would leave changes unseen.
 */
export function readHook(bytes: Uint8Array): WebHook | undefined {
  // Names and digits are ASCII, in any encoding that they can be read in here.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (/^(?:\xef\xbb\xbf)?\s*</.test(text.slice(0, 1_000))) return readXmlHook(text);
  const body = jsonIn(bytes);
  const { winstrom } = (body ?? {}) as { winstrom?: Record<string, unknown> | null };
  const globalVersion = versionOf(winstrom?.['@globalVersion']);
  if (globalVersion === undefined) return undefined;
  const changes = winstrom?.['changes'];
  // FlexiBee writes one of a kind as an object or as an array of one.
  const items: unknown[] = Array.isArray(changes) ? changes : changes == null ? [] : [changes];
  const versions: number[] = [];
  for (const item of items) {
    const version = versionOf((item as Record<string, unknown> | null)?.['@in-version']);
    if (version === undefined) return undefined;
    versions.push(version);
  }
  return { globalVersion, versions };
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return parseBounded(bytes, { depth: depthLimit, values: mostValues, uniqueKeys: true }).value;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
