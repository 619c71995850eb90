/** A server of its own for a test, and a client that knows nothing but HTTP. */

import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type AbraGen, type AbraGenOptions, startAbraGen } from '../src/server.ts';

export const countriesId = '01B4XCTHYNDL3C5P00CA141B44';
export const invoicesId = '40SBPEINEFD13ACM03KIU0CLP4';
export const login = 'Supervisor:supervisor';

export type Item = Record<string, unknown> & { datasets?: Answer[] };

export interface Answer {
  name: string;
  items: Item[];
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface Request {
  method?: string;
  /** Sent as JSON; a text as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** `user:password`, or false for none. Default: the demo's. */
  login?: string | false;
}

export async function callUrl(url: string, request: Request = {}): Promise<Reply> {
  const { body, login: who = login } = request;
  const response = await fetch(url, {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(who === false ? {} : { authorization: `Basic ${btoa(who)}` }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export interface Fixture {
  abraGen: AbraGen;
  /** @param path below the connection */
  call(path: string, request?: Request): Promise<Reply>;
  /** The answer of a query, which must succeed. */
  exec(id: string, body: unknown): Promise<Answer>;
  /** The description of a refusal, in ABRA's form. */
  refusal(path: string, request?: Request): Promise<{ status: number; description: string }>;
}

export function fixtureOf(abraGen: AbraGen): Fixture {
  const call: Fixture['call'] = (path, request) =>
    callUrl(`${abraGen.url}/demodata/${path}`, request);
  return {
    abraGen,
    call,
    async exec(id, body) {
      const { status, text } = await call(`dynsql/${id}/exec`, { body });
      if (status !== 200) throw new Error(`${status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    async refusal(path, request) {
      const { status, text, headers } = await call(path, request);
      const body = JSON.parse(text) as { title: string; status: number; description: string };
      const isAbras = headers.get('content-type') === 'application/json;charset=utf-8';
      if (!isAbras || body.status !== status || !body.title) throw new Error(`${status} ${text}`);
      return { status, description: body.description };
    },
  };
}

export async function start(test: TestContext, options: AbraGenOptions = {}): Promise<Fixture> {
  const abraGen = await startAbraGen({ invoices: 600, ...options });
  test.after(() => abraGen.close());
  return fixtureOf(abraGen);
}

/** A request or response as ABRA's documentation prints it, its indentation lost. */
export const printed = (name: string): string =>
  readFileSync(new URL(`seed/${name}.txt`, import.meta.url), 'utf8').trimEnd();

/** Without indentation, as the printed ones. */
export const unindented = (text: string): string => text.replace(/^\s+/gm, '');

/** A printed query, some of its members replaced. */
export const printedQuery = (name: string, changes: object = {}): Record<string, unknown> => ({
  ...(JSON.parse(printed(name)) as object),
  ...changes,
});
