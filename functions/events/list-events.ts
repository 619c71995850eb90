import type { AppServices } from '../../shared/app/services.ts';
import type { EventDocument } from '../../shared/events/event-document.ts';
import { json } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { eventsPageSchema, eventsQuery, type ParsedEventsQuery } from '../shapes/events.ts';

/** What happened, the newest first, a page at a time; of data sources that the caller may touch. */
export function listEvents(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('events need a route that asks for a token');
    const query = eventsQuery(request.query);
    const isWanted = (event: EventDocument) => mayRead(caller, event) && isAsked(event, query);
    const { limit, after } = query;
    const [{ events, next }, targets] = await Promise.all([
      app.events.page({ limit, after, isWanted }, signal),
      app.events.targets(signal),
    ]);
    const page = eventsPageSchema.parse({ events, targets });
    if (next === undefined) return json(page);
    const following = new URLSearchParams(request.query);
    following.set('after', next);
    return json({ ...page, next: `/events?${following}` });
  };
}

/** What concerns more than data sources is for whoever may touch all. */
function mayRead(caller: Caller, { codes }: EventDocument): boolean {
  return codes === undefined ? caller.codes.includes('*') : mayTouch(caller, codes);
}

function isAsked(event: EventDocument, query: ParsedEventsQuery): boolean {
  const { kind, code, board, severity, target, state } = query;
  if (kind !== undefined && event.kind !== kind && !event.kind.startsWith(`${kind}.`)) return false;
  if (code !== undefined && !event.codes?.includes(code)) return false;
  if (board !== undefined && event.board !== board) return false;
  if (severity !== undefined && event.severity !== severity) return false;
  if (target === undefined && state === undefined) return true;
  return Object.entries(event.deliveries ?? {}).some(
    ([name, delivery]) =>
      (target === undefined || name === target) &&
      (state === undefined || delivery.state === state),
  );
}
