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
  /** One fault a query is enough: the same is so of every entity. */
  const told = new Set<Check>();
  for (const subject of subjects) {
    const queries = checksOf(data, subject);
    for (const own of Map.groupBy(queries, ({ item }) => item.check).values()) {
      for (const [index, adapted] of own.entries()) {
        (index === 0 ? firsts : others).add(adapted.declared);
        if (told.has(adapted.declared) || !context.complete) continue;
        const isAlone = own.length === 1;
        const fault =
          (isAlone && aloneFault(adapted, subject)) || beforeFault(context, adapted, subject);
        if (fault === undefined) continue;
        told.add(adapted.declared);
        context.fault(context.at(fault.part, ...fault.path), fault.text);
      }
    }
  }
  for (const query of firsts) if (!others.has(query)) checkFirst(context, query);
}

interface Found {
  part: object;
  path: (string | number)[];
  text: string;
}

/** One place alone is compared with nothing. */
function aloneFault({ declared }: Adapted<Check>, { entity, source }: Subject): Found {
  const { check, place } = declared;
  const text = `the check ${check} of ${entity.name} of ${source.code} has ${place} alone and compares it with nothing; add the query of another place, or except it here`;
  return { part: declared, path: ['place'], text };
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
function beforeFault(
  { data }: Context,
  { pipeline, declared, item }: Adapted<Check>,
  subject: Subject,
): Found | undefined {
  if (item.before === undefined) return undefined;
  const giver = giverOf(pipeline, declared, subject, 'before');
  const stages = stagesOf(data, subject).map(({ item: { stage } }) => stage);
  if (!stages.includes(item.before)) {
    const on = `a stage on the way of ${subject.entity.name} of ${subject.source.code}`;
    return { ...giver, text: notOneOf(item.before, on, [...new Set(stages)]) };
  }
  if (item.parameters.some(({ from }) => from !== undefined && isOfClock(from))) return undefined;
  const text = 'given, but no parameter is from "began" or "began in UTC"; leave it out';
  return { ...giver, text };
}
