/** Reads a JSON body, bounded in size and time. */

import { MIMEType } from 'node:util';
import type { HttpRequest } from '@azure/functions';
import { parseExact } from '../exact-json.ts';
import { syntaxFault } from '../json-syntax.ts';
import { HttpProblem } from './problem.ts';

/** Bytes. A request of ours has six short members; 64 KiB leaves room for any of them. */
export const bodyLimit = 64 * 1024;

export interface BodyOptions {
  /** Bytes; `bodyLimit` unless told. */
  limit?: number;
  /** True: whatever the content type says, for senders that we cannot teach. */
  anyType?: boolean;
}
/**
 * Bytes read and thrown away beyond the limit: many clients read nothing before they have sent
 * everything, and would see a broken connection in place of the refusal.
 */
const discardLimit = 4 * 1024 * 1024;

/**
 * The members of the JSON object in the body; numbers as `parseExact` has them.
 * Throws `HttpProblem`: 400 (not JSON, not UTF-8, not an object, cut off), 408 (`signal` was
 * aborted first), 413, 415.
 */
export async function readJsonObject(
  request: HttpRequest,
  signal: AbortSignal,
  { limit = bodyLimit, anyType = false }: BodyOptions = {},
): Promise<Record<string, unknown>> {
  if (!anyType) requireJson(request.headers.get('content-type'));
  const text = decode(await readBytes(request, signal, limit));
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    // The parser's own message is not passed on, not even as a cause: it quotes the body.
    throw notJson(text);
  }
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

async function readBytes(
  request: HttpRequest,
  signal: AbortSignal,
  limit: number,
): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length'));
  if (declared > limit + discardLimit) throw tooLarge(limit);
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
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
    throw bodyProblem('Request body ended early.', 'a whole JSON object', error);
  } finally {
    signal.removeEventListener('abort', release);
    release();
  }
  if (length > limit) throw tooLarge(limit);
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw bodyProblem('Request body is not UTF-8.', 'a JSON object in UTF-8', error);
  }
}

/** Only the place is told, `line 3, column 7`: what stands there may be the token. */
function notJson(text: string): HttpProblem {
  const place = syntaxFault(text)?.split(':', 1)[0] ?? 'line 1, column 1';
  return bodyProblem(`Request body is not valid JSON: see ${place}.`, 'a JSON object');
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
