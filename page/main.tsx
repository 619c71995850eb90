/** Draws the page into the document, in the reader's language. */

import { render } from 'preact';
import { follow } from './live/overview.ts';
import { App } from './shell/app.tsx';
import { loadLanguage, preferredLanguage } from './text/languages.ts';
import { keepFocus } from './ui/keep-focus.ts';

await loadLanguage(preferredLanguage());
const root = document.getElementById('page');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
  keepFocus(root);
}
void follow();
