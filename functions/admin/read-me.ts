import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { meSchema } from '../shapes/me.ts';

/** Who asks, what he may do and how one signs in: a frontend offers no more than that. */
export function readMe({ signIn }: AppServices): RouteHandler {
  return (_request, _context, { caller }) => {
    if (caller === undefined) throw new Error('the route needs a token');
    return tagged(json(meSchema.parse({ ...caller, signIn: signIn.offer })));
  };
}
