/** Starts what is switched on: one run, by the way of POST /runs. */

import type { AppServices } from '../../shared/app/services.ts';
import { type Asker, askerOf } from '../../shared/audit/asker.ts';
import { callsOn } from '../../shared/board/board-calls.ts';
import type { NamedBoard } from '../../shared/board/boards.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import type { Body } from '../../shared/faults/member.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { requireRole } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import type { SyncRequest } from '../../shared/sync/syncs.ts';
import { momentOf, momentUse } from '../../shared/time/moment.ts';
import { isDry } from '../shapes/dry.ts';
import { idempotencyKey } from '../shapes/idempotency-key.ts';
import { faultOf } from '../shapes/new-closure.ts';
import { requireMatch } from '../shapes/precondition.ts';
import { refusalText, unknownMembers } from '../shapes/unknown-members.ts';
import { checkUser } from '../shapes/user.ts';
import { checkWhenBusy, whenBusyOf } from '../shapes/when-busy.ts';
import { callerOf, planned, started } from '../sync/start-sync.ts';
import { boardEtag, namedBoard } from './board-view.ts';

/** The worker that made a plan may have a clock that is so far ahead. */
const clocksApartMs = 5_000;

const members = ['token', 'user', 'whenBusy', 'asOf'] as const;

interface Asked extends Pick<SyncRequest, 'user' | 'whenBusy'> {
  /** Whose months relative ones are. */
  asOf: Date;
}

export function runBoard(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const dry = isDry(request.query);
    const body = await readJsonObject(request, { signal, place });
    const token = await callerOf(body, { caller, place }, app);
    requireRole(token, 'run');
    const { asOf, ...asked } = parse(body, app);
    const asking = { ...asked, ...askerOf(token) };
    const board = await namedBoard(request, app, token, signal);
    const key = idempotencyKey(request.headers);
    // With a key that started a run before, that one is told, whatever is switched on by now.
    const etag = boardEtag(app, board);
    const sync = () => {
      requireMatch(request, etag, `board ${board.name}`);
      return requestOf(app, board, asOf, asking);
    };
    if (dry) {
      const { headers, ...plan } = await planned(app, sync(), signal, asOf);
      return { ...plan, headers: { ...(headers as Record<string, string>), etag } };
    }
    const call = { app, request, context, caller: token, signal };
    return await started(call, sync, { key, body }, 'json');
  };
}

function requestOf(
  app: AppServices,
  { name, board }: NamedBoard,
  asOf: Date,
  asking: Asker & Pick<SyncRequest, 'user' | 'whenBusy'>,
): SyncRequest {
  const on = callsOn(board, app.catalog, periodLimits(app.catalog.periods, asOf));
  if ('errors' in on) throw faulty(name, on.errors);
  if (on.calls.length === 0) {
    throw new HttpProblem('nothing-to-run', `Nothing of board ${name} is switched on.`);
  }
  return { kind: 'calls', calls: on.calls, board: name, ...asking };
}

function faulty(name: string, errors: readonly FieldError[]): HttpProblem {
  const message = `Board ${name} cannot be run: ${errors[0]?.message}.`;
  return new HttpProblem('faulty-board', message, { errors });
}

function parse(body: Body, { catalog, now }: Pick<AppServices, 'catalog' | 'now'>): Asked {
  const user = checkUser(body);
  const time = now();
  const asOf = asOfOf(body, catalog.periods.timeZone, time);
  const errors = [
    ...(user?.errors ?? []),
    ...(checkWhenBusy(body)?.errors ?? []),
    ...(asOf === undefined ? [asOfFault(body, time)] : []),
    ...unknownMembers(body, members),
  ];
  const [first] = errors;
  if (first === undefined && asOf !== undefined) {
    return { user: String(body['user']), ...whenBusyOf(body), asOf };
  }
  const text = user?.text ?? refusalText(first);
  throw new HttpProblem('invalid-value', text, { errors });
}

function asOfOf({ asOf }: Body, timeZone: string, now: Date): Date | undefined {
  if (asOf === undefined || asOf === null) return now;
  const moment = typeof asOf === 'string' ? momentOf(asOf, timeZone) : undefined;
  const isOver = moment !== undefined && moment.getTime() <= now.getTime() + clocksApartMs;
  return isOver ? moment : undefined;
}

function asOfFault(body: Body, now: Date): FieldError {
  return faultOf(body, 'asOf', `${momentUse}, no later than ${now.toISOString()}`);
}
