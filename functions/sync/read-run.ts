import type { HttpResponseInit } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { isKnown, type TaggedAnswer, tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { clientGone } from '../../shared/http/outgoing.ts';
import { type Run, sharedAgeMs } from '../../shared/sync/syncs.ts';
import { isProgressAsked, runProgress, waitMsOf, wholeRun } from '../shapes/run-views.ts';
import { allowedRun } from './named-run.ts';

/** How soon who waits for an answer hears of another place in line. */
const placeAgeMs = 2_000;

const whole = remembered(wholeRun);
const progress = remembered(runProgress);

/**
 * One run: what was asked, where it stands, every stage, freshness before and after; or how far it
 * is, which may be a second old, so that any number of clients may poll it.
 *
 * With `wait` an answer that the client has is held until there is another, the time is over, the
 * client has gone or the worker stops.
 */
export function readRun(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const isBrief = isProgressAsked(request.query);
    const waitMs = waitMsOf(request.query);
    const look = () => allowedRun(request, app, caller, signal, isBrief ? sharedAgeMs : 0);
    const answer = async (run: Run) => {
      if (run.state !== 'waiting') return (isBrief ? progress : whole)(run);
      const view = isBrief ? runProgress : wholeRun;
      return tagged(json(view(run, await app.syncs.waitsFor(run, signal))));
    };
    let { run, etag } = await look();
    let now = await answer(run);
    if (waitMs === 0 || !isKnown(request, now.headers['etag'])) return now;
    const held = AbortSignal.any([
      AbortSignal.timeout(waitMs),
      clientGone(context.invocationId),
      app.stopping,
      signal,
    ]);
    while (isKnown(request, now.headers['etag'])) {
      // Its place in line changes without it.
      const until = run.state === 'waiting' ? [AbortSignal.timeout(placeAgeMs)] : [];
      const limit = AbortSignal.any([held, ...until]);
      await place.aside(() => app.syncs.changed(run.id, etag, limit));
      if (held.aborted) return now;
      ({ run, etag } = await look());
      now = await answer(run);
    }
    return now;
  };
}

/** Made once for a run as it is: whoever polls gets the same object until it changes. */
function remembered(view: (run: Run) => unknown): (run: Run) => TaggedAnswer {
  const made = new WeakMap<Run, TaggedAnswer>();
  return (run) => {
    const known = made.get(run);
    if (known !== undefined) return known;
    const answer: HttpResponseInit = json(view(run));
    const fresh = tagged(answer);
    made.set(run, fresh);
    return fresh;
  };
}
