/** The months that may be asked for, and the one that is. */

import { computed, signal } from '@preact/signals';
import type { Period } from '../../../api/schema.d.ts';
import { catalog } from '../../../live/catalog.ts';

export const monthKey = ({ month, year }: Period) => `${year}-${String(month).padStart(2, '0')}`;

export function monthOf(key: string): Period {
  const [year = 0, month = 0] = key.split('-').map(Number);
  return { month, year };
}

export function monthBefore({ month, year }: Period): Period {
  return month === 1 ? { month: 12, year: year - 1 } : { month: month - 1, year };
}

/** From the current one back to the first. */
export const months = computed<readonly string[]>(() => {
  const limits = catalog.value?.months;
  const all: string[] = [];
  if (limits === undefined) return all;
  for (let key = limits.to; key >= limits.from; key = monthKey(monthBefore(monthOf(key)))) {
    all.push(key);
  }
  return all;
});

/** The last one that is over; the current one where there is no other. */
export const lastClosed = computed(() => months.value[1] ?? months.value[0]);

/** What somebody has chosen; undefined: nobody has, so it is the last closed one, also tomorrow. */
const chosenMonth = signal<string | undefined>(undefined);

export const month = computed(() => chosenMonth.value ?? lastClosed.value);

export function chooseMonth(key: string): void {
  chosenMonth.value = key === lastClosed.value ? undefined : key;
}
