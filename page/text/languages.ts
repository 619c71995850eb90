/** The languages of the page, and which of them the reader has. */

import { computed, effect, signal } from '@preact/signals';
import type { Texts } from './texts.ts';

export const languages = ['en', 'cs', 'ru'] as const;
export type Language = (typeof languages)[number];

const place = 'syncboard-language';
const loaders: Readonly<Record<Language, () => Promise<{ texts: Texts }>>> = {
  en: () => import('./en/index.ts'),
  cs: () => import('./cs/index.ts'),
  ru: () => import('./ru/index.ts'),
};

const current = signal<{ language: Language; texts: Texts } | undefined>(undefined);

/** Of what is shown, or will be as soon as its texts are there. */
export const language = computed(() => current.value?.language ?? preferredLanguage());
/** Of the language that is shown; there before anything is drawn. */
export const texts = computed(() => {
  if (current.value === undefined) throw new Error('no language has been loaded yet');
  return current.value.texts;
});

/** The one that was chosen before, or the first of the browser's that there is. */
export function preferredLanguage(): Language {
  const chosen = languages.find((one) => one === localStorage.getItem(place));
  const [own] = navigator.languages.flatMap(
    (tag) => languages.find((one) => new Intl.Locale(tag).language === one) ?? [],
  );
  return chosen ?? own ?? 'en';
}

/** Shows everything in a language from now on, and keeps that for the next time. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  await loadLanguage(chosen);
  localStorage.setItem(place, chosen);
}

export async function loadLanguage(chosen: Language): Promise<void> {
  current.value = { language: chosen, texts: (await loaders[chosen]()).texts };
}

effect(() => {
  document.documentElement.lang = language.value;
});
