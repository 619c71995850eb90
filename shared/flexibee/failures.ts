/** What a failed exchange with a FlexiBee server means to us. */

import { brokenCall, redirectsTo, shortened } from '../outbound/broken.ts';
import type { Answer } from '../outbound/exchange.ts';
import { readAnswer } from '../outbound/json.ts';
import { evidenceCures, type FlexibeeErrorDetails } from './errors.ts';
import { refusalIn } from './wire.ts';

/** What is left for the caller to add: whose request it was. */
export type Failure = Omit<FlexibeeErrorDetails, 'company' | 'evidence' | 'request'>;

/** @param error what `exchange` threw, the reason of a signal aside */
export function brokenExchange(error: unknown): Failure {
  const { kind, fault } = brokenCall(error);
  if (kind === 'oversize') {
    const cure =
      'A record must be very large (an attachment in a text field?). Shorten it in FlexiBee, or report the message.';
    return { kind: 'answer not understood', fault, cure, isTooMuch: true };
  }
  if (kind === 'certificate') {
    const cure =
      'Give the server a certificate that this machine trusts, or add TrustServerCertificate=true to the setting if you know that nobody is between.';
    return { kind: 'unreachable', fault, cure };
  }
  return { kind: 'unreachable', fault, isTransient: true, isTooMuch: kind === 'deadline' };
}

/**
 * @param isOfEvidence whether the request was about one: others may be answered
 * @returns undefined where the answer is a success, as far as its status tells
 */
export function refusedAnswer(
  { status, headers, body }: Answer,
  isOfEvidence: boolean,
): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const said = words(body);
  const answer = (fault: string) => ({
    status,
    fault: `${fault} (HTTP ${status}${said && `: ${said}`})`,
  });
  if (isLocked(body)) return { kind: 'company in use', ...answer('somebody is logged in') };
  if (status === 401) return { kind: 'wrong password', ...answer('user or password refused') };
  if (status === 403 && isOfEvidence) {
    return { kind: 'request refused', ...answer('not allowed'), cure: evidenceCures.notAllowed };
  }
  // 402: no licence for writing (ABRA Flexi, Obsluha chyb).
  if (status === 402 || status === 403) {
    return { kind: 'licence missing', ...answer('not allowed') };
  }
  if (status === 404) return { kind: 'unknown company', ...answer('not found') };
  // The server is still at it: sent again unchanged it would only have more to do (ABRA, HTTP 504).
  if (status === 504) {
    return { kind: 'unreachable', ...answer('no answer in time'), isTooMuch: true };
  }
  // The list of numbers that was asked for.
  if (status === 413) return { kind: 'request refused', ...answer('too large'), isTooMuch: true };
  if (status === 429 || status >= 500) {
    return { kind: 'unreachable', ...answer('the server cannot answer now'), isTransient: true };
  }
  if (status >= 300 && status < 400) {
    const to = redirectsTo(headers.location);
    const cure = 'Put the address where the server really is into Url of the setting.';
    return { kind: 'request refused', ...answer(`redirected${to}, not followed`), cure };
  }
  // 409: another operation of the same kind is under way.
  return { kind: 'request refused', ...answer('refused'), isTransient: status === 409 };
}

/** A refusal that comes with the status of a success (`no-http-errors`, older servers). */
export function refusedInside(status: number, said: string): Failure {
  const kind = lock.test(said) ? 'company in use' : 'request refused';
  return { kind, status, fault: `refused${said && `: ${shortened(said)}`}` };
}

/** `ERROR: could not obtain lock on relation "drady"`, PostgreSQL's own words. */
const lock = /could not obtain lock on relation/i;

/** Of a refusal: whoever says more than that in one helps nobody. */
const mostBytes = 65_536;

function isLocked(body: Buffer): boolean {
  return lock.test(body.toString('utf8', 0, mostBytes));
}

function words(body: Buffer): string {
  const text = body.toString('utf8', 0, mostBytes);
  try {
    return shortened(refusalIn(readAnswer(body.subarray(0, mostBytes)).value) ?? '');
  } catch {
    // A page of a proxy or of the servlet container: its words help nobody.
    return /^\s*</.test(text) ? '' : shortened(text);
  }
}
