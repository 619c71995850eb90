/** The time for what is drawn: moves once a second while somebody looks. */

import { computed, signal } from '@preact/signals';

/** Milliseconds since 1970. What shows an age or a time that is left reads it. */
export const now = signal(Date.now());

/** The same to the minute: what shows ages alone, and there are thousands of them. */
export const minute = computed(() => Math.floor(now.value / 60_000) * 60_000);

let ticking: number | undefined;

function tick(): void {
  clearInterval(ticking);
  if (document.hidden) return;
  now.value = Date.now();
  ticking = window.setInterval(() => {
    now.value = Date.now();
  }, 1_000);
}

document.addEventListener('visibilitychange', tick);
tick();
