/** One request from its first byte to its answer's last, with whatever is set to go wrong. */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Refusal, receive } from 'stand-in-kit';
import { authenticate, type Identity } from '../auth/authenticate.ts';
import { CompanyError } from '../company/index.ts';
import type { Instance } from '../instance.ts';
import { attachmentRoutes } from '../routes/attachments.ts';
import { changesRoutes } from '../routes/changes.ts';
import { companyRoutes } from '../routes/companies.ts';
import { hookRoutes } from '../routes/hooks.ts';
import { loginRoutes } from '../routes/login.ts';
import { recordRoutes } from '../routes/records.ts';
import { writeRoutes } from '../routes/writes.ts';
import { type Answer, refused } from './answer.ts';
import { readBody, readWinstrom } from './body.ts';
import type { Call } from './call.ts';
import { acceptedFormat, type Format } from './format.ts';
import { type Path, parsePath } from './path.ts';
import { findRoute, type Match, type Route } from './router.ts';
import { send } from './send.ts';

/** Changes and hooks come before evidences: their patterns are the narrower ones. */
const routes: readonly Route[] = [
  ...loginRoutes,
  ...changesRoutes,
  ...hookRoutes,
  ...companyRoutes,
  ...attachmentRoutes,
  ...recordRoutes,
  ...writeRoutes,
];

/** @param closing aborted when the server closes; whatever waits then ends */
export async function handle(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const url = urlOf(request.url ?? '/');
  const method = request.method ?? 'GET';
  const found = find(method, url);
  const company = found.match?.parameters['company'];
  const kind = found.match?.route.kind ?? 'other';
  const about = {
    kind,
    method,
    path: shownPath(url),
    ...(company === undefined ? {} : { company }),
  };
  const received = await receive(instance, about, response, closing);
  if (received === undefined) return;
  const { refusal, broken } = received;
  const { answer, format } = await answerTo(instance, request, url, found, refusal, closing);
  if (broken === 'answer') response.destroy();
  else send(response, answer, format, broken);
}

/** Of what is no URL, such as `*`, a path that is refused as badly encoded. */
function urlOf(target: string): URL {
  const text = `http://127.0.0.1${target}`;
  return new URL(URL.canParse(text) ? text : 'http://127.0.0.1/%');
}

interface Found {
  path?: Path;
  match?: Match;
  /** Why there is no match. */
  refusal?: Refusal;
}

function find(method: string, url: URL): Found {
  let path: Path | undefined;
  try {
    path = parsePath(url.pathname);
    return { path, match: findRoute(routes, method, path.segments, path.filter !== undefined) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error, ...(path ? { path } : {}) };
    throw error;
  }
}

async function answerTo(
  instance: Instance,
  request: IncomingMessage,
  url: URL,
  { path, match, refusal }: Found,
  onDemand: Refusal | undefined,
  closing: AbortSignal,
): Promise<{ answer: Answer; format: Format }> {
  const wanted = wantedFormat(path?.suffix, request.headers);
  const format = wanted ?? 'json';
  try {
    if (onDemand) throw onDemand;
    const identity =
      match?.route.login === false
        ? undefined
        : authenticate(request.headers, url.searchParams, instance.accounts, instance.sessions);
    if (refusal) throw refusal;
    if (!match) throw new Refusal(404, 'Stránka neexistuje');
    if (wanted === undefined) throw new Refusal(406, 'Formát není podporován');
    checkLicence(instance, match);
    const call = callOf(request, url, path, match, format, identity, closing);
    const answer = await match.route.run(instance, call);
    const raw = answer.raw ?? (format === 'csv' ? answer.csv?.() : undefined);
    const isTable = format === 'csv' && answer.status < 300;
    if (isTable && raw === undefined) throw new Refusal(406, 'Formát není podporován');
    return { answer: { ...answer, ...(raw && { raw }) }, format };
  } catch (error) {
    return { answer: refusalOf(error), format };
  }
}

/** What is sent is what comes back, where neither suffix nor `Accept` says otherwise. */
function wantedFormat(
  suffix: Path['suffix'],
  { accept = '*/*', 'content-type': sent }: IncomingHttpHeaders,
): Format | undefined {
  if (suffix !== undefined) return suffix === 'elsewhere' ? undefined : suffix;
  const alike = accept === '*/*' && sent !== undefined ? acceptedFormat(sent) : undefined;
  return alike ?? acceptedFormat(accept);
}

function callOf(
  request: IncomingMessage,
  url: URL,
  path: Path | undefined,
  match: Match,
  format: Format,
  identity: Identity | undefined,
  closing: AbortSignal,
): Call {
  const bytes = () => readBody(request);
  const text = async () => (await bytes()).toString('utf8');
  return {
    method: request.method ?? 'GET',
    origin: `http://${request.headers.host ?? '127.0.0.1'}`,
    suffix: path?.suffix === undefined ? '' : `.${path.suffix}`,
    format,
    parameters: match.parameters,
    query: url.searchParams,
    closing,
    contentType: request.headers['content-type'],
    bytes,
    text,
    winstrom: async () => readWinstrom(await text(), request.headers['content-type'], format),
    ...(path?.filter === undefined ? {} : { filter: path.filter }),
    ...(identity ? { identity } : {}),
  };
}

/** @throws Refusal 403, and 402 for writes */
function checkLicence({ companies }: Instance, { route, parameters }: Match): void {
  const found = companies.get(parameters['company'] ?? '');
  if (found?.licence !== 'missing' || route.kind === 'company') return;
  const writes = route.kind === 'write' || route.kind === 'delete';
  throw new Refusal(writes ? 402 : 403, 'Licence neumožňuje použití REST API');
}

function refusalOf(error: unknown): Answer {
  if (error instanceof Refusal) return refused(error.status, error.message, error.headers);
  if (error instanceof CompanyError) return refused(error.status, error.message, {}, error.code);
  console.error(error);
  return refused(500, error instanceof Error ? error.message : String(error));
}

/** A session's token is as good as a password. */
function shownPath(url: URL): string {
  const shown = new URL(url);
  if (shown.searchParams.has('authSessionId')) shown.searchParams.set('authSessionId', '…');
  return `${shown.pathname}${shown.search}`;
}
