/** An answer whose body is made while it is sent, as small as its client takes it. */

import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { codingFor, compressedPieces } from './compression.ts';
import { streamedBody } from './streamed-body.ts';

export interface StreamedAnswer {
  /** Of the call that is answered. */
  invocationId: string;
  make(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
  signal: AbortSignal;
  /** Asked for once there is a first piece. */
  headers(): Record<string, string>;
  /** What is compressed by itself, as PDF is, is sent as it is. */
  isPacked?: boolean;
}

/** @throws what `make` fails with before its first piece */
export async function streamedAnswer(
  request: HttpRequest,
  { invocationId, make, signal, headers, isPacked = false }: StreamedAnswer,
): Promise<HttpResponseInit> {
  if (isPacked) {
    const body = await streamedBody(invocationId, make, signal);
    return { headers: headers(), body };
  }
  const coding = codingFor(request.headers.get('accept-encoding'));
  const sent =
    coding === undefined ? make : (within: AbortSignal) => compressedPieces(make(within), coding);
  const body = await streamedBody(invocationId, sent, signal);
  const { vary, ...own } = headers();
  const varying = vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`;
  const how = coding === undefined ? {} : { 'content-encoding': coding };
  return { headers: { ...own, vary: varying, ...how }, body };
}
