/** How a condition may be asked for: what its template, or without one its definition, tells. */

import type { LoadedCondition } from '../definition.ts';
import { fragmentNames, type Template } from '../language/definition.ts';
import { takesRecordIds } from '../language/record-id.ts';
import { type ValueLimits, valueType } from '../language/value-type.ts';

/**
 * `none`: without a value; `one`: one value; `pattern`: text with `*` in it; `range`: two values, from
 * and to; `list`: as many as there are; `boolean`: true or false; `declared`: one of the condition's
 * own values; `some declared`: several of them; `isNull`: rows without a value.
 */
export const forms = [
  'none',
  'one',
  'pattern',
  'range',
  'list',
  'boolean',
  'declared',
  'some declared',
  'isNull',
] as const;
export type Form = (typeof forms)[number];

/** What kind of values; `record`: ids of ABRA Gen's records. */
export const valueKinds = ['text', 'number', 'date', 'time', 'boolean', 'id', 'record'] as const;
export type ValueKind = (typeof valueKinds)[number];

/** Where the templates of conditions are; `elsewhere` is ABRA Gen. */
export type Templates = 'needed' | 'elsewhere';

export interface ConditionHelp {
  /** Undefined: only ABRA Gen knows. Empty: it cannot be asked for, since its template is missing. */
  forms: Form[] | undefined;
  /** Of one, a pattern, a range and a list. */
  value: ({ kind: ValueKind } & ValueLimits) | undefined;
  declared: { value: string; name: string }[];
  flags: { name: string; forms: Form[] }[];
}

type Fragments = Partial<Record<(typeof fragmentNames)[number], string | undefined>>;

export function formsOf(condition: LoadedCondition, templates: Templates): ConditionHelp {
  const { document, template } = condition;
  const isRecord = takesRecordIds(document);
  const value = isRecord ? ({ kind: 'record' } as const) : valueHelp(template);
  if (template === undefined) {
    const known = templates === 'needed' ? [] : formsElsewhere(condition);
    return { forms: known, value, declared: [], flags: [] };
  }
  const own = formsIn(condition, template, template);
  const flags = Object.entries(template.flags).map(([name, variant]) => {
    const replaced = fragmentNames.filter((one) => variant[one] !== undefined);
    const fragments = {
      ...template,
      ...Object.fromEntries(replaced.map((one) => [one, variant[one]])),
    };
    return { name, forms: formsIn(condition, template, fragments) };
  });
  const declared = template.values.map((one) => ({ value: one.value, name: one.name }));
  return { forms: own, value, declared, flags };
}

function valueHelp(template: Template | undefined): ConditionHelp['value'] {
  const type = template?.type === undefined ? undefined : valueType(template.type);
  if (type === undefined) return undefined;
  if (template?.kind === 'date') return { kind: 'date' };
  return { kind: type.kind, ...type.limits };
}

/** The order is the one in which a value is looked at (`condition-value.ts`). */
function formsIn(
  { document }: LoadedCondition,
  template: Template,
  { none, single, pattern, range, list, special, ...booleans }: Fragments,
): Form[] {
  const empty: Form[] = template.isNull === undefined ? [] : ['isNull'];
  if (document.specialsubtype === 1) return ['declared', ...empty];
  if (document.specialsubtype === 14) return ['some declared', ...empty];
  const hasNone = none !== undefined || special !== undefined;
  if (document.specialsubtype === 11) return hasNone ? ['none', ...empty] : empty;
  const value = valueHelp(template);
  const isDated = value?.kind === 'date';
  const takes = (is: unknown) => is !== undefined && value !== undefined;
  const found: Record<Form, boolean> = {
    none: none !== undefined,
    one: takes(isDated ? range : (single ?? range ?? list)),
    pattern: !isDated && takes(pattern),
    range: takes(range),
    list: !isDated && takes(list),
    boolean: booleans.true !== undefined || booleans.false !== undefined,
    declared: false,
    'some declared': false,
    isNull: template.isNull !== undefined,
  };
  return forms.filter((form) => found[form]);
}

/** Of ABRA Gen, as far as its definitions tell. */
function formsElsewhere({ document }: LoadedCondition): Form[] | undefined {
  const { specialsubtype, datatype } = document;
  if (specialsubtype === 11) return ['none'];
  if (specialsubtype === 1) return ['declared'];
  if (specialsubtype === 14) return ['some declared'];
  if (takesRecordIds(document)) return ['one', 'list'];
  if (/^ctDate/i.test(datatype)) return ['one', 'range'];
  return datatype === 'ctBoolean' ? ['boolean'] : undefined;
}
