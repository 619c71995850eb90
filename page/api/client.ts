/** The app's public API, typed by its own document. The page has no other way to it. */

import createClient, { type Middleware } from 'openapi-fetch';
import { authorization, signOut, token } from '../session/session.ts';
import { timeZone } from '../text/format.ts';
import type { Problem, paths } from './schema.d.ts';

const headers: Middleware = {
  onRequest({ request }) {
    const presented = authorization();
    if (presented !== undefined) request.headers.set('authorization', presented);
    if (!request.headers.has('accept')) request.headers.set('accept', 'application/json');
    return request;
  },
  onResponse({ request, response }) {
    const zone = response.headers.get('time-zone');
    if (zone !== null) timeZone.value = zone;
    // Only of the token that is in use: an answer to an earlier one may come late.
    const isOwn = request.headers.get('authorization') === (authorization() ?? null);
    if (response.status === 401 && isOwn && token.value !== undefined) signOut('unknown');
    return response;
  },
};

export const api = createClient<paths>({ baseUrl: location.origin, cache: 'no-store' });
api.use(headers);

/** What was refused, in the app's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

/** The answer's data. @throws Refusal, or TypeError where nobody answers */
export async function answered<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw new Refusal(response.status, isProblem(error) ? error : {});
}

export function isProblem(value: unknown): value is Partial<Problem> {
  return typeof value === 'object' && value !== null;
}
