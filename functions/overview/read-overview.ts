/** Is all well? And what is known of each entity of each data source. */

import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import type { Facts } from '../../shared/board/overview/facts.ts';
import { overviewOf, overviewSchema } from '../../shared/board/overview/overview.ts';
import {
  type Language,
  languages,
  overviewText,
  type Tool,
} from '../../shared/board/overview/text.ts';
import { preferredLanguage } from '../../shared/http/accept-language.ts';
import { json, plain, prefersJson } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize, mayTouch } from '../../shared/http/callers.ts';
import { isKnown, type TaggedAnswer, tagged } from '../../shared/http/conditional.ts';
import type { Call, RouteHandler } from '../../shared/http/handler.ts';
import { clientGone } from '../../shared/http/outgoing.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { cellsSchema, toolOf } from '../shapes/overview.ts';
import { waitMsOf } from '../shapes/run-views.ts';
import { runsQuery } from '../shapes/runs-query.ts';
import { seenBy } from './seen-by.ts';

/** Made once for the facts as they are: whoever polls gets the same until they change. */
const made = new WeakMap<Facts, Map<string, TaggedAnswer>>();

/**
 * All of it, for the data sources that the caller may touch. With `wait` an answer that the client
 * has is held until there is another, the time is over, the client has gone or the worker stops.
 */
export function readOverview(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const isJson = prefersJson(request, 'json');
    const language = preferredLanguage(request.headers.get('accept-language'), languages, 'en');
    const tool = toolOf(request.query);
    const form = isJson ? 'json' : `${language} ${tool}`;
    return await held(app, { request, context, call }, form, (facts, caller) => {
      const overview = overviewOf(
        seenBy(facts, caller),
        app.overviews.isStale(facts) ? facts.lookedAt : undefined,
      );
      const headers = { vary: 'Accept, Accept-Language' };
      if (isJson) return json(overviewSchema.parse(overview), { headers });
      return plain(textIn({ language, tool }, overview, app), {
        headers: { ...headers, 'content-language': language },
      });
    });
  };
}

function textIn(
  reader: { language: Language; tool: Tool },
  overview: ReturnType<typeof overviewOf>,
  app: AppServices,
) {
  return overviewText(overview, { ...reader, timeZone: app.catalog.periods.timeZone });
}

/** Of each entity of each data source; `code` and `name` choose some. */
export function readCells(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { codes, names } = runsQuery(request.query, app.catalog, true).filter;
    const { caller } = call;
    if (caller !== undefined && codes !== undefined) {
      authorize(
        caller,
        codes.map((code) => ({ code, field: 'code' })),
      );
    }
    return await held(app, { request, context, call }, `cells?${request.query}`, (facts, by) => {
      const cells = facts.cells.filter(
        ({ code, entity }) =>
          mayTouch(by, [code]) &&
          (codes === undefined || codes.includes(code)) &&
          (names === undefined || names.includes(entity)),
      );
      return json(cellsSchema.parse({ cells }));
    });
  };
}

interface Asked {
  request: HttpRequest;
  context: InvocationContext;
  call: Call;
}

async function held(
  app: AppServices,
  { request, context, call: { caller, signal } }: Asked,
  form: string,
  view: (facts: Facts, caller: Caller) => HttpResponseInit,
): Promise<TaggedAnswer> {
  if (caller === undefined) throw new Error('the overview needs a route that asks for a token');
  const waitMs = waitMsOf(request.query);
  const look = async () => {
    const seen = await app.overviews.facts(signal);
    if (seen?.value == null) throw noneYet();
    const { value, etag } = seen;
    const isStale = app.overviews.isStale(value);
    const key = JSON.stringify([form, caller.codes, isStale, app.catalog.revision]);
    const known = made.get(value) ?? new Map<string, TaggedAnswer>();
    made.set(value, known);
    const answer = known.get(key) ?? tagged(view(value, caller));
    known.set(key, answer);
    return { answer, etag };
  };
  let { answer, etag } = await look();
  if (waitMs === 0 || !isKnown(request, answer.headers['etag'])) return answer;
  const limit = AbortSignal.any([
    AbortSignal.timeout(waitMs),
    clientGone(context.invocationId),
    app.stopping,
  ]);
  while (isKnown(request, answer.headers['etag'])) {
    await app.overviews.changedSince(etag, limit);
    if (limit.aborted) return answer;
    ({ answer, etag } = await look());
  }
  return answer;
}

function noneYet(): HttpProblem {
  const message = 'There is no overview yet, and none can be made now: try again later.';
  return new HttpProblem('unavailable', message, { headers: { 'retry-after': '5' } });
}
