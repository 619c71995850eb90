/** Whether answers are what `/openapi.json` says they are. */

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
}

interface Described {
  headers?: Record<string, { required?: boolean }>;
  content: Record<string, { schema?: unknown }>;
}

interface ApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
}

/** Headers of any answer: HTTP's own, the host's, and those of security that all have. */
const anybodys = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  'x-ms-invocation-id',
  ...['cache-control', 'content-security-policy', 'referrer-policy', 'x-content-type-options'],
]);

/** Throws `AssertionError` for an answer that the document does not describe. */
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

  return ({ method, path, status, headers, text }) => {
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
    const content = response.content[type ?? ''];
    assert.ok(content, `${what}: ${type} is not described`);
    if (method === 'HEAD' || text === undefined || content.schema === undefined) return;
    const value = type?.endsWith('json') ? JSON.parse(text) : text;
    requireValid([...place, 'content', type ?? '', 'schema'], value, what);
  };
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
