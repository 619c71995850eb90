/** The time for what is drawn: moves once a second while somebody looks. */

import { computed, signal } from '@preact/signals';

/** By so much the browser's clock and the app's may differ and nobody minds; an answer takes time. */
const carelessMs = 5_000;
/** How far the browser's clock is behind the app's. */
let behindMs = 0;

/** Milliseconds since 1970 by the app's clock, as far as it was heard: that of a browser may be wrong. */
export const timeNow = (): number => Date.now() + behindMs;

/** @param date `Date` of an answer that has just come */
export function heardAt(date: string | null): void {
  const difference = Date.parse(date ?? '') - Date.now();
  if (Number.isNaN(difference) || Math.abs(difference - behindMs) <= carelessMs) return;
  behindMs = Math.abs(difference) <= carelessMs ? 0 : difference;
  now.value = timeNow();
}

/** Milliseconds since 1970. What shows an age or a time that is left reads it. */
export const now = signal(timeNow());

/** The same to the minute: what shows ages alone, and there are thousands of them. */
export const minute = computed(() => Math.floor(now.value / 60_000) * 60_000);

let ticking: number | undefined;

function tick(): void {
  clearInterval(ticking);
  if (document.hidden) return;
  now.value = timeNow();
  ticking = window.setInterval(() => {
    now.value = timeNow();
  }, 1_000);
}

document.addEventListener('visibilitychange', tick);
tick();
