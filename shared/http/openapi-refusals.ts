/** Which refusals an operation has, by status: those of its shape, and those it declares. */

import { z } from 'zod';
import type { Operation } from './openapi.ts';
import type { NamedSchemas } from './openapi-components.ts';
import { type ProblemType, problemSchema, problemTypes } from './problem.ts';

export interface Answer {
  description: string;
  headers: Record<string, unknown>;
  content: Record<string, unknown>;
}

const headersOfProblems: Partial<Record<ProblemType, Record<string, string>>> = {
  unauthenticated: { 'WWW-Authenticate': 'How to prove who one is' },
  'content-type': { 'Accept-Encoding': 'Of a body that was encoded: what may be' },
  busy: { 'Retry-After': 'Seconds after which it is worth another try' },
  closed: { 'Retry-After': 'Seconds until the closure ends' },
  'key-in-use': { 'Retry-After': 'Seconds after which it is known what came of it' },
  changed: { ETag: 'What there is now is known by; absent where there is nothing any more' },
  'rate-limited': {
    'Retry-After': 'Seconds after which one more will do',
    RateLimit: 'What is left, as draft-ietf-httpapi-ratelimit-headers has it',
    'RateLimit-Policy': 'How many may come in how many seconds',
  },
  unavailable: { 'Retry-After': 'Seconds after which it is worth another try' },
};

/** What a client may be told instead of what it asked for, by status. */
export function refusalsOf(operation: Operation, schemas: NamedSchemas): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const type of problemsOf(operation)) {
    const { status, title } = problemTypes[type];
    const known = answers[status];
    const line = `\`${type}\`: ${title}`;
    const headers = Object.entries(headersOfProblems[type] ?? {}).map(([name, description]) => [
      name,
      { description, required: type === 'unauthenticated', schema: { type: 'string' } },
    ]);
    answers[status] = {
      description: known === undefined ? line : `${known.description}; ${line}`,
      headers: { Vary: schemas.vary(), ...known?.headers, ...Object.fromEntries(headers) },
      content: {
        'application/problem+json': { schema: schemas.of(problemSchema, 'output') },
        'text/plain': { schema: schemas.of(refusalText, 'output') },
      },
    };
  }
  return answers;
}

const refusalText = z.string().meta({ id: 'Refusal', description: '`detail` of the problem' });

function problemsOf({ role, parameters, body, anyBody, problems }: Operation): Set<ProblemType> {
  const isIn = (place: string) => parameters?.some((one) => one.in === place) === true;
  const hasBody = body !== undefined || anyBody !== undefined;
  return new Set<ProblemType>([
    ...(hasBody ? (['invalid-body'] as const) : []),
    // An unknown query parameter, at least.
    'invalid-value',
    ...(role === undefined ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(isIn('path') ? (['not-found'] as const) : []),
    ...(hasBody ? (['timeout', 'body-too-large'] as const) : []),
    ...(body === undefined ? [] : (['content-type'] as const)),
    ...(problems ?? []),
    'rate-limited',
    'internal',
    'unavailable',
  ]);
}
