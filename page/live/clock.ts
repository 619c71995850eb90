/** The time for what is drawn: moves once a second while somebody looks. */

import { signal } from '@preact/signals';

/** Milliseconds since 1970. What shows an age or a time that is left reads it. */
export const now = signal(Date.now());

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
