/** One request from its first byte to its answer's last, with whatever is set to go wrong. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import type { Accounts } from 'stand-in-kit';
import { type Observed, Refusal, receive } from 'stand-in-kit';
import { authenticate } from './authenticate.ts';
import { refusalBody } from './refusal.ts';
import { jsonAnswer, type Route, routeOf } from './routes.ts';
import { type Answer, send } from './send.ts';

/** What the server holds while it runs. */
export interface Instance extends Observed {
  readonly connection: string;
  readonly accounts: Accounts;
  readonly database: DatabaseSync;
}

/** @param closing aborted when the server closes; whatever waits then ends */
export async function handle(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const url = new URL(`http://127.0.0.1${request.url ?? '/'}`);
  const method = request.method ?? 'GET';
  const route = found(method, url, instance.connection);
  const about = { kind: route.kind, method, path: `${url.pathname}${url.search}` };
  const received = await receive(instance, about, response, closing);
  if (received === undefined) return;
  const { refusal, broken, gone } = received;
  const answer = await answerTo(instance, request, route, refusal);
  if (broken === 'answer') response.destroy();
  else await send(response, answer, gone, broken);
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
  onDemand: Refusal | undefined,
): Promise<Answer> {
  try {
    if (onDemand) throw onDemand;
    authenticate(request.headers.authorization, accounts);
    return await route.run(request, database);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonAnswer(refusalBody(error), error.status, error.headers);
  }
}
