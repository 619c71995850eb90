/** What a control interface is made of. */

import { z } from 'zod';
import { Refusal } from '../http/refusal.ts';

export interface Call {
  /** What stands in the path's places, in order. */
  parts: readonly string[];
  query: URLSearchParams;
  /** Of a PUT: JSON, an empty object where there is none. */
  body: unknown;
}

export interface Route<State> {
  method: 'GET' | 'PUT' | 'DELETE';
  /** `/faults/<number>`: a place in angle brackets takes any one segment. */
  path: string;
  help: string;
  /** What it returns is answered: a text as it is, anything else as JSON. */
  run(state: State, call: Call): unknown;
}

/** The answer of a route that has nothing to tell. */
export const ok = { ok: true };

/** @throws Refusal 400 naming the members */
export function parse<Result>(schema: z.ZodType<Result>, body: unknown): Result {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal(400, z.prettifyError(result.error));
}
