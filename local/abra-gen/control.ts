/** HTTP with JSON, on this machine only, for tests and demos. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type Fault, faultSchema } from '../stand-in/faults/faults.ts';
import { Refusal } from '../stand-in/http/refusal.ts';
import { readJson } from './http/body.ts';
import type { Instance } from './http/handler.ts';

interface Route {
  method: 'GET' | 'PUT' | 'DELETE';
  path: RegExp;
  help: string;
  run(instance: Instance, part: string, body: unknown): unknown;
}

const ok = { ok: true };

const invoiceSchema = z.strictObject({
  Description: z.string().max(50).optional(),
  PaidAmount: z.number().min(0).optional(),
});

const routes: readonly Route[] = [
  { method: 'GET', path: /^\/$/, help: 'this text', run: () => helpText() },
  {
    method: 'GET',
    path: /^\/faults$/,
    help: 'what is set to go wrong',
    run: ({ faults }) => faults.list,
  },
  {
    method: 'PUT',
    path: /^\/faults$/,
    help: 'adds {"kind"?: "exec" or ["list", …], "after"?: 0, "times"?: 3, "delayMilliseconds"?: 20000, "status"?: 503, "retryAfterSeconds"?: 2, "broken"?: "request" | "answer" | "truncated" | "cut" | "garbage"}; answers its number',
    run: ({ faults }, _, body) => ({ id: faults.set(parse(faultSchema, body) as Fault) }),
  },
  {
    method: 'DELETE',
    path: /^\/faults$/,
    help: 'removes all',
    run: ({ faults }) => {
      faults.clear();
      return ok;
    },
  },
  {
    method: 'DELETE',
    path: /^\/faults\/(\d+)$/,
    help: 'removes one',
    run: ({ faults }, id) => {
      if (!faults.remove(Number(id))) throw new Refusal(404, `there is no fault ${id}`);
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/requests$/,
    help: 'requests by kind, the most at once, and the latest thousand',
    run: ({ requests }) => ({
      counts: requests.counts(),
      mostAtOnce: requests.mostAtOnce,
      latest: requests.latest,
    }),
  },
  {
    method: 'DELETE',
    path: /^\/requests$/,
    help: 'counts from nothing again',
    run: ({ requests }) => {
      requests.clear();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/invoices\/(\w+)$/,
    help: '{"Description"?: "…", "PaidAmount"?: 100}: changes an issued invoice',
    run: ({ database }, id, body) => {
      const { Description = null, PaidAmount = null } = parse(invoiceSchema, body);
      const { changes } = database
        .prepare(
          `UPDATE IssuedInvoices SET Description = coalesce(?, Description),
            PaidAmount = coalesce(?, PaidAmount), ObjVersion = ObjVersion + 1 WHERE ID = ?`,
        )
        .run(Description, PaidAmount, id);
      if (changes === 0) throw new Refusal(404, `there is no invoice ${id}`);
      return ok;
    },
  },
];

export async function startControl(instance: Instance, port: number) {
  const server = createServer((request, response) => {
    answer(instance, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      send(response, error instanceof Refusal ? error.status : 500, { error: message });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(`http://127.0.0.1${request.url ?? '/'}`).pathname;
  const fitting = routes.filter((route) => route.path.test(path));
  if (fitting.length === 0) throw new Refusal(404, `nothing at ${path}: GET / lists what there is`);
  const route = fitting.find(({ method }) => method === request.method);
  if (route === undefined) {
    const methods = fitting.map(({ method }) => method).join(' or ');
    throw new Refusal(405, `${request.method} is not for ${path}: use ${methods}`);
  }
  const body = request.method === 'PUT' ? await readJson(request) : undefined;
  send(response, 200, route.run(instance, route.path.exec(path)?.[1] ?? '', body));
}

function parse<Result>(schema: z.ZodType<Result>, body: unknown): Result {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal(400, z.prettifyError(result.error));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
  });
  response.end(isText ? body : JSON.stringify(body));
}

function helpText(): string {
  const shown = ({ source }: RegExp) =>
    source
      .replace(/^\^|\$$/g, '')
      .replaceAll('\\/', '/')
      .replace('(\\d+)', '<number>')
      .replace('(\\w+)', '<id>');
  const lines = routes.map(
    ({ method, path, help }) => `${method.padEnd(6)} ${shown(path)}\n       ${help}`,
  );
  return `ABRA Gen stand-in: control\n\n${lines.join('\n')}\n`;
}
