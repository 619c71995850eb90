/** Tells a screen reader what has happened; everybody else sees it. */

import { signal } from '@preact/signals';

export const announcement = signal('');

/** The same text twice is told twice. */
export function announce(text: string): void {
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
