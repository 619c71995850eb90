/** What a failed call to Azure Storage means to us; decided by status and code, never by text. */

import { RestError } from '@azure/storage-blob';

/** 408, 429 and 5xx: the service asks to be called again. */
function isRetriableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Network trouble below HTTP, as Node and the SDK's pipeline name it. */
const networkCodes = new Set([
  'REQUEST_SEND_ERROR',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'PARSE_ERROR',
]);

/** True when the same call may succeed later: the service is busy, unreachable or timed out. */
export function isTransientStorageError(error: unknown): boolean {
  if (error instanceof StorageDeadlineError || error instanceof BrokenAnswerError) return true;
  if (error instanceof RestError) {
    if (error.statusCode !== undefined) return isRetriableStatus(error.statusCode);
    return error.code === undefined || networkCodes.has(error.code);
  }
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && networkCodes.has(code);
}

export function hasStatus(error: unknown, status: number): error is RestError {
  return error instanceof RestError && error.statusCode === status;
}

/** One call to storage took longer than its deadline. */
export class StorageDeadlineError extends Error {
  constructor(what: string, deadlineMs: number) {
    super(`Storage did not answer within ${deadlineMs} ms: ${what}`);
    this.name = 'StorageDeadlineError';
  }
}

/** An answer began well and broke off; the SDK's own error for that looks like an abort of ours. */
export class BrokenAnswerError extends Error {
  constructor(name: string, cause: unknown) {
    super(`Storage's answer broke off: ${name}`, { cause });
    this.name = 'BrokenAnswerError';
  }
}
