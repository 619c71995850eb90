/**
 * What people read, in their language. English stands in the code, and is the key of the others: a
 * phrase that one of them lacks is an error of types.
 */

import cs from './cs.json' with { type: 'json' };
import ru from './ru.json' with { type: 'json' };

export const languages = ['en', 'cs', 'ru'] as const;
export type Language = (typeof languages)[number];

export type Phrase = keyof typeof cs & keyof typeof ru;

/** `{name}` in a phrase is the value of that name. */
export type Say = (phrase: Phrase, values?: Readonly<Record<string, string | number>>) => string;

const others: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<Phrase, string>>>> = {
  cs,
  ru,
};

export function speaker(language: Language): Say {
  return (phrase, values = {}) => {
    const text = language === 'en' ? phrase : others[language][phrase];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  };
}

/** Of whatever is no phrase what it is: texts of commands that were not translated. */
export function translated(text: string, language: Language): string {
  return language !== 'en' && Object.hasOwn(others[language], text)
    ? others[language][text as Phrase]
    : text;
}

/** As POSIX has it: the first of these that is set, `cs_CZ.UTF-8`. English for what is neither. */
export function languageOf(environment: NodeJS.ProcessEnv): Language {
  const locale = localeOf(environment);
  return (
    languages.find((language) => new RegExp(`^${language}(?![a-z])`, 'i').test(locale)) ?? 'en'
  );
}

/** Whether a terminal of this locale shows more than ASCII. */
export function isUnicode(environment: NodeJS.ProcessEnv): boolean {
  return process.platform === 'win32' || /utf-?8/i.test(localeOf(environment));
}

function localeOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): string {
  return LC_ALL || LC_MESSAGES || LANG || '';
}
