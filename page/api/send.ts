/** Requests that the app itself has written down: the cures of what is wrong. */

import { asker } from '../session/session.ts';
import { answered, api } from './client.ts';

export interface WrittenRequest {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body: Readonly<Record<string, unknown>> | undefined;
}

/** Of `POST /runs/x/retry {"user": "operator"}`; undefined for what is none. */
export function writtenRequest(text: string): WrittenRequest | undefined {
  const [, method = '', path = '', body] =
    /^(POST|PUT|DELETE) (\/[^\s?#]*)(?: (\{.*\}))?$/s.exec(text) ?? [];
  if (path === '') return undefined;
  return {
    method: method as WrittenRequest['method'],
    path,
    body: body === undefined ? undefined : JSON.parse(body),
  };
}

/**
 * Sends it as whoever is signed in: its own `user` stands for anybody.
 *
 * @param key by which the app knows a start that is sent again
 */
export async function send({ method, path, body }: WrittenRequest, key: string): Promise<unknown> {
  // Its address is none that the types know by name.
  const request = api.request as unknown as (
    method: string,
    path: string,
    init: object,
  ) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
  const own = body !== undefined && { body: { ...body, ...('user' in body && { user: asker() }) } };
  const headers = method === 'POST' ? { 'Idempotency-Key': key } : {};
  return await answered(request(method.toLowerCase(), path, { headers, ...own }));
}
