/** The begin of every request: it is counted, and gets what is set to go wrong. */

import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../http/refusal.ts';
import type { Fault, Faults } from './faults.ts';
import type { LoggedRequest, Requests } from './requests.ts';

/** What tests and control set and see. */
export interface Observed {
  readonly faults: Faults;
  readonly requests: Requests;
}

export interface Received {
  /** To be answered in place of what was asked for. */
  refusal?: Refusal;
  /** How the answer breaks. */
  broken: Exclude<Fault['broken'], 'request'>;
  /** Aborted when the connection closes. */
  gone: AbortSignal;
}

/**
 * Waits as long as is set.
 * @param closing aborted when the server closes
 * @returns nothing when the connection was broken already
 * @throws AbortError when the client leaves or the server closes meanwhile
 */
export async function receive(
  { faults, requests }: Observed,
  request: Omit<LoggedRequest, 'id' | 'status'>,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<Received | undefined> {
  const end = requests.begin(request);
  const gone = new AbortController();
  response.once('close', () => {
    end(response.writableFinished ? response.statusCode : undefined);
    gone.abort();
  });
  const fault = faults.take(request.kind, request.company);
  if (fault?.broken === 'request') {
    response.destroy();
    return undefined;
  }
  if (fault && fault.delayMilliseconds > 0) {
    const signal = AbortSignal.any([closing, gone.signal]);
    await sleep(fault.delayMilliseconds, undefined, { signal });
  }
  const received = { broken: fault?.broken, gone: gone.signal };
  if (fault?.status === undefined) return received;
  const after = fault.retryAfterSeconds;
  const headers: Record<string, string> =
    after === undefined ? {} : { 'retry-after': String(after) };
  const refusal = new Refusal(fault.status, `Chyba serveru ${fault.status}`, headers);
  return { ...received, refusal };
}
