/** Why another server did not do what it was asked, whoever it is. */

import { DeadlineError, NotReachedError, OversizeError } from './call.ts';

/** What may befall a request to any server; each system has more of its own. */
export type CommonTrouble = 'unreachable' | 'wrong password' | 'answer not understood';

/** What went wrong; whose request it was is left for the caller to add. */
export interface Failure<Trouble extends string = CommonTrouble> {
  kind: Trouble;
  /** HTTP status, where the server answered. */
  status?: number | undefined;
  /** What happened, to be read after the request. */
  fault: string;
  /** The server's own words, where there were any. */
  said?: string | undefined;
  /** Where the cure of the kind does not fit. */
  cure?: string | undefined;
  isTransient?: boolean | undefined;
  isTooMuch?: boolean | undefined;
  /** The server asks to be left alone for so long, which is longer than anybody waits. */
  retryAfterMs?: number | undefined;
}

export interface FailedRequest<Trouble extends string> extends Failure<Trouble> {
  /** Method and path, without the query: `GET /c/demo/changes.json`. */
  request: string;
}

/** A request that a server did not fulfil. No password is in it. */
export abstract class ServerError<Trouble extends string = string> extends Error {
  readonly kind: Trouble;
  readonly request: string;
  readonly status: number | undefined;
  readonly said: string | undefined;
  /** What people can do about it. */
  readonly cure: string;
  /** Whether the same request may succeed without anybody doing anything. */
  readonly isTransient: boolean;
  /** Whether less asked for may succeed: the answer was too large or too slow. */
  readonly isTooMuch: boolean;
  /** For so long the server asks to be left alone; undefined: it does not, or not for long. */
  readonly retryAfterMs: number | undefined;

  /** @param whose the system and who of ours asked: `FlexiBee flexi-demo` */
  constructor(
    whose: string,
    failed: FailedRequest<Trouble>,
    cures: Readonly<Record<Trouble, string>>,
    options?: ErrorOptions,
  ) {
    super(`${whose}: ${failed.request}: ${failed.fault}`, options);
    this.kind = failed.kind;
    this.request = failed.request;
    this.status = failed.status;
    this.said = failed.said;
    this.cure = failed.cure ?? cures[failed.kind];
    this.isTransient = failed.isTransient ?? false;
    this.isTooMuch = failed.isTooMuch ?? false;
    this.retryAfterMs = failed.retryAfterMs;
  }
}

/** Of Node, where a server's certificate is not taken. */
export const certificateCode =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS_CERT)/;

/** Of a resolver, which may be away itself. */
const nameCodes: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** Of OpenSSL, where it is not about the certificate. */
const protocolCode = /^(EPROTO|ERR_SSL_)/;

/**
 * Whoever was silent for a whole deadline is not asked the same again: it may still be at it.
 *
 * @param error what a call threw, the reason of a signal aside
 */
export function brokenCall(error: unknown): Failure {
  if (error instanceof OversizeError) {
    const cure =
      'One thing in it must be very large (an attachment in a text field?). Shorten it at the server, or report the message.';
    return { kind: 'answer not understood', fault: error.message, cure, isTooMuch: true };
  }
  if (error instanceof DeadlineError) {
    const isTooMuch = !(error instanceof NotReachedError);
    return { kind: 'unreachable', fault: error.message, isTooMuch };
  }
  const { code = 'the connection broke' } = error as NodeJS.ErrnoException;
  if (certificateCode.test(code)) {
    const fault = `the certificate of the server is not trusted (${code})`;
    const cure =
      'Give the server a certificate that this machine trusts, or add TrustServerCertificate=true to the setting if you know that nobody is between.';
    return { kind: 'unreachable', fault, cure };
  }
  if (nameCodes.has(code)) {
    const fault = `the name of the server is not known (${code})`;
    const cure =
      'Check the name in Url of the setting, and that this machine can look it up (DNS).';
    return { kind: 'unreachable', fault, cure, isTransient: true };
  }
  if (protocolCode.test(code)) {
    const fault = `no encrypted connection can be made with what answers there (${code})`;
    const cure =
      'Check Url of the setting: the port may be one without encryption, or of something else; and whether the server knows TLS 1.2.';
    return { kind: 'unreachable', fault, cure, isTransient: true };
  }
  return { kind: 'unreachable', fault: `no answer (${code})`, isTransient: true };
}
