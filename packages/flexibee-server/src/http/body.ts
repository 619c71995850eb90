/** Request bodies: JSON, XML, or a form at the login. */

import type { IncomingMessage } from 'node:http';
import { Refusal, readBytes } from 'stand-in-kit';
import { parseXml, XmlError } from '../xml/parse.ts';
import { fromXml, type JsonObject } from '../xml/winstrom.ts';
import type { Format } from './format.ts';

const bodyLimit = 256 * 1024 * 1024;

/** @throws Refusal 413 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const message = `Požadavek je delší než ${bodyLimit} bajtů`;
  return readBytes(request, bodyLimit, () => new Refusal(413, message));
}

/**
 * The body's `winstrom`. Its format is told by the content type, or by the answer's format where
 * a client left curl's default or none. `winstrom` may be an array: its parts are put together.
 * @throws Refusal 400 for a body that is not well formed, 415 for other content types
 */
export function readWinstrom(
  text: string,
  contentType: string | undefined,
  answer: Format,
): JsonObject {
  return bodyFormat(contentType, answer) === 'xml' ? readXml(text) : readJson(text);
}

function bodyFormat(contentType: string | undefined, answer: Format): 'json' | 'xml' {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^(application|text)\/(json|javascript)$/.test(type)) return 'json';
  if (/^(application|text)\/xml$/.test(type)) return 'xml';
  if (type === '' || type === 'application/x-www-form-urlencoded') {
    return answer === 'xml' ? 'xml' : 'json';
  }
  throw new Refusal(415, `Formát '${type}' nelze importovat`);
}

function readXml(text: string): JsonObject {
  try {
    const root = parseXml(text);
    if (root.name !== 'winstrom') throw new XmlError(`<winstrom> expected, got <${root.name}>`);
    return fromXml(root);
  } catch (error) {
    if (error instanceof XmlError)
      throw new Refusal(400, `Chyba při parsování XML: ${error.message}`);
    throw error;
  }
}

function readJson(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      400,
      `Chyba při parsování JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  const winstrom = isObject(parsed) ? parsed['winstrom'] : undefined;
  if (Array.isArray(winstrom)) return winstrom.filter(isObject).reduce(merge, {});
  if (!isObject(winstrom)) throw new Refusal(400, 'Chybí kořenový prvek winstrom');
  return winstrom;
}

/** Records of the same evidence follow one another. */
function merge(all: JsonObject, part: JsonObject): JsonObject {
  for (const [member, value] of Object.entries(part)) {
    all[member] = member in all ? [all[member], value].flat() : value;
  }
  return all;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
