/** Conditions: where they belong, and that their template can do what they are. */

import { faultAt, type Path } from '../../../faults/catalog-error.ts';
import { fragmentTokens } from '../../sql/fragment.ts';
import type { Condition, Dataset, DefinitionDocument, Template } from '../definition.ts';
import { fragmentNames, templateOf } from '../definition.ts';
import { expressionFaults } from './expressions.ts';
import { datasetOf, repeatedIds, unknown } from './names.ts';
import { sqlFaults } from './sql.ts';

/** What stands for a value in each kind of fragment. */
export const valuePlaceholders = {
  none: [],
  single: ['VALUE'],
  pattern: ['VALUE'],
  range: ['FROM', 'TO'],
  list: ['LIST'],
  isNull: [],
  true: [],
  false: [],
  special: ['VALUE', 'LIST'],
} as const;

export function conditionFaults(document: DefinitionDocument): string[] {
  const { conditions, datasets } = document;
  const names = datasets.map(({ name }) => name);
  const faults = conditions.flatMap((condition, index) => {
    const path: Path = ['conditions', index];
    const dataset = datasetOf(datasets, condition.dataset);
    const template = templateOf(document, condition);
    const aliases = dataset?.aliases.map(({ alias }) => alias) ?? [];
    return [
      ...unknown(condition.dataset, [...path, 'dataset'], 'a dataset', names),
      ...(dataset && condition.alias !== ''
        ? unknown(condition.alias, [...path, 'alias'], `an alias of ${dataset.name}`, aliases)
        : []),
      ...(dataset && template ? useFaults(condition, dataset, template, path) : []),
    ];
  });
  return [...repeatedIds(conditions, 'conditions'), ...faults];
}

/** Faults of the template's SQL where this condition uses it. */
function useFaults(
  condition: Condition,
  dataset: Dataset,
  template: Template,
  path: Path,
): string[] {
  const variants = [template, ...Object.values(template.flags)];
  const sql = variants.flatMap((variant) =>
    fragmentNames.flatMap((kind) => {
      const fragment = variant[kind];
      if (fragment === undefined) return [];
      const placeholders = valuePlaceholders[kind];
      return predicateFaults(fragment, condition, path, dataset, placeholders);
    }),
  );
  const own = template.values.flatMap((value) =>
    value.sql === undefined ? [] : predicateFaults(value.sql, condition, path, dataset, []),
  );
  return [...new Set([...sql, ...own]), ...kindFaults(condition, template, path)];
}

function predicateFaults(
  fragment: string,
  condition: Condition,
  path: Path,
  dataset: Dataset,
  placeholders: readonly string[],
): string[] {
  const tokens = fragmentTokens(fragment, condition);
  const faults = sqlFaults(tokens, path, dataset, placeholders);
  return faults.length > 0 ? faults : expressionFaults(tokens, path);
}

/** What the condition's kind needs of its template. */
function kindFaults({ specialsubtype, datatype }: Condition, template: Template, path: Path) {
  const has = (...kinds: (keyof typeof valuePlaceholders)[]) =>
    [template, ...Object.values(template.flags)].some((variant) =>
      kinds.some((kind) => variant[kind] !== undefined),
    );
  const lacks = (what: string) => [
    faultAt([...path, 'template'], `its template has no ${what}; add it to the template`),
  ];
  if (specialsubtype === 11) return has('special', 'none') ? [] : lacks('special');
  if (specialsubtype === 1 || specialsubtype === 14) {
    if (template.values.length === 0) return lacks('values');
    const allOwn = template.values.every(({ sql }) => sql !== undefined);
    return allOwn || has('special') ? [] : lacks('special');
  }
  if (datatype === 'ctBoolean') return has('true') && has('false') ? [] : lacks('true and false');
  return has('none', 'single', 'range', 'list', 'true', 'pattern') ? [] : lacks('fragment');
}
