/** The app's public API, typed by its own document. The page has no other way to it. */

import createClient, { type Middleware } from 'openapi-fetch';
import { heardAt, timeNow } from '../live/clock.ts';
import { authorization, signOut, token } from '../session/session.ts';
import { timeZone } from '../text/format.ts';
import { language } from '../text/languages.ts';
import type { Problem, paths } from './schema.d.ts';

/** Until then whatever this token reads is refused: of `performance.now()`. */
let restUntil = 0;

/** What the page reads by itself waits as long as the app has said; what somebody does is tried. */
async function rested({ method, signal }: Request): Promise<void> {
  for (;;) {
    const milliseconds = restUntil - performance.now();
    if (method !== 'GET' || milliseconds <= 0) return;
    await new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', resolve, { once: true });
    });
    signal.throwIfAborted();
  }
}

/** Milliseconds of `Retry-After`, however it is written; 0 where there is none. */
function retryAfterMs({ headers }: Response): number {
  const text = headers.get('retry-after') ?? '';
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - timeNow();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}

const headers: Middleware = {
  async onRequest({ request }) {
    await rested(request);
    const presented = authorization();
    if (presented !== undefined) request.headers.set('authorization', presented);
    if (!request.headers.has('accept')) request.headers.set('accept', 'application/json');
    // What the catalogue calls things, and help: in the language of the page, not of the browser.
    request.headers.set('accept-language', language.value);
    return request;
  },
  onResponse({ request, response }) {
    const zone = response.headers.get('time-zone');
    if (zone !== null) timeZone.value = zone;
    heardAt(response.headers.get('date'));
    // Of all requests of a token or an address; another 429 is of what was asked alone.
    if (response.status === 429 && response.headers.has('ratelimit')) {
      restUntil = performance.now() + retryAfterMs(response);
    }
    // Only of the token that is in use: an answer to an earlier one may come late.
    const isOwn = request.headers.get('authorization') === (authorization() ?? null);
    if (isOwn && token.value !== undefined) {
      if (response.status === 401) signOut('unknown');
      // Of the header as a whole, which has little else in it.
      if (response.status === 431) signOut('too long');
    }
    return response;
  },
};

export const api = createClient<paths>({ baseUrl: location.origin, cache: 'no-store' });
api.use(headers);

/** What was refused, in the app's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;

  /** Before that it is not worth another try. */
  readonly retryAfterMs: number;

  /** @param response whose `Retry-After` counts, whoever has sent it */
  constructor(status: number, problem: Partial<Problem>, response?: Response) {
    super(problem.detail ?? problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = response === undefined ? 0 : retryAfterMs(response);
  }
}

/** Of an answer that is none of success. */
export function refusalOf(response: Response, error: unknown): Refusal {
  return new Refusal(response.status, isProblem(error) ? error : {}, response);
}

/** The answer's data. @throws Refusal, or TypeError where nobody answers */
export async function answered<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw refusalOf(response, error);
}

export function isProblem(value: unknown): value is Partial<Problem> {
  return typeof value === 'object' && value !== null;
}
