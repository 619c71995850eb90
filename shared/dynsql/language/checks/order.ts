/** Keys to sort by. */

import type { Path } from '../../../faults/catalog-error.ts';
import { keyItems } from '../../sql/sql-text.ts';
import { tokensOf } from '../../sql/sql-tokens.ts';
import type { DefinitionDocument } from '../definition.ts';
import { sortFaults } from './expressions.ts';
import { datasetOf, repeatedIds, unknown } from './names.ts';
import { sqlFaults } from './sql.ts';

export function orderFaults({ datasets, keys }: DefinitionDocument): string[] {
  const names = datasets.map(({ name }) => name);
  const faults = keys.flatMap((key, index) => {
    const path: Path = ['keys', index];
    const dataset = datasetOf(datasets, key.dataset);
    return [
      ...unknown(key.dataset, [...path, 'dataset'], 'a dataset', names),
      ...(dataset
        ? [
            ...sqlFaults(tokensOf(key.sql), [...path, 'sql'], dataset, ['DIR']),
            ...keyItems(key.sql, false).flatMap(({ expression }) =>
              sortFaults(expression, [...path, 'sql']),
            ),
          ]
        : []),
    ];
  });
  return [...repeatedIds(keys, 'keys'), ...faults];
}
