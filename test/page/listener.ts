/**
 * Somebody who sees nothing and has no mouse: what they are told of the page, by Chromium's own
 * accessibility tree, and the keys that lead them through it.
 */

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { CDPSession, Page } from 'playwright-core';
import { timeoutMs } from './browser.ts';

export interface Listener {
  /** Of what has the focus: role, name, states, description. `button "Cause: Payments" expanded=false`. */
  here(): Promise<string>;
  /**
   * Presses a key until what has the focus is said to be so.
   *
   * @param key `Tab` unless told otherwise
   * @returns what is said of it
   * @throws AssertionError with all that was passed, where it comes round again
   */
  goTo(said: RegExp, key?: string): Promise<string>;
  /** The same, then a key there: Enter, unless told otherwise. */
  press(said: RegExp, key?: string): Promise<void>;
  /** Resolves once a live region has told this, since the page was opened or since `forget`. */
  told(text: RegExp): Promise<void>;
  /** What was told until now counts no more. */
  forget(): void;
}

/** Tells what live regions say; on every page of the tab, before any script of its own. */
const watching = `(() => {
  const regions = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]';
  const tell = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const region = element?.closest(regions) ?? element?.querySelector?.(regions);
    const text = region?.textContent.trim();
    if (text) window.tellListener(text);
  };
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      tell(target);
      for (const node of addedNodes) tell(node);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()`;

/** What a screen reader says of states. */
const states = ['expanded', 'checked', 'pressed', 'selected'];
/** These where they are so. */
const troubles = ['disabled', 'invalid', 'busy'];
/** More steps than any view has. */
const mostSteps = 250;

/** @param page opened already: it is loaded anew */
export async function listenerOf(page: Page): Promise<Listener> {
  const heard = new EventEmitter();
  let all: string[] = [];
  await page.exposeFunction('tellListener', (text: string) => {
    if (all.at(-1) === text) return;
    all.push(text);
    heard.emit('text');
  });
  await page.addInitScript(watching);
  await page.reload();
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');

  const listener: Listener = {
    here: () => saidOf(session),
    async goTo(said, key = 'Tab') {
      const passed: string[] = [];
      for (let step = 0; step < mostSteps; step += 1) {
        await page.keyboard.press(key);
        const here = await saidOf(session);
        if (said.test(here)) return here;
        passed.push(here);
      }
      return assert.fail(`${key} leads to no ${said}:\n${[...new Set(passed)].join('\n')}`);
    },
    async press(said, key = 'Enter') {
      await listener.goTo(said);
      await page.keyboard.press(key);
    },
    async told(text) {
      const signal = AbortSignal.timeout(timeoutMs);
      while (!all.some((one) => text.test(one))) {
        await once(heard, 'text', { signal }).catch(() =>
          assert.fail(`nobody was told ${text}, but:\n${all.join('\n')}`),
        );
      }
    },
    forget() {
      all = [];
    },
  };
  return listener;
}

/** A listbox or a combobox keeps the focus itself, and says which of its options it is at. */
const focusNow = `(() => {
  const { activeElement } = document;
  const id = activeElement?.getAttribute('aria-activedescendant');
  return (id && document.getElementById(id)) || activeElement;
})()`;

async function saidOf(session: CDPSession): Promise<string> {
  const { result } = await session.send('Runtime.evaluate', { expression: focusNow });
  const { objectId } = result;
  if (objectId === undefined) return '';
  const asked = { objectId, fetchRelatives: false };
  const { nodes } = await session.send('Accessibility.getPartialAXTree', asked);
  await session.send('Runtime.releaseObject', { objectId });
  const [node] = nodes;
  if (node === undefined) return '';
  const told = (node.properties ?? [])
    .filter(
      ({ name, value: { value: is } }) =>
        (states.includes(name) && is !== undefined) ||
        (troubles.includes(name) && is !== 'false' && is),
    )
    .map(({ name, value }) => `${name}=${value.value}`);
  const { role, name, value, description } = node;
  return [
    role?.value,
    JSON.stringify(name?.value ?? ''),
    ...(value?.value === undefined ? [] : [`value=${value.value}`]),
    ...told,
    ...(description?.value ? [`(${description.value})`] : []),
  ].join(' ');
}
