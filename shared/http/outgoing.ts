/**
 * The responses under way on the streamed path, by the id of the invocation.
 *
 * The library's own writer of streamed bodies waits for nobody and tells nobody (@azure/functions
 * 4.16.5, `sendProxyResponse`): chunks pile up in memory behind a slow client, one who has gone is
 * not noticed, and a body that fails leaves the response open for good. It keeps the response to
 * itself; `proxied/door.ts` has it as the request comes.
 */

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Nobody reads the answer any more. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';

  constructor() {
    super('The client has gone');
  }
}

const responses = new Map<string, ServerResponse>();

/** A response that is to be sent. */
export function announce(invocationId: string, response: ServerResponse): void {
  if (response.destroyed) return;
  responses.set(invocationId, response);
  response.once('close', () => responses.delete(invocationId));
}

/** Undefined where the app does not stream, and once the response is closed. */
export function outgoing(invocationId: string): ServerResponse | undefined {
  return responses.get(invocationId);
}

/** Of calls that are made within another one: when nobody waits for them any more. */
const within = new Map<string, AbortSignal>();

/**
 * A call that the app makes itself ends with `signal`: for it, that is its client who has gone.
 *
 * @returns to be called once it has been answered
 */
export function goesWith(invocationId: string, signal: AbortSignal): () => void {
  within.set(invocationId, signal);
  return () => within.delete(invocationId);
}

/** Aborted when the client of a call has gone; never where the app does not stream. */
export function clientGone(invocationId: string): AbortSignal {
  const gone = new AbortController();
  const leave = () => gone.abort(new ClientGone());
  outgoing(invocationId)?.once('close', leave);
  const outer = within.get(invocationId);
  if (outer?.aborted) leave();
  else outer?.addEventListener('abort', leave, { once: true });
  return gone.signal;
}

/** Resolves when no response is under way, whole or broken off. */
export async function allSent(): Promise<void> {
  while (responses.size > 0) {
    await Promise.all([...responses.values()].map((response) => once(response, 'close')));
  }
}
