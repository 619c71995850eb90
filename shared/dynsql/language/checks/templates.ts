/** Templates by themselves. */

import { faultAt, notOneOf, type Path, shown } from '../../../faults/catalog-error.ts';
import { nearName } from '../../../faults/near-name.ts';
import { tokensOf } from '../../sql/sql-tokens.ts';
import {
  type Condition,
  type DefinitionDocument,
  fragmentNames,
  type Template,
} from '../definition.ts';
import { typeUse, valueType } from '../value-type.ts';
import { valuePlaceholders } from './conditions.ts';

export function templateFaults({ conditions, templates }: DefinitionDocument): string[] {
  const used = conditions.map(({ template }) => template).filter((id) => id !== '');
  return Object.entries(templates).flatMap(([id, template]) => {
    const path: Path = ['templates', id];
    return [
      ...(used.includes(id) ? [] : unusedFaults(id, conditions, templates)),
      ...typeFaults(template, path),
      ...[[] as string[], ...Object.keys(template.flags).map((flag) => ['flags', flag])].flatMap(
        (within) => fragmentFaults(template, [...path, ...within], within.at(-1)),
      ),
    ];
  });
}

/**
 * Of a template that no condition names. Where one condition alone names one that is not there, and
 * means this, the slip is the condition's; several have not all mistyped it. Where the names are not
 * alike, either may be wrong: ABRA's definitions name templates that they do not have.
 */
function unusedFaults(
  id: string,
  conditions: readonly Condition[],
  templates: DefinitionDocument['templates'],
): string[] {
  const lacking = conditions.flatMap(({ template }, index) =>
    template !== '' && !Object.hasOwn(templates, template) ? index : [],
  );
  const meant = lacking.filter((index) => nearName(conditions[index]?.template ?? '', [id]) === id);
  const [only, second] = meant;
  if (only !== undefined && second === undefined) {
    const names = Object.keys(templates);
    const what = notOneOf(conditions[only]?.template, 'one of templates', names);
    return [faultAt(['conditions', only, 'template'], what)];
  }
  const used = conditions.map(({ template }) => template).filter((one) => one !== '');
  const what = notOneOf(id, 'a template of any condition', [...new Set(used)]);
  const [alone, other] = lacking;
  const name = alone === undefined || other !== undefined ? '' : conditions[alone]?.template;
  const also = name ? `; conditions[${alone}].template is ${shown(name)}, which is not there` : '';
  return [faultAt(['templates', id], `${what}${also}`)];
}

/** Every value needs a type to travel as. */
function typeFaults(template: Template, path: Path): string[] {
  const { type, kind } = template;
  const own: Path = [...path, 'type'];
  if (type === undefined) {
    const variants = [template, ...Object.values(template.flags)];
    const takesValue = variants.some((variant) =>
      fragmentNames.some((name) => /\{(VALUE|FROM|TO|LIST)\}/i.test(variant[name] ?? '')),
    );
    return takesValue ? [faultAt(own, `missing; ${typeUse}`)] : [];
  }
  const read = valueType(type);
  if (read === undefined) return [faultAt(own, `${shown(type)} is not allowed; ${typeUse}`)];
  const fits = kind !== 'date' || read.kind === 'date' || type === 'float';
  return fits
    ? []
    : [faultAt(own, `${shown(type)} holds no date; use date, datetime2(3), datetime or float`)];
}

/** Each kind of fragment has the placeholders of its values, or the value would not matter. */
function fragmentFaults(template: Template, path: Path, flag: string | undefined): string[] {
  const variant = flag === undefined ? template : template.flags[flag];
  return fragmentNames.flatMap((kind) => {
    const sql = variant?.[kind];
    if (sql === undefined || kind === 'special') return [];
    const there = tokensOf(sql).flatMap((token) =>
      token.kind === 'placeholder' ? [token.name] : [],
    );
    return valuePlaceholders[kind]
      .filter((name) => !there.includes(name))
      .map((name) => faultAt([...path, kind], `{${name}} is missing; it stands for the value`));
  });
}
