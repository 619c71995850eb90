/** The texts of a dynsql definition that are SQL; its labels and descriptions are none. */

import type { Definition } from '../definition.ts';
import { fragmentTokens } from './fragment.ts';
import { textOf } from './sql-tokens.ts';

/** Every piece of SQL in a definition; conditions with their own names in their templates. */
export function sqlIn({ document }: Definition): string[] {
  const { datasets, conditions, keys, templates } = document;
  return [
    ...datasets.flatMap(({ sql, fields, aliases }) => [
      sql,
      ...fields.map(({ expression }) => expression),
      ...aliases.map(({ joinsql }) => joinsql),
    ]),
    ...keys.map(({ sql }) => sql),
    ...conditions.flatMap((condition) =>
      fragmentsIn(templates[condition.template ?? '']).map((fragment) =>
        textOf(fragmentTokens(fragment, condition)),
      ),
    ),
  ];
}

type Template = Definition['document']['templates'][string];

function fragmentsIn(template: Template | undefined): string[] {
  if (template === undefined) return [];
  const { description, type, kind, values, flags, ...own } = template;
  return [
    ...Object.values(own),
    ...values.map(({ sql }) => sql),
    ...Object.values(flags).flatMap((flag) => Object.values(flag)),
  ].filter((text) => text !== undefined);
}
