/** Is all well? And what is known of each entity of each data source. */

import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import type { Facts } from '../../shared/board/overview/facts.ts';
import { type Overview, overviewOf } from '../../shared/board/overview/overview.ts';
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
import { sharedAgeMs } from '../../shared/sync/syncs.ts';
import { isFlagged } from '../shapes/flag.ts';
import { cellsSchema, liveOverviewSchema, toolOf } from '../shapes/overview.ts';
import { runProgress, waitMsOf } from '../shapes/run-views.ts';
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
    const hasProgress = isFlagged(request.query, 'progress');
    const overviewFor = (facts: Facts, caller: Caller) =>
      overviewOf(seenBy(facts, caller), app.overviews.isStale(facts) ? facts.lookedAt : undefined);
    const asked = { request, context, call };
    if (isJson && hasProgress) return await held(app, asked, withProgress(app, overviewFor, call));
    const form = isJson ? 'json' : `${language} ${tool}`;
    const view = (facts: Facts, caller: Caller) => {
      const overview = overviewFor(facts, caller);
      if (isJson) return json(liveOverviewSchema.parse(overview), { headers });
      return plain(textIn({ language, tool }, overview, app), {
        headers: { ...headers, 'content-language': language },
      });
    };
    return await held(app, asked, remembered(app, form, view));
  };
}

const headers = { vary: 'Accept, Accept-Language' };

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
    const view = (facts: Facts, by: Caller) => {
      const cells = facts.cells.filter(
        ({ code, entity }) =>
          mayTouch(by, [code]) &&
          (codes === undefined || codes.includes(code)) &&
          (names === undefined || names.includes(entity)),
      );
      return json(cellsSchema.parse({ cells }));
    };
    const form = `cells?${request.query}`;
    return await held(app, { request, context, call }, remembered(app, form, view));
  };
}

interface Asked {
  request: HttpRequest;
  context: InvocationContext;
  call: Call;
}

interface Seen {
  answer: TaggedAnswer;
  /** Resolves when something of it may be another, or by the signal. */
  changed(signal: AbortSignal): Promise<unknown>;
}

/** What is answered for the facts, which are those of this ETag. */
type Look = (facts: Facts, etag: string, caller: Caller) => Seen | Promise<Seen>;

/** The same for all callers who see the same, until the facts are others. */
function remembered(
  app: AppServices,
  form: string,
  view: (facts: Facts, caller: Caller) => HttpResponseInit,
): Look {
  return (facts, etag, caller) => {
    const key = JSON.stringify([
      ...[form, caller.codes, app.overviews.isStale(facts), app.catalog.revision],
    ]);
    const known = made.get(facts) ?? new Map<string, TaggedAnswer>();
    made.set(facts, known);
    const answer = known.get(key) ?? tagged(view(facts, caller));
    known.set(key, answer);
    return { answer, changed: (signal) => app.overviews.changedSince(etag, signal) };
  };
}

/** With how far each run is that has a server; looks at runs are shared by all who wait. */
function withProgress(
  app: AppServices,
  overviewFor: (facts: Facts, caller: Caller) => Overview,
  { signal }: Call,
): Look {
  return async (facts, etag, caller) => {
    const overview = overviewFor(facts, caller);
    const ids = [...new Set(overview.servers.flatMap(({ run = [] }) => run))];
    const looks = await Promise.all(ids.map((id) => app.syncs.look(id, sharedAgeMs, signal)));
    // One that has ended meanwhile is told as such before its servers are free.
    const seen = looks.filter((look) => look !== undefined);
    const runs = seen.map(({ run }) => ({ ...runProgress(run), user: run.user }));
    const answer = tagged(json(liveOverviewSchema.parse({ ...overview, runs }), { headers }));
    const changed = async (limit: AbortSignal) => {
      const first = new AbortController();
      const any = AbortSignal.any([limit, first.signal]);
      const waits = seen.map((look) => app.syncs.changed(look.run.id, look.etag, any));
      await Promise.race([app.overviews.changedSince(etag, any), ...waits]);
      first.abort();
    };
    return { answer, changed };
  };
}

async function held(
  app: AppServices,
  { request, context, call: { caller, signal, place } }: Asked,
  view: Look,
): Promise<TaggedAnswer> {
  if (caller === undefined) throw new Error('the overview needs a route that asks for a token');
  const waitMs = waitMsOf(request.query);
  const look = async () => {
    const seen = await app.overviews.facts(signal);
    if (seen?.value == null) throw noneYet();
    return await view(seen.value, seen.etag, caller);
  };
  let { answer, changed } = await look();
  if (waitMs === 0 || !isKnown(request, answer.headers['etag'])) return answer;
  const limit = AbortSignal.any([
    AbortSignal.timeout(waitMs),
    clientGone(context.invocationId),
    app.stopping,
    signal,
  ]);
  while (isKnown(request, answer.headers['etag'])) {
    await place.aside(() => changed(limit));
    if (limit.aborted) return answer;
    ({ answer, changed } = await look());
  }
  return answer;
}

function noneYet(): HttpProblem {
  const message = 'There is no overview yet, and none can be made now: try again later.';
  return new HttpProblem('unavailable', message, { headers: { 'retry-after': '5' } });
}
