/** What people call a data source or an entity: one text, or one in each of some languages. */

import { z } from 'zod';
import { faultAt, notOneOf, unsuitable } from '../faults/catalog-error.ts';
import { expects } from '../faults/field.ts';
import { description } from './leaves.ts';

export const titleLanguages = ['en', 'cs', 'ru'] as const;
export type TitleLanguage = (typeof titleLanguages)[number];
export type Title = string | Readonly<Partial<Record<TitleLanguage, string>>>;

const use = `use text for people, or one in each of some languages: {${titleLanguages.map((one) => `"${one}": …`).join(', ')}}`;

const wrong = expects('a description', use);

const unknownLanguages = {
  error: (issue: z.core.$ZodRawIssue) => {
    if (issue.code !== 'unrecognized_keys') return unsuitable(issue.input, 'a description', use);
    const fault = (key: string) => notOneOf(key, 'a language', titleLanguages);
    return issue.keys.map((key) => faultAt([...(issue.path ?? []), key], fault(key))).join('\n');
  },
};

export const title = z.union(
  [
    description,
    z
      .partialRecord(z.enum(titleLanguages), description, unknownLanguages)
      .refine((texts) => Object.keys(texts).length > 0, wrong),
  ],
  wrong,
);

/**
 * In a language; in the first that the catalogue names where it has not that one.
 *
 * @param language undefined: of whoever says none
 */
export function titleIn(title: Title, language: TitleLanguage | undefined): string {
  if (typeof title === 'string') return title;
  const own = language === undefined ? undefined : title[language];
  return own ?? Object.values(title)[0] ?? '';
}
