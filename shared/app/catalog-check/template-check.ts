/** Conditions of definitions whose template is nowhere: nobody can use them. */

import type { Definition } from '../../dynsql/definition.ts';
import { templateOf } from '../../dynsql/language/definition.ts';
import { pathText } from '../../faults/catalog-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import type { Fault } from './fault.ts';
import { placeOf } from './located.ts';
import type { TextFile } from './text-file.ts';

/** What ABRA Gen calls its templates, which it keeps to itself: a definition of its lacks them. */
const ofAbraGen = /^[0-9A-Z]{26}$/;

/** @param from the file that the definition is of */
export function templateWarnings({ document }: Definition, from: TextFile): Fault[] {
  const known = Object.keys(document.templates);
  return document.conditions.flatMap((condition, index): Fault[] => {
    const { id, template } = condition;
    if (templateOf(document, condition) !== undefined || ofAbraGen.test(template)) return [];
    const path = pathText(['conditions', index, 'template']);
    const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    return [
      {
        ...{ severity: 'warning', file: from.file, ...placeOf(path, from.text), path },
        text: `${JSON.stringify(template)} is not in templates; ${there}${didYouMean(template, known)}: nobody can ask by ${id}`,
        cure: 'add it to templates of the definition, with what of SQL stands for the condition',
      },
    ];
  });
}
