/** Whether answers, and requests that were accepted, are what `/openapi.json` says they are. */

import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface Answered {
  method: string;
  /** Of the request, with or without its query. */
  path: string;
  status: number;
  headers: Headers;
  /** Undefined: it was not read, or is bytes. */
  text?: string;
  /** What was asked; it must be described, too, where the answer is a success. */
  asked: Asked;
}

export interface Asked {
  headers: Headers;
  /** Undefined: there was none, or it is no text. */
  body?: string | undefined;
  /** Values of the path's parameters, where the path is their template. */
  parameters?: Readonly<Record<string, string>> | undefined;
}

interface Described {
  headers?: Record<string, { required?: boolean }>;
  content: Record<string, { schema?: unknown }>;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  /** Its members are parameters by themselves. */
  explode?: boolean;
}

interface Operation {
  responses: Record<string, Described>;
  parameters: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: unknown }> };
  /** Empty, or one that is: nobody must say who asks. */
  security: Record<string, string[]>[];
}

interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** Headers of any answer: HTTP's own, the host's, and those of security that all have. */
const anybodys = new Set([
  'content-encoding',
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  'x-ms-invocation-id',
  ...['cache-control', 'content-security-policy', 'referrer-policy', 'x-content-type-options'],
  ...['cross-origin-resource-policy', 'strict-transport-security'],
]);

/** Throws `AssertionError` for what the document does not describe. */
export type Describes = (answer: Answered) => void;

/** By the document that the app at `url` serves. */
export async function describedAt(url: string): Promise<Describes> {
  const response = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(30_000) });
  return describedBy((await response.json()) as ApiDocument);
}

/** @param document - `/openapi.json`, parsed */
export function describedBy(document: ApiDocument): Describes {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  // A schema is a place in the document, whose own members say nothing.
  ajv.addVocabulary(Object.keys(document));
  ajv.addSchema(document, 'document');
  const validators = new Map<string, ValidateFunction>();

  /** What is at a place of the document, whose keys are `keys`. */
  function requireValid(keys: readonly string[], value: unknown, what: string): void {
    const place = keys.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const validate = validators.get(place) ?? ajv.compile({ $ref: `document#/${encode(place)}` });
    validators.set(place, validate);
    assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
  }

  return ({ method, path, status, headers, text, asked }) => {
    const template = templateOf(Object.keys(document.paths), path);
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    const what = `${method} ${template ?? path}: ${status} ${text?.slice(0, 300) ?? ''}`;
    const type = headers.get('content-type')?.replace(/;.*/, '').toLowerCase();
    // A path that is not the app's is the host's business.
    if (template === undefined) return assert.equal(status, 404, what);
    const operation = document.paths[template]?.[verb];
    if (operation === undefined) {
      assert.ok(headers.has('allow'), what);
      assert.equal(status, verb === 'options' ? 204 : 405, what);
      if (type !== 'application/problem+json' || method === 'HEAD') return;
      return requireValid(['components', 'schemas', 'Problem'], JSON.parse(text ?? ''), what);
    }
    if (status < 300) {
      const check: Check = (keys, value, about) =>
        requireValid(['paths', template, verb, ...keys], value, `${what}: asked with ${about}`);
      requireAsked(operation, template, path, asked, check);
    }
    const response = operation.responses[status];
    assert.ok(response, `${what}: the status is not described`);
    const place = ['paths', template, verb, 'responses', String(status)];
    const declared = Object.entries(response.headers ?? {});
    for (const [name, { required }] of declared) {
      const value = headers.get(name);
      if (value === null) assert.ok(!required, `${what}: there is no ${name}`);
      else requireValid([...place, 'headers', name, 'schema'], value, `${what}: ${name}`);
    }
    const known = declared.map(([name]) => name.toLowerCase());
    for (const name of headers.keys()) {
      assert.ok(anybodys.has(name) || known.includes(name), `${what}: ${name} is not described`);
    }
    if (status === 304) return assert.equal(type, undefined, what);
    // One without any content is described as one.
    if (type === undefined && Object.keys(response.content).length === 0) {
      return assert.equal(text ?? '', '', what);
    }
    const content = response.content[type ?? ''];
    assert.ok(content, `${what}: ${type} is not described`);
    if (method === 'HEAD' || text === undefined || content.schema === undefined) return;
    const value = type?.endsWith('json') ? JSON.parse(text) : text;
    requireValid([...place, 'content', type ?? '', 'schema'], value, what);
  };
}

/** @param keys of the place of a schema below the operation */
type Check = (keys: readonly string[], value: unknown, about: string) => void;

function requireAsked(
  { parameters, requestBody, security }: Operation,
  template: string,
  path: string,
  { headers, body, parameters: given }: Asked,
  check: Check,
): void {
  const [route = '', query = ''] = path.split('?');
  const values = {
    path: new Map(Object.entries(given ?? valuesOf(template, route))),
    query: new URLSearchParams(query),
    header: headers,
  };
  const queried = parameters.filter((one) => one.in === 'query');
  const named = new Set(queried.filter(({ explode }) => !explode).map(({ name }) => name));
  // What has no name of its own is a member of the one parameter that is an object.
  const members = [...values.query].filter(([name]) => !named.has(name));
  if (!queried.some(({ explode }) => explode)) {
    const [name] = members[0] ?? [];
    assert.ok(name === undefined, `${template}: the query parameter ${name} is not described`);
  }
  for (const [index, { name, in: place, required, explode }] of parameters.entries()) {
    const value = explode ? Object.fromEntries(members) : (values[place].get(name) ?? undefined);
    if (value !== undefined) check(['parameters', String(index), 'schema'], value, name);
    else assert.ok(!required, `${template}: there is no ${name}`);
  }
  // A token may come in any body; without anything else in it there is nothing to describe.
  const isBare = requestBody === undefined && isBareToken(body);
  if (body && !isBare) {
    const type = headers.get('content-type')?.replace(/;.*/, '').toLowerCase() ?? '';
    const [known] = [type, '*/*'].filter((one) => requestBody?.content[one]);
    assert.ok(known !== undefined, `${template}: a body of ${type} is not described`);
    const hasSchema = requestBody?.content[known]?.schema !== undefined;
    const place = ['requestBody', 'content', known, 'schema'];
    if (hasSchema) check(place, JSON.parse(body), 'its body');
  } else assert.ok(!requestBody?.required, `${template}: there is no body`);
  const isOpen = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
  // What the platform makes of its cookie.
  const isNamed =
    headers.has('authorization') ||
    headers.has('x-ms-client-principal') ||
    (body ?? '').includes('"token"');
  assert.ok(isOpen || isNamed, `${template}: nobody said who asks`);
}

function isBareToken(body: string | undefined): boolean {
  if (!body?.startsWith('{')) return false;
  return Object.keys(JSON.parse(body)).every((name) => name === 'token');
}

/** Of a path that fits. */
function valuesOf(template: string, path: string): Record<string, string> {
  const segments = path.split('/');
  const parts = template.split('/').map((part, index) => [part, segments[index] ?? ''] as const);
  return Object.fromEntries(
    parts
      .filter(([part]) => part.startsWith('{'))
      .map(([part, value]) => [part.slice(1, -1), decodeURIComponent(value)]),
  );
}

/** The path template that fits; where several do, the one with the fewest parameters. */
function templateOf(templates: readonly string[], path: string): string | undefined {
  const parts = (path.split('?')[0] ?? '').split('/');
  const parameters = (template: string) => template.split('{').length;
  return templates
    .filter((template) => {
      const expected = template.split('/');
      return (
        expected.length === parts.length &&
        expected.every((one, index) => one === parts[index] || (one[0] === '{' && parts[index]))
      );
    })
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

/** A JSON pointer as it stands in the fragment of an address. */
function encode(pointer: string): string {
  return pointer.split('/').map(encodeURIComponent).join('/');
}
