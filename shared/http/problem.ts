/** Refusals as RFC 9457 problems: thrown anywhere below a handler, answered by the wrapper. */

import { z } from 'zod';
import { type FieldError, fieldErrorSchema } from '../faults/field-error.ts';
import { instantSchema } from '../storage/instant.ts';
import { signInOfferSchema } from './sign-in-offer.ts';

/** Every problem type there is: the last part of `urn:syncboard:problem:<type>`. */
export const problemTypes = {
  'invalid-body': { status: 400, title: 'The request body cannot be read' },
  'invalid-value': { status: 400, title: 'A value is missing or not allowed' },
  unauthenticated: { status: 401, title: 'A valid API token is needed' },
  forbidden: { status: 403, title: 'The API token does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'not-acceptable': { status: 406, title: 'The answer has no such form' },
  timeout: { status: 408, title: 'The request body did not arrive in time' },
  busy: { status: 409, title: 'Somebody else is at work there' },
  closed: { status: 409, title: 'It is closed for now' },
  'key-in-use': { status: 409, title: 'A request with this key is being answered' },
  'not-cancellable': { status: 409, title: 'The run cannot be cancelled any more' },
  'not-retryable': { status: 409, title: 'There is nothing to make again' },
  'nothing-to-run': { status: 409, title: 'Nothing of the board is switched on' },
  'faulty-board': { status: 409, title: 'The board names what the catalogue does not have' },
  'newer-document': { status: 409, title: 'A newer version of the app has written it' },
  'company-in-use': { status: 409, title: 'Somebody is logged in to the company' },
  'not-configured': { status: 409, title: 'A setting is missing for this' },
  exists: { status: 412, title: 'There is one of this name already' },
  changed: { status: 412, title: 'It has been changed since it was read' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'content-type': { status: 415, title: 'The content type is not supported' },
  'key-reused': { status: 422, title: 'The key was sent with another request' },
  'rate-limited': { status: 429, title: 'There are too many requests' },
  'too-many': { status: 429, title: 'The API token has too many queries under way' },
  internal: { status: 500, title: 'Something went wrong on the server' },
  flexibee: { status: 502, title: 'The FlexiBee server did not do what it was asked' },
  'abra-gen': { status: 502, title: 'The ABRA Gen server did not do what it was asked' },
  unavailable: { status: 503, title: 'Something the server needs does not answer' },
  'too-slow': { status: 504, title: 'The answer did not begin in time' },
} as const;
export type ProblemType = keyof typeof problemTypes;

/** Extension members of the problem document. */
const membersSchema = z.object({
  servers: z.array(z.string()).optional().meta({
    description:
      'Of `busy`: the source servers that are held, or waited for; of `closed` the server',
  }),
  runs: z
    .array(z.string())
    .optional()
    .meta({ description: 'Of `busy`: the runs that have them, or wait for them' }),
  company: z.string().optional().meta({ description: 'Of `closed`: the company, where it is one' }),
  closure: z.string().optional().meta({ description: 'Of `closed`: the id of the closure' }),
  until: instantSchema.optional(),
  reason: z.string().optional().meta({ description: 'Of `closed`: why' }),
  state: z
    .string()
    .optional()
    .meta({ description: 'Of `not-cancellable` and `not-retryable`: the state of the run' }),
  kind: z
    .string()
    .optional()
    .meta({ description: 'What kind of trouble FlexiBee or ABRA Gen made' }),
  retryAfter: z.int().optional().meta({
    description: 'Seconds after which it is worth another try, as in Retry-After',
  }),
  cure: z.string().optional().meta({ description: 'What people can do about it' }),
  upstreamStatus: z.int().optional().meta({ description: 'The status that ABRA Gen answered' }),
  upstreamDetail: z.string().optional().meta({ description: 'What ABRA Gen said' }),
  signIn: signInOfferSchema
    .optional()
    .meta({ description: 'Of `unauthenticated` at `/me`: how to become known' }),
  invocation: z.string().optional().meta({ description: 'Where to look in the log' }),
});

export const problemSchema = z
  .object({
    type: z.enum((Object.keys(problemTypes) as ProblemType[]).map(urnOf)),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'The whole answer of whoever takes text' }),
    errors: z.array(fieldErrorSchema).optional(),
    ...membersSchema.shape,
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
export type ProblemDocument = z.infer<typeof problemSchema>;

function urnOf(type: ProblemType): `urn:syncboard:problem:${ProblemType}` {
  return `urn:syncboard:problem:${type}`;
}

interface ProblemDetails {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  members?: z.infer<typeof membersSchema>;
  cause?: unknown;
}

/**
 * A refusal the caller is told about. `message` is the whole answer of whoever takes text, and
 * `detail` of the problem document: it must not hold a secret.
 */
export class HttpProblem extends Error {
  readonly type: ProblemType;
  readonly status: number;
  headers: Readonly<Record<string, string>>;
  #members: Pick<ProblemDocument, 'errors'> & z.infer<typeof membersSchema>;

  constructor(type: ProblemType, message: string, details: ProblemDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'HttpProblem';
    this.type = type;
    this.status = problemTypes[type].status;
    const isUnknown = type === 'unauthenticated';
    this.headers = { ...(isUnknown && challenge(details.errors)), ...details.headers };
    const seconds = details.headers?.['retry-after'];
    this.#members = {
      ...(details.errors === undefined ? {} : { errors: [...details.errors] }),
      ...(seconds !== undefined && { retryAfter: Number(seconds) }),
      ...details.members,
    };
  }

  /** The same, with one more header. */
  withHeader(name: string, value: string): this {
    this.headers = { ...this.headers, [name]: value };
    return this;
  }

  /** The same, with more to tell. */
  withMembers(members: NonNullable<ProblemDetails['members']>): this {
    this.#members = { ...this.#members, ...members };
    return this;
  }

  /** The problem document, ready for JSON. */
  document(): ProblemDocument {
    return {
      type: urnOf(this.type),
      title: problemTypes[this.type].title,
      status: this.status,
      detail: this.message,
      ...this.#members,
    };
  }
}

/**
 * What every 401 must have (RFC 9110, 15.5.2): the scheme by which somebody is known. What comes in
 * a header of its own, as the secret of a web hook, has a scheme of that name; no registered one
 * fits it.
 */
function challenge(errors: readonly FieldError[] = []): Record<string, string> {
  const field = errors[0]?.field ?? 'token';
  const scheme = field === 'token' ? 'Bearer' : field;
  return { 'www-authenticate': `${scheme} realm="syncboard"` };
}
