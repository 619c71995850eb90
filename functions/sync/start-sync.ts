import { runQueueOutput } from '../../shared/app/run-queue.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { textOrJson } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import type { Body } from '../../shared/http/member.ts';
import { authenticate, authorize, requireRole } from '../../shared/http/tokens.ts';
import type { ApiToken } from '../../shared/settings/settings.ts';
import { knownCodes } from '../shapes/requested-codes.ts';
import { parseSyncRequest, type SyncKind } from '../shapes/sync-request.ts';
import { beginRun } from './begin-run.ts';

/** Syncs every entity of one data source or several. */
export function dataSourceSync(app: AppServices): RouteHandler {
  return startSync(app, 'data_source');
}

/** Syncs one entity of one data source or several. */
export function entitySync(app: AppServices): RouteHandler {
  return startSync(app, 'entity');
}

function startSync(app: AppServices, kind: SyncKind): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const body = await readJsonObject(request, signal);
    const token = tokenOf(body, caller, app);
    requireRole(token, 'run');
    authorize(token, knownCodes(body, app.catalog));
    const sync = parseSyncRequest(kind, body, app.catalog, app.now());
    const id = await beginRun(
      { app, request, context, caller: token, signal },
      { kind, ...sync, token: token.name },
    );
    const codes = sync.calls[0].codes.join(', ');
    context.extraOutputs.set(runQueueOutput, id);
    context.info(`Run ${id} of ${codes} was asked for by ${sync.user} (token ${token.name})`);
    const location = `/runs/${id}`;
    return textOrJson(
      request,
      'Synchronization was started.',
      { id, state: 'queued', location },
      { status: 202, headers: { location } },
    );
  };
}

/** The member counts where it is sent; a header was looked at before the body was read. */
function tokenOf(body: Body, caller: ApiToken | undefined, app: AppServices): ApiToken {
  if (caller !== undefined && !Object.hasOwn(body, 'token')) return caller;
  return authenticate(body['token'], app.settings.tokens, app.now());
}
