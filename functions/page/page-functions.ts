/**
 * The operators' page: an index at `/`, and its files, whose names hold a digest of what is in
 * them. No part of the API, of which the page is a client like any other.
 */

import type { HttpFunctionOptions, HttpRequest, HttpResponseInit } from '@azure/functions';
import { codingFor } from '../../shared/http/compression.ts';
import { httpHandler, type Method, type RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { type PageFile, readPageFiles } from './page-files.ts';

/**
 * Nothing runs and nothing is drawn but what this app serves itself; no text becomes markup or
 * script (trusted types), nobody frames the page, and no form leads anywhere.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  vary: 'Accept-Encoding',
} as const;

let read: Promise<ReadonlyMap<string, PageFile>> | undefined;

function files(): Promise<ReadonlyMap<string, PageFile>> {
  read ??= readPageFiles(new URL('./page/', import.meta.url));
  read.catch(() => {
    read = undefined;
  });
  return read;
}

/** Asked for each time, and not sent again while it is the same. */
const index: RouteHandler = async (request) =>
  served(request, (await files()).get('index.html'), 'no-cache');

/** Kept for good: another content has another name. */
const file: RouteHandler = async (request) => {
  const found = (await files()).get(request.params['file'] ?? '');
  return served(request, found, 'public, max-age=31536000, immutable');
};

function served(
  request: HttpRequest,
  found: PageFile | undefined,
  cacheControl: string,
): HttpResponseInit {
  if (found === undefined) throw new HttpProblem('not-found', 'There is no such file.');
  const coding = codingFor(request.headers.get('accept-encoding'));
  const coded = coding && found.coded[coding];
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': found.type,
      'cache-control': cacheControl,
      etag: found.etag,
      ...(coded && coding && { 'content-encoding': coding }),
    },
    body: coded ?? found.plain,
  };
}

/**
 * By name. The host refuses an empty route: an optional parameter of no letters fits the empty path
 * alone. Files have a dot in their names, which the last part of no path of the API has.
 */
export const pageFunctions: Readonly<Record<string, HttpFunctionOptions>> = {
  page: pageFunction('{ignored:maxlength(0)?}', index),
  page_file: pageFunction('page/{file:regex(\\.)}', file),
};

function pageFunction(route: string, handler: RouteHandler): HttpFunctionOptions {
  const methods: Partial<Record<Method, RouteHandler>> = { GET: handler };
  return {
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    route,
    authLevel: 'anonymous',
    handler: httpHandler({
      methods,
      identify: () => undefined,
      queryOf: () => [],
      refusals: 'text',
      isStorageAway: () => false,
    }),
  };
}
