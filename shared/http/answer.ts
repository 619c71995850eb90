/** Shapes of answers. Every text is UTF-8; JSON keeps non-ASCII characters as they are. */

import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { preferred, type Representation } from './accept.ts';
import type { HttpProblem } from './problem.ts';

interface AnswerOptions {
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

interface ChosenAnswerOptions extends AnswerOptions {
  /** What a client gets that does not say what it accepts. */
  otherwise?: Representation;
}

/** JSON, whatever the client asked for. */
export function json(
  value: unknown,
  { status = 200, headers = {} }: AnswerOptions = {},
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** Whether the client prefers JSON to text; `otherwise` where it does not say. */
export function prefersJson(request: HttpRequest, otherwise: Representation = 'text'): boolean {
  return preferred(request.headers.get('accept'), otherwise) === 'json';
}

/** `value` for whoever prefers JSON, and `text` for whoever prefers that. */
export function textOrJson(
  request: HttpRequest,
  text: string,
  value: unknown,
  { status = 200, headers = {}, otherwise = 'text' }: ChosenAnswerOptions = {},
): HttpResponseInit {
  const varying = { vary: 'Accept', ...headers };
  if (prefersJson(request, otherwise)) {
    return json(value, { status, headers: varying });
  }
  return plain(text, { status, headers: varying });
}

/** A refusal: its problem document or its text. */
export function refusal(
  request: HttpRequest,
  problem: HttpProblem,
  otherwise: Representation,
): HttpResponseInit {
  const headers = { vary: 'Accept', ...problem.headers };
  if (!prefersJson(request, otherwise)) {
    return plain(problem.message, { status: problem.status, headers });
  }
  return json(problem.document(), {
    status: problem.status,
    headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' },
  });
}

/** Text, whatever the client asked for. */
export function plain(
  text: string,
  { status = 200, headers = {} }: AnswerOptions = {},
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: text,
  };
}
