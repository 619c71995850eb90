import type { HttpResponseInit } from '@azure/functions';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import type { Body, NamedCode } from '../../shared/faults/member.ts';
import { show } from '../../shared/faults/show.ts';
import type { Representation } from '../../shared/http/accept.ts';
import { json, textOrJson } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { type Caller, callerText, identityOf, inRole } from '../../shared/http/caller.ts';
import { authenticate, authorize, requireRole } from '../../shared/http/callers.ts';
import type { Call, RouteHandler } from '../../shared/http/handler.ts';
import { knownCodes } from '../../shared/sync/asked-codes.ts';
import type { SyncRequest } from '../../shared/sync/syncs.ts';
import type { ChangeCall } from '../changes.ts';
import { plannedRunSchema } from '../shapes/calls.ts';
import { codesOfCalls, parseCalls } from '../shapes/calls-request.ts';
import { isDry } from '../shapes/dry.ts';
import { idempotencyKey, replayedHeader } from '../shapes/idempotency-key.ts';
import { parseSyncRequest } from '../shapes/sync-request.ts';
import { beginRun, refuseTooMany, type Sent } from './begin-run.ts';

/** Bytes: as many calls as a run may have, each with all that a call may have. */
const callsLimit = 256 * 1024;

/** What differs between the routes that start a run. */
interface Starting {
  kind: SyncRequest['kind'];
  /** Bytes of a body. */
  limit?: number;
  /** What a client gets that does not say what it accepts. */
  otherwise: Representation;
  /** The data sources that are named, as far as the catalogue knows them: they need rights. */
  named(body: Body): NamedCode[];
  /** Throws `HttpProblem` 400. */
  parse(body: Body): Pick<SyncRequest, 'user' | 'calls' | 'whenBusy'>;
}

/** Syncs every entity of one data source or several. */
export function dataSourceSync(app: AppServices): RouteHandler {
  return start(app, oneCall(app, 'data_source'));
}

/** Syncs one entity of one data source or several. */
export function entitySync(app: AppServices): RouteHandler {
  return start(app, oneCall(app, 'entity'));
}

/** Starts a run of any calls. */
export function startRun(app: AppServices): RouteHandler {
  return start(app, {
    kind: 'calls',
    limit: callsLimit,
    otherwise: 'json',
    named: (body) => codesOfCalls(body, app.catalog),
    parse: (body) => parseCalls(body, app.catalog, app.now()),
  });
}

function oneCall(app: AppServices, kind: 'data_source' | 'entity'): Starting {
  return {
    kind,
    otherwise: 'text',
    named: ({ code }) => knownCodes({ field: 'code', value: code }, app.catalog),
    parse: (body) => parseSyncRequest(kind, body, app.catalog, app.now()),
  };
}

function start(app: AppServices, starting: Starting): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const dry = isDry(request.query);
    const { limit } = starting;
    const body = await readJsonObject(
      request,
      { signal, place },
      limit === undefined ? {} : { limit },
    );
    const token = await callerOf(body, { caller, place }, app);
    requireRole(token, 'run');
    authorize(token, starting.named(body));
    const sync = { kind: starting.kind, ...starting.parse(body), ...askerOf(token) };
    const key = idempotencyKey(request.headers);
    if (dry) return await planned(app, sync, signal);
    const call = { app, request, context, caller: token, signal };
    return await started(call, () => sync, { key, body }, starting.otherwise);
  };
}

/** Starts what is asked for; throws `HttpProblem` 409 where a server is busy, 400 where it is too much. */
export async function started(
  call: ChangeCall,
  sync: () => SyncRequest,
  sent: Sent,
  otherwise: Representation,
): Promise<HttpResponseInit> {
  const { request, context } = call;
  let asked: SyncRequest | undefined;
  const ask = () => {
    asked = sync();
    return asked;
  };
  const { isReplayed, ...begun } = await beginRun(call, ask, sent);
  const { id } = begun;
  const codes = [...new Set(asked?.calls.flatMap((one) => one.codes))].join(', ');
  const what = asked === undefined ? id : `${id} of ${codes}`;
  const { revision } = call.app.catalog;
  const by = `${show(sent.body['user'])} (${callerText(call.caller)}, catalogue ${revision})`;
  context.info(`Run ${what} was asked for by ${by}`);
  const location = `/runs/${id}`;
  const headers = { location, ...(isReplayed && { [replayedHeader]: 'true' }) };
  const answer = { status: 202, headers, otherwise };
  const accepted = { ...begun, location };
  if (begun.state === 'waiting') {
    return textOrJson(request, 'Synchronization is waiting.', accepted, answer);
  }
  context.extraOutputs.set(runQueueOutput, id);
  return textOrJson(request, 'Synchronization was started.', accepted, answer);
}

/**
 * What would be started, as JSON; nothing is. Throws `HttpProblem` 400 where it is too much.
 *
 * @param asOf from when months were counted, of whoever can be told so when it is started
 */
export async function planned(
  app: AppServices,
  sync: SyncRequest,
  signal: AbortSignal,
  asOf?: Date,
): Promise<HttpResponseInit> {
  const plan = await app.syncs.plan(sync, signal).catch(refuseTooMany);
  return json(plannedRunSchema.parse({ ...plan, ...(asOf && { asOf: asOf.toISOString() }) }));
}

/**
 * The member counts where it is sent; a header was looked at before the body was read. Whoever is
 * known by his body alone takes his place with it.
 *
 * @throws HttpProblem 401, 429, 503
 */
export async function callerOf(
  body: Body,
  { caller, place }: Pick<Call, 'caller' | 'place'>,
  app: AppServices,
): Promise<Caller> {
  if (caller !== undefined && !Object.hasOwn(body, 'token')) return caller;
  const token = authenticate(body['token'], app.settings.tokens, app.now());
  app.limits.caller(token);
  const named = inRole(identityOf(token), 'run');
  await app.calls.caller(named, place);
  return named;
}
