import { type HealthPart, type HealthState, healthStates } from '../shared/app/health/part.ts';
import type { AppServices } from '../shared/app/services.ts';
import { json } from '../shared/http/answer.ts';
import type { RouteHandler } from '../shared/http/handler.ts';
import type { Health } from './shapes/runs.ts';

/**
 * 503 when a part fails without which syncboard cannot do its work. Strangers learn the state;
 * callers with a token each part, with the reason.
 */
export function health(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    const parts = await app.health(signal);
    const state = worst(parts);
    const answer: Health = caller === undefined ? { state } : { state, parts };
    return json(answer, { status: state === 'failing' ? 503 : 200 });
  };
}

/** For whoever restarts processes: a database that is away is no reason to. */
export function live(): RouteHandler {
  return () => json({ state: 'ok' });
}

function worst(parts: readonly HealthPart[]): HealthState {
  const found = new Set(parts.map(({ state }) => state));
  return healthStates.findLast((state) => found.has(state)) ?? 'ok';
}
