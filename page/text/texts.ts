/** What a language has to have: every text of the English one, whole sentences with `{names}`. */

import type { texts as en } from './en/index.ts';

type Forms<Rules extends Intl.LDMLPluralRule> = Readonly<Record<Rules, string>>;

/** A text by how many they are: the member `count` decides. */
export type Plural<Rules extends Intl.LDMLPluralRule = Intl.LDMLPluralRule> = Forms<Rules>;

/** The texts of another language: the same names, with the forms of number that it has. */
export type Translation<Section, Rules extends Intl.LDMLPluralRule> = {
  readonly [Name in keyof Section]: Section[Name] extends string ? string : Plural<Rules>;
};

export type English = typeof en;
export type Slavic = 'one' | 'few' | 'many' | 'other';
export type Texts = {
  readonly [Section in keyof English]: {
    readonly [Name in keyof English[Section]]: string | Partial<Plural>;
  };
};
