/** Light or dark: as the system has it, unless somebody has chosen. */

import { effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const place = 'syncboard-theme';

export const theme = signal<Theme>(
  themes.find((one) => one === localStorage.getItem(place)) ?? 'system',
);

effect(() => {
  localStorage.setItem(place, theme.value);
  document.documentElement.dataset['theme'] = theme.value;
});
