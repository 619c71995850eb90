/** Why no answer came, and what a refusal says, whoever the server is. */

import { DeadlineError, OversizeError } from './call.ts';

export type BrokenKind = 'oversize' | 'deadline' | 'certificate' | 'connection';

const certificateCode = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS_CERT)/;

/** @param error what a call threw, the reason of a signal aside */
export function brokenCall(error: unknown): { kind: BrokenKind; fault: string } {
  if (error instanceof OversizeError) return { kind: 'oversize', fault: error.message };
  if (error instanceof DeadlineError) return { kind: 'deadline', fault: error.message };
  const { code = 'the connection broke' } = error as NodeJS.ErrnoException;
  return certificateCode.test(code)
    ? { kind: 'certificate', fault: `the certificate of the server is not trusted (${code})` }
    : { kind: 'connection', fault: `no answer (${code})` };
}

/** A server's words on one line, at most 300 letters. */
export function shortened(said: string): string {
  const line = said.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** ` to https://other.example`, without path and query; empty where it does not say. */
export function redirectsTo(location: string | undefined): string {
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
  return ms > 0 ? ms : 0;
}
