/** Keys to sort by. */

import type { Path } from '../../../faults/catalog-error.ts';
import { tokensOf } from '../../sql/sql-tokens.ts';
import type { DefinitionDocument } from '../definition.ts';
import { datasetOf, repeatedIds, unknown } from './names.ts';
import { sqlFaults } from './sql.ts';

export function orderFaults({ datasets, keys }: DefinitionDocument): string[] {
  const names = datasets.map(({ name }) => name);
  const faults = keys.flatMap((key, index) => {
    const path: Path = ['keys', index];
    const dataset = datasetOf(datasets, key.dataset);
    return [
      ...unknown(key.dataset, [...path, 'dataset'], 'a dataset', names),
      ...(dataset ? sqlFaults(tokensOf(key.sql), [...path, 'sql'], dataset, ['DIR']) : []),
    ];
  });
  return [...repeatedIds(keys, 'keys'), ...faults];
}
