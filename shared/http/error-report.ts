/** What the log may know of an unexpected error. */

import { inspect } from 'node:util';

const secrets: ReadonlyArray<[pattern: RegExp, replacement: string]> = [
  // Connection strings: SQL Server's and the storage account's.
  [
    /\b(password|pwd|accountkey|sharedaccesskey|sharedaccesssignature)\s*=\s*("[^"\n]*"|'[^'\n]*'|[^;\n]+)/gi,
    '$1=***',
  ],
  // Shared access signatures in URLs, tokens in headers.
  [/([?&]sig=)[^&\s"']+/gi, '$1***'],
  [/\b(bearer|basic|sharedkey)\s+[\w.~+/=:-]+/gi, '$1 ***'],
  // User information in URLs.
  [/(\/\/)[^/@\s]+@/g, '$1***@'],
];

/** Stack of an error and of its causes, without anything that looks like a secret. */
export function errorReport(error: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  let cause = error;
  while (cause instanceof Error && !seen.has(cause)) {
    seen.add(cause);
    parts.push(cause.stack ?? `${cause.name}: ${cause.message}`);
    cause = cause.cause;
  }
  if (cause !== undefined && !seen.has(cause)) parts.push(inspect(cause));
  return secrets.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    parts.join('\ncaused by: '),
  );
}
