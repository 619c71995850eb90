/** OpenAPI 3.1 (JSON Schema 2020-12) from the zod schemas that check and shape the traffic. */

import { z } from 'zod';
import type { Role } from '../settings/settings.ts';
import type { Method } from './handler.ts';
import { NamedSchemas } from './openapi-components.ts';
import { refusalsOf } from './openapi-refusals.ts';
import type { ProblemType } from './problem.ts';
import { prettySchema } from './query-parameters.ts';

/** Schemas are made when they are asked for: nobody waits for them but who reads `/openapi.json`. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: () => z.ZodType;
  /**
   * Of a query: it stands for several, which are members of an object (`style: form`, exploded):
   * their names, `where.*` for all that begin so.
   */
  members?: readonly string[];
}

export interface HeaderDescription {
  description: string;
  schema: () => z.ZodType;
  /** Not of every answer. */
  isOptional?: true;
}

export interface ResponseDescription {
  description: string;
  /** Headers that are always there, unless they say so. */
  headers?: Readonly<Record<string, HeaderDescription>>;
  /** Present when JSON may be answered. */
  json?: () => z.ZodType;
  /** Present when text may be answered. */
  text?: () => z.ZodType;
  /** Present when a PDF may be answered. */
  pdf?: true;
  /** Present when a table may be answered. */
  table?: true;
}

export interface OperationDescription {
  summary: string;
  parameters?: readonly Parameter[];
  body?: () => z.ZodType;
  /** In place of `body`: one of any type, perhaps none; what it is good for. */
  anyBody?: string;
  /** By status. */
  responses: Readonly<Record<number, ResponseDescription>>;
  /** Its answer has an ETag, and is a 304 for whoever has it already. */
  conditional?: true;
  /** Refusals beside those that follow from token, parameters and body. */
  problems?: readonly ProblemType[];
}

/** What operations are about, in the order of the document. */
const tags = {
  overview: 'Is all well?',
  sync: 'Starting syncs, and what may be synced',
  runs: 'Runs: how far they are, how they ended, what procedures said',
  boards: 'Boards: named lists of calls, each switched on or off',
  flexibee: 'FlexiBee companies that are followed',
  dynsql: 'Queries by definitions',
  admin: 'Who changed what, what is closed for now, and troubles that are known',
  service: 'This app itself',
} as const;
export type Tag = keyof typeof tags;

export interface Operation extends OperationDescription {
  id: string;
  tag: Tag;
  method: Method;
  /** Without the leading slash: `runs/{id}`. */
  route: string;
  /** Undefined: nobody looks for a token; `any`: each that is known will do. */
  role: Role | 'any' | undefined;
  isTokenOptional: boolean;
}

const etagSchema = z
  .string()
  .regex(/^W\/"[\w-]{22}"$/)
  .meta({ id: 'EntityTag' });
const etag: HeaderDescription = {
  description: 'What the answer is known by',
  schema: () => etagSchema,
};

/** Of every success, and of what a handler refuses: whoever shows a time, or sends one without a zone, has the app's own clock. */
export const zoneHeader = 'Time-Zone';
const zone: HeaderDescription = {
  description: 'By whose clock times without a zone are read: `periods.timeZone` of the catalogue',
  schema: () => z.string().meta({ id: 'TimeZone' }),
};

const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'ETags of answers that the client has: a 304 says that one of them still holds',
  schema: () => z.string(),
};

const pretty: Parameter = {
  name: 'pretty',
  in: 'query',
  description: 'JSON is indented, for people',
  schema: () => prettySchema,
};

export type SecurityScheme = keyof typeof securitySchemes;

/**
 * The document for `/openapi.json`.
 *
 * @param ways by which this app knows who calls
 */
export function openApiDocument(
  operations: readonly Operation[],
  ways: readonly SecurityScheme[] = ['token'],
): Record<string, unknown> {
  const schemas = new NamedSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[`/${operation.route}`] ?? {};
    path[operation.method.toLowerCase()] = describe(operation, ways, schemas);
    paths[`/${operation.route}`] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'syncboard',
      version: '1',
      description:
        'Keeps an aggregate billing base in step with its sources. HEAD is answered as GET, OPTIONS with Allow, and a method that a path does not have with 405 and Allow.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: Object.fromEntries(ways.map((way) => [way, securitySchemes[way]])),
      schemas: schemas.components(),
    },
  };
}

/** Ways to be known. */
const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token' },
  entra: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of Microsoft Entra ID, v2.0, whose app roles have the role',
  },
  platform: {
    type: 'apiKey',
    in: 'cookie',
    name: 'AppServiceAuthSession',
    description:
      'An account that the platform has signed in; what changes something needs the header Origin, too',
  },
} as const;

/** Role names stand where OAuth has its scopes (OpenAPI 3.1, Security Requirement Object). */
function security(
  { role, isTokenOptional }: Operation,
  ways: readonly SecurityScheme[],
): Record<string, string[]>[] {
  if (role === undefined) return [];
  const scopes = role === 'any' ? [] : [role];
  const any = ways.map((way) => ({ [way]: scopes }));
  return isTokenOptional ? [{}, ...any] : any;
}

function describe(
  operation: Operation,
  ways: readonly SecurityScheme[],
  schemas: NamedSchemas,
): Record<string, unknown> {
  const conditions = operation.conditional ? [ifNoneMatch] : [];
  const parameters = [...(operation.parameters ?? []), ...conditions, pretty];
  const { body, anyBody } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    security: security(operation, ways),
    parameters: parameters.map(({ schema, members, ...parameter }) => ({
      ...parameter,
      ...(members !== undefined && { style: 'form', explode: true }),
      required: parameter.in === 'path',
      schema: schemas.of(schema(), 'input'),
    })),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemas.of(body(), 'input') } },
      },
    }),
    ...(anyBody !== undefined && {
      requestBody: { description: anyBody, required: false, content: { '*/*': {} } },
    }),
    responses: responses(operation, schemas),
  };
}

function responses(operation: Operation, schemas: NamedSchemas): Record<string, unknown> {
  const answers = refusalsOf(operation, schemas);
  const maybeZone: HeaderDescription = { ...zone, isOptional: true };
  const ofRefusals = headersOf({ [zoneHeader]: maybeZone }, schemas);
  for (const answer of Object.values(answers)) {
    answer.headers = { ...answer.headers, ...ofRefusals };
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    const refusal = answers[status];
    const content = contentOf(response, schemas);
    const isTagged = operation.conditional && status === '200';
    answers[status] = {
      description: [response.description, refusal?.description].filter(Boolean).join('; '),
      headers: {
        ...refusal?.headers,
        ...headersOf(
          {
            [zoneHeader]: refusal ? maybeZone : zone,
            ...response.headers,
            ...(isTagged && { ETag: etag }),
          },
          schemas,
        ),
      },
      content: { ...refusal?.content, ...content },
    };
  }
  if (operation.conditional) {
    const description = 'The client has it already';
    const headers = headersOf({ [zoneHeader]: zone, ETag: etag }, schemas);
    answers['304'] = { description, headers, content: {} };
  }
  return answers;
}

function headersOf(headers: Readonly<Record<string, HeaderDescription>>, schemas: NamedSchemas) {
  const own = Object.entries(headers).map(([name, { description, schema, isOptional = false }]) => [
    name,
    { description, required: !isOptional, schema: schemas.of(schema(), 'output') },
  ]);
  return { Vary: schemas.vary(), ...Object.fromEntries(own) };
}

function contentOf({ json, text, pdf, table }: ResponseDescription, schemas: NamedSchemas) {
  return {
    ...(json && { 'application/json': { schema: schemas.of(json(), 'output') } }),
    ...(text && { 'text/plain': { schema: schemas.of(text(), 'output') } }),
    // Bytes have no schema (OpenAPI 3.1, Considerations for File Uploads).
    ...(pdf && { 'application/pdf': {} }),
    ...(table && {
      'text/csv': {},
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {},
    }),
  };
}
