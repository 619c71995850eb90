/** Words for types that are a slip of another. */

import { faultAt, shown } from '../../../faults/catalog-error.ts';
import { conditionTypes, fieldTypes, meantType } from '../data-types.ts';
import type { DefinitionDocument } from '../definition.ts';

export function dataTypeFaults({ datasets, conditions }: DefinitionDocument): string[] {
  const faultsOf = (path: PropertyKey[], word: string, known: readonly string[]) => {
    const meant = meantType(word, known);
    if (meant === undefined) return [];
    const use = `use ${known.join(', ')} (did you mean ${meant}?)`;
    return [faultAt([...path, 'datatype'], `${shown(word)} is not a data type; ${use}`)];
  };
  return [
    ...datasets.flatMap(({ fields }, index) =>
      fields.flatMap(({ datatype }, at) =>
        faultsOf(['datasets', index, 'fields', at], datatype, fieldTypes),
      ),
    ),
    ...conditions.flatMap(({ datatype }, index) =>
      faultsOf(['conditions', index], datatype, conditionTypes),
    ),
  ];
}
