import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Answer, DynsqlConnection } from '../../shared/app/connections/connection.ts';
import { fairAnswer } from '../../shared/app/connections/fair-answer.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { queryOfParameters } from '../../shared/dynsql/language/query-parameters.ts';
import { csvPieces } from '../../shared/dynsql/tables/csv.ts';
import { workbookPieces } from '../../shared/dynsql/tables/xlsx/workbook.ts';
import { json } from '../../shared/http/answer.ts';
import { attachment } from '../../shared/http/attachment.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { patienceMs } from '../../shared/http/call-place.ts';
import { keyOf } from '../../shared/http/caller.ts';
import type { Call, RouteHandler } from '../../shared/http/handler.ts';
import { laidOutPieces } from '../../shared/http/json-layout.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { type StreamedAnswer, streamedAnswer } from '../../shared/http/streamed-answer.ts';
import { withoutSchema } from '../../shared/json/without-schema.ts';
import { isDry } from '../shapes/dry.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';
import { type Representation, representationOf } from './representation.ts';

/** Bytes: several lists of 10,000 values. */
const bodyLimit = 4 * 1024 * 1024;

/** Azure's front end gives up after 230 s without a byte. */
const firstByteMs = 220_000;

/** Runs a query; its rows, or the pages of a report, are sent as they come. */
export function execQuery(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const asked = askedOf(app, request, context, call);
    const read = await readJsonObject(request, call, { limit: bodyLimit });
    // A file of a query names its schema for the editor that it is written with.
    const body = withoutSchema(read);
    return await explained(context, call.caller, () => answered(app, asked, body));
  };
}

/** The same by GET: the parameters of the address are the query. */
export function readRows(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const asked = askedOf(app, request, context, call);
    const { connection, definition: id } = asked;
    return await explained(context, call.caller, async () => {
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
  representation: Representation;
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
  const representation = representationOf(request, report, isDryRun);
  const definition = pathParameter(request, 'id');
  return { request, context, call, connection, definition, report, isDryRun, representation };
}

async function answered(
  app: AppServices,
  { request, context, call, connection, definition, report, isDryRun, representation }: Asked,
  body: unknown,
): Promise<HttpResponseInit> {
  const { caller, signal, place, isPretty } = call;
  const holder = { name: caller ? keyOf(caller) : '', weight: caller?.weight };
  const answer = connection.answer({ definition, body, report, user: caller?.name });
  if (isDryRun) return json(await place.aside(() => answer.dry(signal), patienceMs));
  const headers = { 'content-type': representation.contentType, vary: 'Accept' };
  // What is not sent is not asked for.
  if (request.method === 'HEAD') return { headers };
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(tooSlow()), firstByteMs);
  try {
    const limit = AbortSignal.any([app.dynsql.stopping, slow.signal]);
    const sent = sentAs(answer, representation, isPretty);
    // Queries have places of their own.
    place.end();
    return await streamedAnswer(request, {
      invocationId: context.invocationId,
      make: (within) => fairAnswer(connection.places, holder, sent.make, within),
      signal: limit,
      headers: () => ({ ...headers, ...sent.headers() }),
      isPacked: ['pdf', 'xlsx'].includes(representation.format),
    });
  } finally {
    clearTimeout(timer);
  }
}

/** How an answer is made, and what is known of it once its first piece is there. */
function sentAs(
  answer: Answer,
  { format, hasBom, escapesFormulas }: Representation,
  isPretty: boolean,
): Pick<StreamedAnswer, 'make'> & { headers(): Record<string, string> } {
  const none = () => ({});
  if (format === 'pdf') return { make: answer.make, headers: none };
  if (format === 'json') {
    return { make: (signal) => laidOutPieces(answer.make(signal), isPretty), headers: none };
  }
  let name = '';
  return {
    async *make(signal) {
      const tables = await answer.tables(signal);
      name = tables.name;
      if (format === 'csv') yield* csvPieces(tables, { hasBom, escapesFormulas });
      else yield* workbookPieces(tables);
    },
    headers: () => ({ 'content-disposition': attachment(name, format) }),
  };
}

function tooSlow(): HttpProblem {
  const text = `The answer did not begin within ${firstByteMs / 1000} s. Ask for less at once.`;
  return new HttpProblem('too-slow', text);
}
