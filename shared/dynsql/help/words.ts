/** What help says in words, in the reader's language. */

import type { ExampleKind } from './examples.ts';
import type { ConditionHelp, Form } from './forms.ts';
import cs from './messages/cs.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import ru from './messages/ru.json' with { type: 'json' };

export const languages = ['en', 'cs', 'ru'] as const;
export type Language = (typeof languages)[number];

/** Each has the texts of the first. */
const catalogues: Readonly<Record<Language, typeof en>> = { en, cs, ru };

/** Values of a list, as `condition-value.ts` takes them. */
const mostValues = 10_000;
/** Declared values that are listed. */
const mostDeclared = 12;

export interface Words {
  texts: typeof en;
  /** `dtString`: text */
  fieldType(datatype: string): string;
  /** What its value may be. */
  condition(help: ConditionHelp): string;
  example(kind: ExampleKind, values: Readonly<Record<string, string>>): string;
}

export function wordsOf(language: Language): Words {
  const texts = catalogues[language];
  return {
    texts,
    fieldType: (datatype) => {
      const name = datatype.toLowerCase().replace(/^dt/, '');
      return (texts.datatypes as Record<string, string>)[name] ?? texts.datatypes.other;
    },
    condition: (help) => conditionText(help, texts),
    example: (kind, values) => filled(texts.examples[kind], values),
  };
}

function conditionText(help: ConditionHelp, texts: typeof en): string {
  const { forms, value } = help;
  if (forms === undefined) return texts.elsewhere;
  if (forms.length === 0) return texts.unusable;
  const all = help.declared.map((one) =>
    one.name === '' ? one.value : `${one.value} (${one.name})`,
  );
  const more = all.length - mostDeclared;
  const listed = all.slice(0, mostDeclared).join(', ');
  const values = more > 0 ? `${listed} ${filled(texts.more, { count: more })}` : listed;
  const said = (form: Form) => {
    if (form === 'one') return value === undefined ? texts.forms.one : valueText(value, texts);
    if (help.declared.length === 0 && (form === 'declared' || form === 'some declared')) {
      return texts.undeclared[form];
    }
    return filled(texts.forms[form], { most: mostValues, values });
  };
  return forms.map(said).join(texts.or);
}

function valueText(value: NonNullable<ConditionHelp['value']>, texts: typeof en): string {
  const { kind, longest, isAscii, least, greatest, below, places } = value;
  const parts = [
    texts.values[kind === 'number' && places === 0 ? 'whole' : kind],
    ...(longest === undefined ? [] : [filled(texts.limits.longest, { longest })]),
    ...(isAscii ? [texts.limits.ascii] : []),
    ...(least === undefined || greatest === undefined
      ? []
      : [filled(texts.limits.between, { least, greatest })]),
    ...(below === undefined ? [] : [filled(texts.limits.below, { below })]),
    ...(places === undefined || places === 0 ? [] : [filled(texts.limits.places, { places })]),
  ];
  return parts.join(' ');
}

export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
