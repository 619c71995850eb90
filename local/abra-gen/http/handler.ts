/** One request from its first byte to its answer's last, with whatever is set to go wrong. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../../flexibee/faults.ts';
import type { Requests } from '../../flexibee/requests.ts';
import { type Accounts, authenticate } from './authenticate.ts';
import { Refusal } from './refusal.ts';
import { jsonAnswer, type Route, routeOf } from './routes.ts';
import { type Answer, send } from './send.ts';

/** What the server holds while it runs. */
export interface Instance {
  readonly connection: string;
  readonly accounts: Accounts;
  readonly database: DatabaseSync;
  readonly faults: Faults;
  readonly requests: Requests;
}

/** @param signal aborted when the server closes; whatever waits then ends */
export async function handle(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(`http://127.0.0.1${request.url ?? '/'}`);
  const method = request.method ?? 'GET';
  const route = found(method, url, instance.connection);
  const end = instance.requests.begin({
    kind: route.kind,
    method,
    path: `${url.pathname}${url.search}`,
  });
  const gone = new AbortController();
  response.once('close', () => {
    end(response.writableFinished ? response.statusCode : undefined);
    gone.abort();
  });
  const fault = instance.faults.take(route.kind, undefined);
  if (fault?.broken === 'request') {
    response.destroy();
    return;
  }
  if (fault && fault.delayMilliseconds > 0) {
    await sleep(fault.delayMilliseconds, undefined, {
      signal: AbortSignal.any([signal, gone.signal]),
    });
  }
  const answer = await answerTo(instance, request, route, () => {
    if (fault?.status === undefined) return;
    const after = fault.retryAfterSeconds;
    throw new Refusal(
      fault.status,
      `Chyba serveru ${fault.status}`,
      after === undefined ? {} : { 'retry-after': String(after) },
    );
  });
  if (fault?.broken === 'answer') response.destroy();
  else await send(response, answer, gone.signal, fault?.broken);
}

/** A path that cannot be read is refused as any other. */
function found(method: string, url: URL, connection: string): Route {
  try {
    return routeOf(method, url, connection);
  } catch (error) {
    const run = () => {
      throw error;
    };
    return { kind: 'other', run };
  }
}

async function answerTo(
  { accounts, database }: Instance,
  request: IncomingMessage,
  route: Route,
  trouble: () => void,
): Promise<Answer> {
  try {
    trouble();
    authenticate(request.headers.authorization, accounts);
    return await route.run(request, database);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonAnswer(error.body(), error.status, error.headers);
  }
}
