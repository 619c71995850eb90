import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { agesSchema } from '../shapes/ages.ts';

/** How old watched data are, of the data sources that the caller may touch; the old ones first. */
export function listAges(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a listing needs a route that asks for a token');
    const all = await app.troubles.ages(signal);
    const own = all.filter(({ code }) => caller.codes.includes('*') || caller.codes.includes(code));
    const ages = own
      .toSorted((one, other) => Number(other.isOld) - Number(one.isOld))
      .map(({ isOld, old: _, ...age }) => ({ ...age, state: isOld ? 'old' : stateOf(age) }));
    return tagged(json(agesSchema.parse({ ages })));
  };
}

function stateOf({ oldAt }: { oldAt?: string }): 'fresh' | 'unknown' {
  return oldAt === undefined ? 'unknown' : 'fresh';
}
