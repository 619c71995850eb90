/** A server of its own for a test, and a client that knows nothing but HTTP. */

import type { TestContext } from 'node:test';
import { isObject } from '../src/http/body.ts';
import { type Flexibee, type FlexibeeOptions, startFlexibee } from '../src/server.ts';

type Members = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Of a body that is JSON; empty for others. */
  json: Members;
  /** `json.winstrom`. */
  winstrom: Members;
}

export interface Request {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  /** `user:password`, or false for none. Default: the demo's. */
  login?: string | false;
}

export interface Fixture {
  flexibee: Flexibee;
  /** @param path from `/c/demo` on where it begins with no slash */
  call(path: string, request?: Request): Promise<Reply>;
  /** Writes to the company `demo`, not through HTTP. */
  write(evidence: string, ...records: Members[]): void;
}

export async function start(test: TestContext, options: FlexibeeOptions = {}): Promise<Fixture> {
  const flexibee = await startFlexibee({ companies: [{ name: 'demo', data: false }], ...options });
  test.after(() => flexibee.close());
  return {
    flexibee,
    call: (path, request) =>
      callUrl(`${flexibee.url}${path.startsWith('/') ? path : `/c/demo/${path}`}`, request),
    write: (evidence, ...records) => {
      const { status, winstrom } = flexibee
        .company('demo')
        .write(evidence, { [evidence]: records });
      if (status === 400) throw new Error(JSON.stringify(winstrom));
    },
  };
}

export async function callUrl(url: string, request: Request = {}): Promise<Reply> {
  const { login = 'winstrom:winstrom', body } = request;
  const response = await fetch(url, {
    method: request.method ?? 'GET',
    headers: {
      ...(login === false ? {} : { authorization: `Basic ${btoa(login)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(request.text === undefined ? {} : { body: request.text }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  const json = isJson ? asObject(JSON.parse(text)) : {};
  const winstrom = asObject(json['winstrom']);
  return { status: response.status, headers: response.headers, text, json, winstrom };
}

function asObject(value: unknown): Members {
  return isObject(value) ? value : {};
}
