/** Reads a body, bounded in size and time; a JSON body in depth and number of values, too. */

import { MIMEType } from 'node:util';
import type { HttpRequest } from '@azure/functions';
import { JsonError, parseBounded } from '../json/bounded-json.ts';
import { depthLimit } from '../json/bounds.ts';
import { patienceMs } from './call-place.ts';
import type { Call } from './handler.ts';
import { HttpProblem } from './problem.ts';

/** Bytes. A request of ours has six short members; 64 KiB leaves room for any of them. */
const bodyLimit = 64 * 1024;

/** In a body: a query with its largest lists has a tenth of them. */
const mostValues = 100_000;

/** The call whose body it is: cut off by its deadline, and without its place while it waits. */
type Reading = Pick<Call, 'signal' | 'place'>;

export interface BodyOptions {
  /** Bytes; `bodyLimit` unless told. */
  limit?: number;
  /** Lists, objects, texts, numbers and literals; 100,000 unless told. */
  values?: number;
}
/**
 * Bytes read and thrown away beyond the limit: many clients read nothing before they have sent
 * everything, and would see a broken connection in place of the refusal.
 */
const discardLimit = 4 * 1024 * 1024;

/**
 * The members of the JSON object in the body; numbers as `parseBounded` has them.
 * Throws `HttpProblem`: 400 (not JSON, not UTF-8, not an object,
 * cut off, too deep, too many values, a key twice in one object), 408 (the call's deadline came
 * first), 413, 415 (also for a compressed body).
 */
export async function readJsonObject(
  request: HttpRequest,
  call: Reading,
  { limit = bodyLimit, values = mostValues }: BodyOptions = {},
): Promise<Record<string, unknown>> {
  requireJson(request.headers.get('content-type'));
  requirePlain(request.headers.get('content-encoding'));
  const value = parsed(await readBody(request, call, limit), values);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bodyProblem('Request body is not a JSON object.', 'a JSON object');
  }
  return value as Record<string, unknown>;
}

function requireJson(contentType: string | null): void {
  const allowed = 'application/json, in UTF-8';
  let type: MIMEType | undefined;
  try {
    type = new MIMEType(contentType ?? '');
  } catch {
    // Absent or malformed: refused below.
  }
  const charset = type?.params.get('charset')?.toLowerCase() ?? 'utf-8';
  if (type?.essence === 'application/json' && ['utf-8', 'utf8'].includes(charset)) return;
  throw new HttpProblem('content-type', 'Content type must be application/json.', {
    errors: [
      {
        field: 'Content-Type',
        message: 'Content-Type must be application/json',
        ...(contentType === null ? {} : { value: contentType.slice(0, 100) }),
        allowed,
      },
    ],
  });
}

/** RFC 9110, 15.5.16: a body that is compressed is told from one that is no JSON. */
function requirePlain(encoding: string | null): void {
  if (encoding === null || encoding.toLowerCase() === 'identity') return;
  const message = 'Content-Encoding must be identity, or absent';
  throw new HttpProblem('content-type', 'Request body must not be encoded.', {
    errors: [
      {
        field: 'Content-Encoding',
        message,
        value: encoding.slice(0, 100),
        allowed: 'identity, or none',
      },
    ],
    headers: { 'accept-encoding': 'identity' },
  });
}

/**
 * A body of whatever type, perhaps empty.
 *
 * @throws HttpProblem 400 (cut off), 408 (the call's deadline came first), 413
 */
export async function readBody(
  request: HttpRequest,
  { signal, place }: Reading,
  limit: number,
): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length'));
  if (declared > limit + discardLimit) throw tooLarge(limit);
  const { body } = request;
  if (body === null) return new Uint8Array();
  return await place.aside(() => received(body, signal, limit), patienceMs);
}

async function received(
  body: NonNullable<HttpRequest['body']>,
  signal: AbortSignal,
  limit: number,
): Promise<Uint8Array> {
  const reader = body.getReader();
  // Letting go rejects the pending read. Cancelling would destroy the client's connection, and
  // with it the answer.
  const release = () => reader.releaseLock();
  signal.addEventListener('abort', release, { once: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    signal.throwIfAborted();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length <= limit) chunks.push(value);
      else if (length > limit + discardLimit) break;
    }
  } catch (error) {
    if (length > limit) throw tooLarge(limit);
    if (signal.aborted) {
      throw new HttpProblem('timeout', 'Request body did not arrive in time.', { cause: error });
    }
    throw bodyProblem('Request body ended early.', 'a whole body', error);
  } finally {
    signal.removeEventListener('abort', release);
    release();
  }
  if (length > limit) throw tooLarge(limit);
  return Buffer.concat(chunks);
}

function parsed(bytes: Uint8Array, values: number): unknown {
  try {
    return parseBounded(bytes, { depth: depthLimit, values, uniqueKeys: true }).value;
  } catch (error) {
    throw error instanceof JsonError ? jsonProblem(error, values) : error;
  }
}

/** Only the place is told, `line 3, column 7`: what stands there may be the token. */
function jsonProblem({ kind, place, message }: JsonError, values: number): HttpProblem {
  const text = `Request body is ${kind === 'syntax' ? 'not valid JSON' : message}: see ${place}.`;
  if (kind === 'syntax') return bodyProblem(text, 'a JSON object');
  if (kind === 'depth') return bodyProblem(text, `JSON at most ${depthLimit} deep`);
  if (kind === 'values') {
    return bodyProblem(`Request body has ${message}: see ${place}.`, `at most ${values} values`);
  }
  if (kind === 'key') {
    return bodyProblem(`Request body has ${message}: see ${place}.`, 'each key once in an object');
  }
  return bodyProblem('Request body is not UTF-8.', 'a JSON object in UTF-8');
}

function tooLarge(limit: number): HttpProblem {
  const message = `Request body is larger than ${limit} bytes.`;
  return new HttpProblem('body-too-large', message, {
    errors: [{ field: 'body', message, allowed: `up to ${limit} bytes` }],
  });
}

function bodyProblem(message: string, allowed: string, cause?: unknown): HttpProblem {
  return new HttpProblem('invalid-body', message, {
    errors: [{ field: 'body', message, allowed }],
    cause,
  });
}
