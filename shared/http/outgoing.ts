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

/** Of each call under way, also where its client had gone before it began: when he has. */
const clients = new Map<string, AbortController>();

/** A response that is to be sent. It is known who has gone until `forget`. */
export function announce(invocationId: string, response: ServerResponse): void {
  const client = new AbortController();
  clients.set(invocationId, client);
  if (response.destroyed) {
    client.abort(new ClientGone());
    return;
  }
  responses.set(invocationId, response);
  response.once('close', () => {
    responses.delete(invocationId);
    client.abort(new ClientGone());
  });
}

/** A call that has ended; its answer may still be under way. */
export function forget(invocationId: string): void {
  clients.delete(invocationId);
}

/** Undefined where the app does not stream, and once the response is closed. */
export function outgoing(invocationId: string): ServerResponse | undefined {
  return responses.get(invocationId);
}

/**
 * A call that the app makes itself ends with `signal`: for it, that is its client who has gone.
 *
 * @returns to be called once it has been answered
 */
export function goesWith(invocationId: string, signal: AbortSignal): () => void {
  const client = new AbortController();
  const leave = () => client.abort(new ClientGone());
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  clients.set(invocationId, client);
  return () => {
    signal.removeEventListener('abort', leave);
    forget(invocationId);
  };
}

/**
 * Aborted when the client of a call has gone, however long before it is asked; never where the app
 * does not stream.
 */
export function clientGone(invocationId: string): AbortSignal {
  return (clients.get(invocationId) ?? new AbortController()).signal;
}

/** Resolves when no response is under way, whole or broken off. */
export async function allSent(): Promise<void> {
  while (responses.size > 0) {
    await Promise.all([...responses.values()].map((response) => once(response, 'close')));
  }
}
