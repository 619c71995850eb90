/** Whom overrides, choices and exceptions are for: a slip there would change nothing, unseen. */

import { notOneOf, type Path } from '../../faults/catalog-error.ts';
import { type Matcher, matcherKeys, matches } from '../matcher.ts';
import { isUnquoted } from '../name-template.ts';
import { checksOf, givenBy, namedAs, readingsOf, type Subject } from '../resolve.ts';
import type { Pipeline } from '../schema.ts';
import type { Context } from './check-context.ts';
import { checkFits } from './fits.ts';

/** What each list of a matcher names, and what of a subject it is compared with. */
const listed = {
  entities: { noun: 'an entity', of: ({ entity }: Subject) => entity.name },
  codes: { noun: 'a code', of: ({ source }: Subject) => source.code },
  systems: { noun: 'a system', of: ({ source }: Subject) => source.system },
} as const;

/** Whether a matcher is for any of the subjects; every name in it must be of one of them. */
function checkMatcher(
  { fault }: Context,
  path: Path,
  matcher: Matcher,
  { subjects, where }: { subjects: readonly Subject[]; where: string },
): void {
  for (const key of matcherKeys) {
    const { noun, of } = listed[key];
    const names = [...new Set(subjects.map(of))];
    for (const [index, name] of (matcher[key] ?? []).entries()) {
      if (!names.includes(name)) {
        fault([...path, key, index], notOneOf(name, `${noun} ${where}`, names));
      }
    }
  }
  if (!subjects.some((subject) => matches(matcher, subject))) {
    fault(path, 'applies to nothing; no entity of a data source matches all of it');
  }
}

type Override = Matcher & { description?: string | undefined; guess?: string | undefined };

function checkOverride(
  context: Context,
  path: Path,
  override: Override,
  group: { subjects: readonly Subject[]; where: string },
): void {
  if (matcherKeys.every((key) => override[key] === undefined)) {
    const use = 'give entities, codes or systems, or change the field itself';
    context.fault(path, `for everything; ${use}`);
  }
  if (givenBy(override).length === 0) {
    context.fault(path, 'changes nothing; give a field or leave it out');
  }
  if (context.complete) checkMatcher(context, path, override, group);
}

export function checkOverrides(context: Context, pipeline: Pipeline): void {
  const { complete, at } = context;
  const subjects = context.through(pipeline);
  const group = { subjects, where: `that comes through ${pipeline.id}` };
  const { stages, freshness, checks } = pipeline;
  for (const part of [pipeline, ...stages, ...freshness, ...checks]) {
    for (const [index, override] of part.overrides.entries()) {
      checkOverride(context, at(part, 'overrides', index), override, group);
    }
    if (!complete || part === pipeline) continue;
    for (const key of ['only', 'except'] as const) {
      const choice = key in part ? Reflect.get(part, key) : undefined;
      if (choice !== undefined) checkMatcher(context, at(part, key), choice as Matcher, group);
    }
  }
}

/** Overrides of entities are for sources that have it. */
export function checkEntityOverrides(context: Context): void {
  for (const entity of context.data.entities) {
    const subjects = context.subjects.filter((subject) => subject.entity === entity);
    const group = { subjects, where: `that has ${entity.name}` };
    for (const [index, override] of entity.overrides.entries()) {
      checkOverride(context, context.at(entity, 'overrides', index), override, group);
    }
  }
}

/** What only shows with names filled in. */
export function checkReadings(context: Context): void {
  const { data, at, fault } = context;
  for (const subject of context.subjects) {
    const { entity } = subject;
    const queries = [
      ...readingsOf(data, subject).map(({ item }) => ({ item, of: 'freshness' })),
      ...checksOf(data, subject).map(({ item }) => ({ item, of: `check ${item.check}` })),
    ];
    for (const { item, of } of queries) {
      checkFits(context, item.parameters, subject, `${of} in ${item.place}`);
      if (isUnquoted(item.sql, namedAs(subject))) {
        const text = `needs brackets; write [{sourceName}] in the query of ${of} in ${item.place}`;
        fault(at(entity, 'sourceName'), text);
      }
    }
  }
}
