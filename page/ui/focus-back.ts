/** Where the focus goes when what had it is taken away: back to what opened it, never to nothing. */

import { useLayoutEffect, useState } from 'preact/hooks';

/** A button that hides itself has lost the focus by the time that what it opens is drawn. */
let lastFocused: EventTarget | null = null;
document.addEventListener('focusin', ({ target }) => {
  lastFocused = target;
});

/** To the view as a whole: for whoever goes on from there. */
export function focusContent(): void {
  document.getElementById('content')?.focus({ preventScroll: true });
}

/**
 * Of what stands there for a while, a dialog or a form in a line. What opens it stays in the
 * document meanwhile, hidden perhaps: an element that was taken away cannot be given the focus.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => lastFocused);
  // At once: it may be closed before anything is painted.
  useLayoutEffect(
    () => () => {
      // Once the rest is drawn without it.
      queueMicrotask(() => giveBack(opener));
    },
    [],
  );
}

function giveBack(opener: EventTarget | null): void {
  // Whoever has put it somewhere else knows better.
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  if (document.activeElement !== opener) focusContent();
}
