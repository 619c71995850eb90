/** OpenAPI 3.1 (JSON Schema 2020-12) from the zod schemas that check and shape the traffic. */

import { z } from 'zod';
import type { Role } from '../settings.ts';
import type { Method } from './handler.ts';
import { prettyParameter } from './query.ts';
import { problemSchema } from './schemas.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: z.ZodType;
}

export interface ResponseDescription {
  description: string;
  /** Present when JSON may be answered. */
  json?: z.ZodType;
  /** Present when text may be answered: an example of each. */
  text?: readonly string[];
}

export interface OperationDescription {
  summary: string;
  parameters?: readonly Parameter[];
  body?: z.ZodType;
  /** By status. */
  responses: Readonly<Record<number, ResponseDescription>>;
}

export interface Operation extends OperationDescription {
  id: string;
  method: Method;
  /** Without the leading slash: `runs/{id}`. */
  route: string;
  /** Undefined: nobody looks for a token. */
  role: Role | undefined;
  isTokenOptional: boolean;
}

/** The document for `/openapi.json`. */
export function openApiDocument(operations: readonly Operation[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[`/${operation.route}`] ?? {};
    path[operation.method.toLowerCase()] = describe(operation);
    paths[`/${operation.route}`] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'syncboard',
      version: '1',
      description: 'Keeps an aggregate billing base in step with its sources.',
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        Problem: {
          description: 'A refusal: one line of text, or a problem document (RFC 9457)',
          content: {
            'application/problem+json': { schema: jsonSchema(problemSchema, 'output') },
            'text/plain': { schema: { type: 'string' } },
          },
        },
      },
    },
  };
}

/** Role names stand where OAuth has its scopes (OpenAPI 3.1, Security Requirement Object). */
function security({ role, isTokenOptional }: Operation): Record<string, string[]>[] {
  if (role === undefined) return [];
  return isTokenOptional ? [{}, { token: [role] }] : [{ token: [role] }];
}

const pretty: Parameter = {
  name: prettyParameter,
  in: 'query',
  description: 'JSON is indented, for people',
  schema: z.enum(['', 'true', 'false']),
};

function describe(operation: Operation): Record<string, unknown> {
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    { description: response.description, content: content(response) },
  ]);
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: security(operation),
    parameters: [...(operation.parameters ?? []), pretty].map(({ schema, ...parameter }) => ({
      ...parameter,
      required: parameter.in === 'path',
      schema: jsonSchema(schema, 'input'),
    })),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(operation.body, 'input') } },
          },
        }),
    responses: {
      ...Object.fromEntries(responses),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function content({ json, text }: ResponseDescription): Record<string, unknown> {
  return {
    ...(json === undefined ? {} : { 'application/json': { schema: jsonSchema(json, 'output') } }),
    ...(text === undefined
      ? {}
      : { 'text/plain': { schema: { type: 'string', examples: [...text] } } }),
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io });
  return document;
}
