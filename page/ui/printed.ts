/** What a screen shows in part is whole on paper: drawn before the browser lays its pages out. */

import { signal } from '@preact/signals';

/** While the page is being printed. */
export const isPrinted = signal(false);

window.addEventListener('beforeprint', () => {
  isPrinted.value = true;
});
window.addEventListener('afterprint', () => {
  isPrinted.value = false;
});
