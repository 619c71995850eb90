/** Checks: what is compared, and when the clock is read. */

import { notOneOf } from '../../faults/catalog-error.ts';
import { type Adapted, checksOf, giverOf, type Subject, stagesOf } from '../resolve.ts';
import type { Check } from '../schema.ts';
import { isOfClock } from '../value-source.ts';
import type { Context } from './check-context.ts';

export function checkPlaces(context: Context): void {
  const { data, subjects } = context;
  /** Queries that are the first of a check on one way, and those that are not on another. */
  const firsts = new Set<Check>();
  const others = new Set<Check>();
  for (const subject of subjects) {
    const queries = checksOf(data, subject);
    for (const own of Map.groupBy(queries, ({ item }) => item.check).values()) {
      for (const [index, adapted] of own.entries()) {
        (index === 0 ? firsts : others).add(adapted.declared);
        checkBefore(context, adapted, subject);
      }
      if (context.complete) checkAlone(context, own, subject);
    }
  }
  for (const query of firsts) if (!others.has(query)) checkFirst(context, query);
}

/** One place alone is compared with nothing. */
function checkAlone(
  { at, fault }: Context,
  own: readonly Adapted<Check>[],
  { entity, source }: Subject,
): void {
  const [only, ...more] = own;
  if (only === undefined || more.length > 0) return;
  const { check, place } = only.declared;
  const text = `the check ${check} of ${entity.name} of ${source.code} has ${place} alone and compares it with nothing; add the query of another place, or except it here`;
  fault(at(only.declared, 'place'), text);
}

/** The others are held against it. */
function checkFirst({ at, fault }: Context, query: Check): void {
  const given = [
    { part: query, path: [] as (string | number)[] },
    ...query.overrides.map((part, index) => ({ part, path: ['overrides', index] })),
  ];
  for (const { part, path } of given) {
    for (const key of ['tolerance', 'onDifference'] as const) {
      if (part[key] === undefined) continue;
      const text = `given for ${query.place}, the first place of ${query.check}, which the others are compared with; give it to those`;
      fault(at(query, ...path, key), text);
    }
  }
}

/** Its clock is read before a stage that is there. */
function checkBefore(
  { data, at, fault }: Context,
  { pipeline, declared, item }: Adapted<Check>,
  subject: Subject,
): void {
  if (item.before === undefined) return;
  const { part, path } = giverOf(pipeline, declared, subject, 'before');
  const place = at(part, ...path);
  const stages = stagesOf(data, subject).map(({ item: { stage } }) => stage);
  if (!stages.includes(item.before)) {
    const on = `a stage on the way of ${subject.entity.name} of ${subject.source.code}`;
    fault(place, notOneOf(item.before, on, stages));
  }
  if (!item.parameters.some(({ from }) => from !== undefined && isOfClock(from))) {
    const text = `given, but no parameter is from "began" or "began in UTC"; leave it out`;
    fault(place, text);
  }
}
