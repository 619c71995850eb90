import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { authorize, mayTouch } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { finalStates } from '../../shared/sync/run.ts';
import { durationsSchema } from '../shapes/history.ts';
import { runsQuery } from '../shapes/runs-query.ts';
import { Turns } from './turns.ts';

/**
 * After so long no further run is read: of fifteen sources one is a megabyte. The first time it is
 * what takes long; a worker knows what it has read.
 */
const readingMs = 500;

/** A handler is made for each request: what a worker has read goes with what it was read from. */
const readFrom = new WeakMap<AppServices['syncs'], Turns>();

function turnsFrom(syncs: AppServices['syncs']): Turns {
  const known = readFrom.get(syncs) ?? new Turns(syncs);
  readFrom.set(syncs, known);
  return known;
}

/** How an entity went in the runs that had it, the newest first. */
export function readDurations(app: AppServices): RouteHandler {
  const read = turnsFrom(app.syncs);
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a history needs a route that asks for a token');
    const { filter, limit, after } = runsQuery(request.query, app.catalog, true);
    const { names = [], codes } = filter;
    const [name] = names;
    if (name === undefined || names.length > 1) throw notOne(request.query.get('name'));
    authorize(
      caller,
      (codes ?? []).map((code) => ({ code, field: 'code' })),
    );
    const isAll = caller.codes.includes('*');
    const { runs, next } = await app.syncs.search(
      {
        ...{ filter: { states: finalStates, ...filter, ...(!isAll && { within: caller.codes }) } },
        ...{ limit, ...(after !== undefined && { after }) },
      },
      signal,
    );
    const begun = performance.now();
    const found = await read.of(name, runs, () => performance.now() - begun < readingMs, signal);
    const turns = found.turns.filter(
      ({ code }) => mayTouch(caller, [code]) && (codes === undefined || codes.includes(code)),
    );
    const link = new URLSearchParams(request.query);
    link.delete('pretty');
    const last = found.runs < runs.length ? runs[found.runs - 1]?.id : next;
    if (last !== undefined) link.set('after', last);
    return tagged(
      json(
        durationsSchema.parse({
          ...{ name, turns },
          ...(last !== undefined && { next: `/history/durations?${link}` }),
        }),
      ),
    );
  };
}

function notOne(value: string | null): HttpProblem {
  const allowed = 'one entity, as /{code}/valid_names lists them';
  const errors = [
    {
      field: 'name',
      message: `name must be ${allowed}`,
      ...(value !== null && { value }),
      allowed,
    },
  ];
  const said = value === null ? 'name is not specified.' : `Invalid name value: ${value}.`;
  return new HttpProblem('invalid-value', said, { errors });
}
