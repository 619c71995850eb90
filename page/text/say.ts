/** `say('now.well')`: a text in the reader's language. Whoever draws with it is drawn anew when that changes. */

import { number } from './format.ts';
import { language, texts } from './languages.ts';
import type { English, Plural } from './texts.ts';

type Join<Section extends keyof English> = `${Section & string}.${keyof English[Section] & string}`;
/** Section and name of a text. */
export type TextName = { [Section in keyof English]: Join<Section> }[keyof English];

type TextOf<Name extends TextName> = Name extends `${infer Section}.${infer Own}`
  ? Section extends keyof English
    ? Own extends keyof English[Section]
      ? English[Section][Own]
      : never
    : never
  : never;

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type ValueNames<Text> = Text extends string
  ? Names<Text>
  : Text extends { other: string }
    ? 'count' | Names<Text['other']>
    : never;
type Values<Text> = { readonly [Name in ValueNames<Text>]: string | number };

/** None where the text has no `{name}`. */
export type Arguments<Name extends TextName> = [ValueNames<TextOf<Name>>] extends [never]
  ? []
  : [values: Values<TextOf<Name>>];

/** Numbers are written as the language writes them; `count` chooses among its forms of number. */
export function say<Name extends TextName>(name: Name, ...values: Arguments<Name>): string {
  const [section = '', own = ''] = name.split('.');
  const all: Readonly<Record<string, Readonly<Record<string, string | Partial<Plural>>>>> =
    texts.value;
  const text = all[section]?.[own] ?? '';
  return filled(chosen(text, values[0] ?? {}), values[0] ?? {});
}

type Filling = Readonly<Record<string, string | number>>;

function chosen(text: string | Partial<Plural>, values: Filling): string {
  if (typeof text === 'string') return text;
  const rule = rulesOf(language.value).select(Number(values['count']));
  return text[rule] ?? text.other ?? '';
}

function filled(text: string, values: Filling): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? number(value) : value;
  });
}

const rules = new Map<string, Intl.PluralRules>();
function rulesOf(tag: string): Intl.PluralRules {
  const known = rules.get(tag) ?? new Intl.PluralRules(tag);
  rules.set(tag, known);
  return known;
}
