/** What a refusal says, whoever the server is. */

import { parseBounded } from '../json/bounded-json.ts';
import { depthLimit } from '../json/bounds.ts';
import type { Answer } from './exchange.ts';
import type { Failure } from './failure.ts';

/** Each system has its own name for these. */
export type Meaning =
  | 'login'
  | 'right'
  | 'missing'
  | 'redirected'
  | 'conflict'
  | 'too large'
  | 'busy'
  | 'late'
  | 'failed'
  | 'refused';

export type Refusal = Omit<Failure<Meaning>, 'status'> & { status: number };

const faults: Readonly<Record<Meaning, string>> = {
  login: 'user or password refused',
  right: 'not allowed',
  missing: 'not found',
  redirected: 'redirected',
  conflict: 'refused',
  'too large': 'too large',
  busy: 'the server cannot answer now',
  late: 'no answer in time',
  failed: 'the server failed',
  refused: 'refused',
};

/**
 * @param said the server's own words
 * @returns undefined where the answer is a success, as far as its status tells
 */
export function refusalOf(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  said: string | undefined,
): Refusal | undefined {
  if (status >= 200 && status < 300) return undefined;
  const kind = meaningOf(status);
  const refusal = { kind, status, said };
  if (kind === 'redirected') {
    const what = `redirected${redirectsTo(headers.location)}, not followed`;
    const cure = 'Put the address where the server really is into Url of the setting.';
    return { ...refusal, fault: withStatus(what, status, said), cure };
  }
  return {
    ...refusal,
    fault: withStatus(faults[kind], status, said),
    // A conflict: another operation of the same kind is under way.
    isTransient: kind === 'conflict' || kind === 'busy' || kind === 'failed',
    // Late: the server is still at it, and sent again unchanged it would only have more to do.
    isTooMuch: kind === 'too large' || kind === 'late',
  };
}

/** `not found (HTTP 404: no such report)` */
export function withStatus(fault: string, status: number, said: string | undefined): string {
  return `${fault} (HTTP ${status}${said ? `: ${said}` : ''})`;
}

function meaningOf(status: number): Meaning {
  if (status === 401) return 'login';
  if (status === 403) return 'right';
  if (status === 404) return 'missing';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too large';
  if (status === 429 || status === 503) return 'busy';
  if (status === 504) return 'late';
  if (status >= 500) return 'failed';
  return status >= 300 && status < 400 ? 'redirected' : 'refused';
}

/** Of a refusal: whoever says more than that in one helps nobody. */
export const mostBytes = 65_536;

/**
 * The server's own words; undefined where there are none, as in the page of a proxy.
 *
 * @param body of the answer, or its beginning
 * @param read finds them in the system's JSON
 */
export function wordsOf(
  body: Buffer,
  read: (value: unknown) => string | undefined,
): string | undefined {
  const beginning = body.subarray(0, mostBytes);
  try {
    const { value } = parseBounded(beginning, { depth: depthLimit, values: mostBytes });
    return shortened(read(value) ?? '') || undefined;
  } catch {
    const text = beginning.toString('utf8');
    return /^\s*</.test(text) ? undefined : shortened(text) || undefined;
  }
}

/** A server's words on one line, at most 300 letters. */
export function shortened(said: string): string {
  const line = said.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** ` to https://other.example`, without path and query; empty where it does not say. */
function redirectsTo(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : '';
}

/**
 * How long the server asks to be left alone, in milliseconds; 0 where it does not.
 *
 * @param value of the header Retry-After: seconds or a date (RFC 9110)
 */
export function retryAfterMs(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  // NaN of what is neither.
  return Math.max(0, ms || 0);
}
