/** Which entities of which data sources something is for. */

import { fields, filledList, reference } from '../faults/field.ts';
import type { Declared } from './declared.ts';
import { description, guess } from './leaves.ts';

/** Each list that is given must have the subject's name. */
export interface Matcher {
  entities?: readonly string[] | undefined;
  codes?: readonly string[] | undefined;
  systems?: readonly string[] | undefined;
}

export const matcherKeys = ['entities', 'codes', 'systems'] as const;

/** The lists of a matcher, of names that the catalogue declares. */
export function matcherShape(declared: Declared) {
  return {
    entities: filledList(reference('an entity', declared.entities), 'entities').optional(),
    codes: filledList(reference('a code', declared.dataSources), 'codes').optional(),
    systems: filledList(reference('a system', declared.pipelines), 'systems').optional(),
  };
}

/** For `only` and `except`. */
export function matcherSchema(declared: Declared) {
  return fields('a choice', matcherShape(declared)).refine(
    (matcher) => matcherKeys.some((key) => matcher[key] !== undefined),
    { error: 'for everything; give entities, codes or systems' },
  );
}

/** What an override says beside what it changes. */
export function overrideShape(declared: Declared) {
  return { description: description.optional(), guess, ...matcherShape(declared) };
}

export function matches(
  { entities, codes, systems }: Matcher,
  { entity, source }: { entity: { name: string }; source: { code: string; system: string } },
): boolean {
  return (
    (entities?.includes(entity.name) ?? true) &&
    (codes?.includes(source.code) ?? true) &&
    (systems?.includes(source.system) ?? true)
  );
}
