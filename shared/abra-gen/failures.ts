/** What a failed call of an ABRA Gen server means to us. */

import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { brokenCall, redirectsTo, retryAfterMs, shortened } from '../outbound/broken.ts';
import { readAnswer } from '../outbound/json.ts';
import type { AbraGenErrorDetails } from './errors.ts';

/** What is left for the caller to add: whose request it was. */
export type Failure = Omit<AbraGenErrorDetails, 'connection' | 'definition' | 'request'>;

/** @param error what a call threw, the reason of a signal aside */
export function brokenAnswer(error: unknown): Failure {
  const { kind, fault } = brokenCall(error);
  if (kind === 'oversize') return { kind: 'answer not understood', fault };
  if (kind === 'certificate') {
    const cure =
      'Give the server a certificate that this machine trusts, or add TrustServerCertificate=true to the setting if you know that nobody is between.';
    return { kind: 'unreachable', fault, cure };
  }
  // Whoever was silent for a whole deadline is not asked twice.
  return { kind: 'unreachable', fault, isTransient: kind === 'connection' };
}

/**
 * @param body of the answer, or its beginning
 * @returns undefined where the status is a success
 */
export function refusal(
  status: number,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const said = wordsOf(body);
  const answer = (fault: string) => ({ status, said, fault: `${fault} (HTTP ${status})` });
  if (status === 401) return { kind: 'wrong password', ...answer('user or password refused') };
  if (status === 403) return { kind: 'not allowed', ...answer('not allowed') };
  if (status === 404) return { kind: 'not found', ...answer('not found') };
  if (status === 429 || status === 503) {
    const after = retryAfterMs(headers['retry-after'], Date.now());
    const what = answer('the server cannot answer now');
    return { kind: 'busy', ...what, isTransient: true, retryAfterMs: after };
  }
  if (status >= 500) {
    // 502 and 504 come from a proxy; 500 is ABRA Gen's own and comes again.
    const isTransient = status === 502 || status === 504;
    return { kind: 'unreachable', ...answer('the server failed'), isTransient };
  }
  if (status >= 300 && status < 400) {
    const to = redirectsTo(headers.location);
    const cure = 'Put the address where the server really is into Url of the setting.';
    return { kind: 'unreachable', ...answer(`redirected${to}, not followed`), cure };
  }
  return { kind: 'refused', ...answer('refused') };
}

/** Of a refusal: whoever says more than that in one helps nobody. */
const mostBytes = 65_536;

const wordsSchema = z.looseObject({
  title: z.string().catch(''),
  description: z.string().catch(''),
  message: z.string().catch(''),
});

/** Title and description of an error, or a plain text; undefined for a page of a proxy. */
export function wordsOf(body: Buffer): string | undefined {
  const text = body.toString('utf8', 0, mostBytes);
  try {
    const found = wordsSchema.safeParse(readAnswer(body.subarray(0, mostBytes)).value);
    if (!found.success) return undefined;
    const { title, description, message } = found.data;
    const words = [...new Set([title, description, message])].filter((word) => word.trim() !== '');
    return shortened(words.join(': ')) || undefined;
  } catch {
    return /^\s*</.test(text) ? undefined : shortened(text) || undefined;
  }
}
