import type { AppServices } from '../../shared/app/services.ts';
import { activeCellsOf } from '../../shared/board/overview/active-cells.ts';
import { json } from '../../shared/http/answer.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { type Run, sharedAgeMs } from '../../shared/sync/syncs.ts';
import { activeCellsSchema } from '../shapes/overview.ts';

/** Of a long line the others say nothing that anybody looks at: they are told as the line gets shorter. */
const mostWaiting = 50;

/**
 * Each entity of each data source that an unfinished run has, as far as it has not ended in it, as of
 * a second ago at most.
 */
export function readActiveCells(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('cells need a route that asks for a token');
    const [active, places] = await Promise.all([
      app.syncs.active(signal),
      app.syncs.places(signal),
    ]);
    const first = [...places]
      .toSorted(([, one], [, other]) => placeIn(one) - placeIn(other))
      .slice(0, mostWaiting);
    const looks = await Promise.all(first.map(([id]) => app.syncs.look(id, sharedAgeMs, signal)));
    const runs = new Map<string, Run>(active.map((run) => [run.id, run]));
    for (const look of looks) {
      if (look?.run.state === 'waiting') runs.set(look.run.id, look.run);
    }
    const cells = [...runs.values()]
      .flatMap(activeCellsOf)
      .filter(({ code }) => mayTouch(caller, [code]));
    return tagged(json(activeCellsSchema.parse({ cells })));
  };
}

const placeIn = ({ place = Number.POSITIVE_INFINITY }: { place?: number }) =>
  Math.min(place, Number.MAX_SAFE_INTEGER);
