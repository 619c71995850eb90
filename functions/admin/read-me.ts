import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { allOf } from '../../shared/http/caller.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { meSchema } from '../shapes/me.ts';

/**
 * Who asks, what he may do and how to sign in: a page asks it first, and offers no more than that.
 * What says who asks must be good, as everywhere; whoever may do nothing is told that.
 */
export function readMe({ signIn, now }: AppServices): RouteHandler {
  return async (request, context, { signal }) => {
    const warn = (text: string) => context.warn(text);
    const identity = await signIn.identify(request, { now: now(), signal, warn });
    const known = identity && { ...identity, ...allOf(identity) };
    return tagged(json(meSchema.parse({ ...known, signIn: signIn.offer })));
  };
}
