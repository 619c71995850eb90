import type { AppServices } from '../../shared/app/services.ts';
import type { ShownState } from '../../shared/app/shown-company.ts';
import { sideBySide } from '../../shared/async/side-by-side.ts';
import type { FollowedCompany } from '../../shared/catalog/index.ts';
import { closureText } from '../../shared/closures/closures.ts';
import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import type { Reconciliation, Report, Walk } from '../../shared/flexibee/reconcile/document.ts';
import { json } from '../../shared/http/answer.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import type { CompanyDetails, CompanySummary, ReconciliationDetails } from '../shapes/companies.ts';
import { withCode } from './ask-server.ts';
import { allowedCompany } from './named-company.ts';

/** Documents that are read side by side for the list. */
const readsAtOnce = 32;

/** Somebody looks: what the server says now is worth this much waiting, and no more. */
const liveMs = 3_000;

/** Every company that the caller may touch: where we are with it, as of its last poll. */
export function listCompanies(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    const read = async (company: FollowedCompany, within: AbortSignal) =>
      summary(app, company, await app.companies.state(company.code, within));
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const visible = app.companies.all.filter(({ code }) => mayTouch(caller, [code]));
    const companies = await sideBySide(visible, readsAtOnce, read, signal);
    return json({ companies });
  };
}

/** One company: where we are with it, and what its server says this moment. */
export function readCompany(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const company = allowedCompany(request, app, caller);
    const { code, name, server } = company;
    const [state, reconciliation, live] = await Promise.all([
      app.companies.state(code, signal),
      app.companies.reconciliation(code, signal),
      askLive(app, code, signal),
    ]);
    const known = 'globalVersion' in live ? live.globalVersion : state.globalVersion;
    const { version, lag, generation, gaps, stale, hidden, loads, evidences, typed } = state;
    const { pending, failures, requests } = state;
    const isKnown = known !== undefined && version !== undefined;
    const details: CompanyDetails = {
      ...summary(app, company, state),
      ...(known !== undefined && { globalVersion: known }),
      lag: { ...lag, ...(isKnown && { versions: Math.max(0, known - version) + gaps }) },
      name,
      server,
      live,
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
    return json(details);
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
  app: AppServices,
  { code, paused }: FollowedCompany,
  state: ShownState,
): CompanySummary {
  const { phase, trouble, closure, version, globalVersion, lag, blocked, warnings, appliedAt } =
    state;
  return {
    code,
    description: app.catalog.codes()[code] ?? code,
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

async function askLive(
  app: AppServices,
  code: string,
  signal: AbortSignal,
): Promise<CompanyDetails['live']> {
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
