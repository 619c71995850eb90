/** Control: HTTP with JSON, on this machine only, for tests and demos. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText } from '../http/body.ts';
import { type HttpServer, listen } from '../http/listen.ts';
import { Refusal } from '../http/refusal.ts';
import type { Route } from './route.ts';

/** A few fields, or the records of one write. */
const bodyLimit = 16 * 1024 * 1024;

/** @throws the system's error for a port that is taken */
export function startControl<State>(
  product: string,
  routes: readonly Route<State>[],
  state: State,
  port: number,
): Promise<HttpServer> {
  const help = { method: 'GET', path: '/', help: 'this text', run: () => text } as const;
  const all: readonly Route<State>[] = [help, ...routes];
  const text = helpText(product, all);
  return listen(port, async (request, response) => {
    try {
      send(response, 200, await answer(all, state, request));
    } catch (error) {
      send(response, statusOf(error), {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  });
}

async function answer<State>(
  routes: readonly Route<State>[],
  state: State,
  request: IncomingMessage,
): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const path = decodeURIComponent(url.pathname);
  const fitting = routes.flatMap((route) => {
    const match = patternOf(route.path).exec(path);
    return match ? [{ route, parts: match.slice(1) }] : [];
  });
  if (fitting.length === 0) throw new Refusal(404, `nothing at ${path}: GET / lists what there is`);
  const found = fitting.find(({ route }) => route.method === request.method);
  if (found === undefined) {
    const methods = fitting.map(({ route }) => route.method).join(' or ');
    throw new Refusal(405, `${request.method} is not for ${path}: use ${methods}`);
  }
  const body = request.method === 'PUT' ? await readJson(request) : {};
  return found.route.run(state, { parts: found.parts, query: url.searchParams, body });
}

const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/<[^>]+>/g, '([^/]+)')}$`);

async function readJson(request: IncomingMessage): Promise<unknown> {
  const message = `the body is longer than ${bodyLimit} bytes`;
  const text = await readText(request, bodyLimit, () => new Refusal(413, message));
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** Whatever layer refuses says how, in a `status`. */
function statusOf(error: unknown): number {
  const isRefused = error instanceof Error && 'status' in error;
  return isRefused && typeof error.status === 'number' ? error.status : 500;
}

/** Bytes as hexadecimal, bigint as text: JSON has neither. */
const replacer = (_: string, value: unknown) => {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value;
};

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  const written = isText ? body : JSON.stringify(body, replacer);
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
  });
  response.end(written);
}

function helpText(product: string, routes: readonly Route<never>[]): string {
  const lines = routes.map(
    ({ method, path, help }) => `${method.padEnd(6)} ${path}\n       ${help}`,
  );
  return `${product} stand-in: control\n\n${lines.join('\n')}\n`;
}
