/** What of a definition loads, and is of no use, or not of the use that somebody may expect. */

import type { Definition } from '../../dynsql/definition.ts';
import { conditionTypes, fieldTypes, isStrangeType } from '../../dynsql/language/data-types.ts';
import { templateOf } from '../../dynsql/language/definition.ts';
import { pathText } from '../../faults/catalog-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import type { Fault } from './fault.ts';
import { placeOf } from './located.ts';
import type { TextFile } from './text-file.ts';

/** What ABRA Gen calls its templates, which it keeps to itself: a definition of its lacks them. */
const ofAbraGen = /^[0-9A-Z]{26}$/;

/** @param from the file that the definition is of */
export function definitionWarnings({ document }: Definition, from: TextFile): Fault[] {
  return [
    ...templateWarnings(document),
    ...strangeTypes(document),
    ...numbersWithoutPlaces(document),
  ].map(({ path: parts, text, cure }) => {
    const path = pathText(parts);
    const place = { file: from.file, ...placeOf(path, from.text), path };
    return { severity: 'warning', ...place, text, cure };
  });
}

type Document = Definition['document'];

interface Warning {
  path: PropertyKey[];
  text: string;
  cure: string;
}

/** Conditions whose template is nowhere: nobody can use them. */
function templateWarnings(document: Document): Warning[] {
  const known = Object.keys(document.templates);
  return document.conditions.flatMap((condition, index): Warning[] => {
    const { id, template } = condition;
    if (templateOf(document, condition) !== undefined || ofAbraGen.test(template)) return [];
    const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    return [
      {
        path: ['conditions', index, 'template'],
        text: `${JSON.stringify(template)} is not in templates; ${there}${didYouMean(template, known)}: nobody can ask by ${id}`,
        cure: 'add it to templates of the definition, with what of SQL stands for the condition',
      },
    ];
  });
}

/** Types that may be ABRA's, and that nobody knows here. */
function strangeTypes({ datasets, conditions }: Document): Warning[] {
  const warningsOf = (path: PropertyKey[], word: string, known: readonly string[]): Warning[] => {
    if (!isStrangeType(word, known)) return [];
    const text = `${JSON.stringify(word)} is no data type that is known here`;
    return [{ path: [...path, 'datatype'], text, cure: `use ${known.join(', ')}` }];
  };
  return [
    ...datasets.flatMap(({ fields }, index) =>
      fields.flatMap(({ datatype }, at) =>
        warningsOf(['datasets', index, 'fields', at], datatype, fieldTypes),
      ),
    ),
    ...conditions.flatMap(({ datatype }, index) =>
      warningsOf(['conditions', index], datatype, conditionTypes),
    ),
  ];
}

/** SQL Server's decimal has a scale of 0 where it is not told. */
function numbersWithoutPlaces({ templates }: Document): Warning[] {
  return Object.entries(templates).flatMap(([id, { type = '' }]): Warning[] => {
    const [, name, precision = '18'] = /^(decimal|numeric)(?:\((\d+)\))?$/.exec(type) ?? [];
    if (name === undefined) return [];
    const text = `${JSON.stringify(type)} has no decimal places: whoever asks by 1.5 is refused`;
    const cure = `write ${name}(${precision}, 2), or ${name}(${precision}, 0) where none are meant`;
    return [{ path: ['templates', id, 'type'], text, cure }];
  });
}
