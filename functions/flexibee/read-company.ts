import type { SeenCompany } from '../../shared/app/companies.ts';
import type { AppServices } from '../../shared/app/services.ts';
import type { ShownState } from '../../shared/app/shown-company.ts';
import { sharedAgeMs } from '../../shared/async/looks.ts';
import { sideBySide } from '../../shared/async/side-by-side.ts';
import type { FollowedCompany } from '../../shared/catalog/index.ts';
import { closureText } from '../../shared/closures/closures.ts';
import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import type { Reconciliation, Report, Walk } from '../../shared/flexibee/reconcile/document.ts';
import { json } from '../../shared/http/answer.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import { isKnown, tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { clientGone } from '../../shared/http/outgoing.ts';
import type { CompanyDetails, CompanySummary, ReconciliationDetails } from '../shapes/companies.ts';
import { isFlagged } from '../shapes/flag.ts';
import { waitMsOf } from '../shapes/run-views.ts';
import { byLanguage, titleLanguage } from '../shapes/title-language.ts';
import { withCode } from './ask-server.ts';
import { allowedCompany } from './named-company.ts';

/** Documents that are read side by side for the list. */
const readsAtOnce = 32;

/** Somebody looks: what the server says now is worth this much waiting, and no more. */
const liveMs = 3_000;

/** Every company that the caller may touch: where we are with it, as of its last poll. */
export function listCompanies(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const codes = app.catalog.codes(titleLanguage(request));
    const read = async (company: FollowedCompany, within: AbortSignal) =>
      summary(codes, company, await app.companies.state(company.code, within));
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const visible = app.companies.all.filter(({ code }) => mayTouch(caller, [code]));
    const companies = await sideBySide(visible, readsAtOnce, read, signal);
    return json({ companies }, byLanguage);
  };
}

/**
 * One company: where we are with it, and what its server says this moment; with `live=false` its
 * server is left alone. With `wait`, which leaves it alone as well, an answer that the client has is
 * held until there is another, the time is over, the client has gone or the worker stops.
 */
export function readCompany(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const company = allowedCompany(request, app, caller);
    const codes = app.catalog.codes(titleLanguage(request));
    const waitMs = waitMsOf(request.query);
    const isLive = isFlagged(request.query, 'live', 'true') && waitMs === 0;
    if (isLive) {
      // Its server may be slow.
      place.end();
      const [seen, live] = await Promise.all([
        app.companies.look(company.code, 0, signal),
        askLive(app, company.code, signal),
      ]);
      return tagged(json(details(codes, company, seen, live), byLanguage));
    }
    const look = async () => {
      const seen = await app.companies.look(company.code, sharedAgeMs, signal);
      return { answer: tagged(json(details(codes, company, seen), byLanguage)), etag: seen.etag };
    };
    let { answer, etag } = await look();
    if (waitMs === 0 || !isKnown(request, answer.headers['etag'])) return answer;
    const held = AbortSignal.any([
      AbortSignal.timeout(waitMs),
      clientGone(context.invocationId),
      app.stopping,
      signal,
    ]);
    while (isKnown(request, answer.headers['etag'])) {
      await place.aside(() => app.companies.changed(company.code, etag, held));
      if (held.aborted) return answer;
      ({ answer, etag } = await look());
    }
    return answer;
  };
}

/** Data sources in words, by their codes. */
type Codes = Readonly<Record<string, string>>;

function details(
  codes: Codes,
  company: FollowedCompany,
  { state, reconciliation }: SeenCompany,
  live?: Live,
): CompanyDetails {
  const known = live && 'globalVersion' in live ? live.globalVersion : state.globalVersion;
  const { version, lag, generation, gaps, stale, hidden, loads, evidences, typed } = state;
  const { pending, failures, requests } = state;
  const isKnown = known !== undefined && version !== undefined;
  return {
    ...summary(codes, company, state),
    ...(known !== undefined && { globalVersion: known }),
    lag: { ...lag, ...(isKnown && { versions: Math.max(0, known - version) + gaps }) },
    name: company.name,
    server: company.server,
    ...(live && { live }),
    ...(generation !== undefined && { generation }),
    gaps,
    stale,
    hidden,
    loads,
    pending,
    failures,
    evidences,
    reconciliation: shownReconciliation(reconciliation, state.reconciliationDue),
    requests,
    typed,
  };
}

function shownReconciliation(
  { walk, last }: Reconciliation = {},
  due: ShownState['reconciliationDue'],
): ReconciliationDetails {
  const compared = (found: Report['found']) =>
    Object.values(found).reduce((sum, one) => sum + one.compared, 0);
  const evidence = walk?.evidences[0];
  return {
    state: stateOf(walk, last, due !== undefined),
    ...(due && { due: { since: due.since } }),
    ...(walk && {
      running: {
        startedAt: walk.startedAt,
        ...(evidence !== undefined && { evidence }),
        compared: compared(walk.found),
        requests: walk.requests,
        ...(walk.waits && { waits: shownWaiting(walk.waits) }),
      },
    }),
    ...(last && {
      last: {
        startedAt: last.startedAt,
        endedAt: last.endedAt,
        requests: last.requests,
        compared: compared(last.found),
        differences: Object.values(last.found).reduce(
          (sum, { missing, extra, different }) => sum + missing + extra + different,
          0,
        ),
        evidences: last.found,
        versions: last.versions,
        skipped: last.skipped,
      },
    }),
  };
}

function shownWaiting({ until, ...waits }: NonNullable<Walk['waits']>) {
  return { ...waits, ...(until !== undefined && { until }) };
}

/** @param isDue one is wished for, begun or not */
function stateOf(
  walk: Reconciliation['walk'],
  last: Report | undefined,
  isDue: boolean,
): ReconciliationDetails['state'] {
  if (walk !== undefined) return walk.waits === undefined ? 'running' : 'waiting';
  if (isDue) return 'due';
  return last === undefined ? 'never' : 'done';
}

function summary(
  codes: Codes,
  { code, paused }: FollowedCompany,
  state: ShownState,
): CompanySummary {
  const { phase, trouble, closure, version, globalVersion, lag, blocked, warnings, appliedAt } =
    state;
  return {
    code,
    description: codes[code] ?? code,
    state: trouble === undefined ? phase : 'trouble',
    paused,
    ...(closure !== undefined && { closure }),
    ...(trouble && { trouble: shownTrouble(trouble, code) }),
    ...(version !== undefined && { version }),
    ...(globalVersion !== undefined && { globalVersion }),
    lag,
    blocked,
    warnings,
    ...(appliedAt !== undefined && { appliedAt }),
  };
}

function shownTrouble(
  { retryAt, cure, ...trouble }: NonNullable<ShownState['trouble']>,
  code: string,
): NonNullable<CompanySummary['trouble']> {
  return { ...trouble, cure: withCode(cure, code), ...(retryAt !== undefined && { retryAt }) };
}

type Live = NonNullable<CompanyDetails['live']>;

async function askLive(app: AppServices, code: string, signal: AbortSignal): Promise<Live> {
  const closure = await app.companies.closure(code, signal);
  if (closure !== undefined) return { error: `not asked: ${closureText(closure)}` };
  const limit = AbortSignal.timeout(liveMs);
  try {
    const bounded = AbortSignal.any([signal, limit]);
    return { globalVersion: await app.companies.at(code).newestVersion(bounded) };
  } catch (error) {
    if (error instanceof FlexibeeError) {
      if (error.kind === 'changelog disabled') {
        await app.companies.sawChangelogOff(code, false, signal);
      }
      return { error: error.message, cure: withCode(error.cure, code) };
    }
    if (limit.aborted) return { error: `no answer within ${liveMs / 1000} s` };
    throw error;
  }
}
