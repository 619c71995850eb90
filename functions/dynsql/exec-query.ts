import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DynsqlConnection } from '../../shared/app/connections/connection.ts';
import { fairAnswer } from '../../shared/app/connections/fair-answer.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { queryOfParameters } from '../../shared/dynsql/language/query-parameters.ts';
import { show } from '../../shared/faults/show.ts';
import { accepts } from '../../shared/http/accept.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { Call, RouteHandler } from '../../shared/http/handler.ts';
import { laidOutPieces } from '../../shared/http/json-layout.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { streamedAnswer } from '../../shared/http/streamed-answer.ts';
import { withoutSchema } from '../../shared/json/without-schema.ts';
import { isDry } from '../shapes/dry.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';

/** Bytes: several lists of 10,000 values. */
const bodyLimit = 4 * 1024 * 1024;

/** Azure's front end gives up after 230 s without a byte. */
const firstByteMs = 220_000;

/** Runs a query; its rows, or the pages of a report, are sent as they come. */
export function execQuery(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const asked = askedOf(app, request, context, call);
    const read = await readJsonObject(request, call.signal, { limit: bodyLimit });
    // A file of a query names its schema for the editor that it is written with.
    const body = withoutSchema(read);
    return await explained(context, () => answered(app, asked, body));
  };
}

/** The same by GET: the parameters of the address are the query. */
export function readRows(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const asked = askedOf(app, request, context, call);
    const { connection, definition: id } = asked;
    return await explained(context, async () => {
      const { definition } = await connection.described(id, call.signal);
      const { body, named } = queryOfParameters(definition, request.query);
      try {
        return await answered(app, asked, body);
      } catch (error) {
        throw named(error);
      }
    });
  };
}

interface Asked {
  request: HttpRequest;
  context: InvocationContext;
  call: Call;
  connection: DynsqlConnection;
  /** Packed CLSID, as it was given. */
  definition: string;
  report: string | undefined;
  isDryRun: boolean;
  contentType: string;
}

/** What is asked for beside the query itself. @throws HttpProblem for what cannot be */
function askedOf(
  app: AppServices,
  request: HttpRequest,
  context: InvocationContext,
  call: Call,
): Asked {
  const connection = allowedConnection(request, app, call.caller);
  const report = request.query.get('report') ?? undefined;
  const isDryRun = isDry(request.query);
  const contentType = report === undefined || isDryRun ? 'application/json' : 'application/pdf';
  requireAccepted(request, contentType);
  const definition = pathParameter(request, 'id');
  return { request, context, call, connection, definition, report, isDryRun, contentType };
}

async function answered(
  app: AppServices,
  { request, context, call, connection, definition, report, isDryRun, contentType }: Asked,
  body: unknown,
): Promise<HttpResponseInit> {
  const { caller, signal, isPretty } = call;
  const holder = { name: caller?.name ?? '', weight: caller?.weight };
  const answer = connection.answer({ definition, body, report, user: caller?.name });
  if (isDryRun) return json(await answer.dry(signal));
  const headers = { 'content-type': contentType };
  // What is not sent is not asked for.
  if (request.method === 'HEAD') return { headers };
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(tooSlow()), firstByteMs);
  try {
    const limit = AbortSignal.any([app.dynsql.stopping, slow.signal]);
    const inTurn = (within: AbortSignal) =>
      fairAnswer(connection.places, holder, answer.make, within);
    const make =
      contentType === 'application/json'
        ? (within: AbortSignal) => laidOutPieces(inTurn(within), isPretty)
        : inTurn;
    return await streamedAnswer(request, {
      invocationId: context.invocationId,
      make,
      signal: limit,
      headers: () => headers,
      isPacked: contentType === 'application/pdf',
    });
  } finally {
    clearTimeout(timer);
  }
}

function requireAccepted(request: HttpRequest, contentType: string): void {
  const given = request.headers.get('accept');
  if (accepts(given, contentType)) return;
  const message =
    contentType === 'application/pdf'
      ? 'A report is a PDF: Accept must allow application/pdf.'
      : 'Rows are JSON: Accept must allow application/json; a PDF needs ?report=<id>.';
  throw new HttpProblem('not-acceptable', message, {
    errors: [{ field: 'Accept', message, value: show(given), allowed: contentType }],
  });
}

function tooSlow(): HttpProblem {
  const text = `The answer did not begin within ${firstByteMs / 1000} s. Ask for less at once.`;
  return new HttpProblem('too-slow', text);
}
