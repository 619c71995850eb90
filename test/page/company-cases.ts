/** Cases of the view companies: states, the cure of a trouble, hostile texts. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OneMachine } from '../support/one-machine.ts';
import type { TestBrowser } from './browser.ts';
import { listenerOf } from './listener.ts';

export interface Played {
  machine: OneMachine;
  browser: TestBrowser;
}

/** @param played there once the cases run */
export function companyCases(played: () => Played): void {
  const control = (body: object) =>
    fetch(`${played().machine.flexibeeControlUrl}/companies/demo`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const until = (state: string) => untilCompany(played().machine, state);
  const open = (place: string, options = {}) =>
    played().browser.open(`${played().machine.url}/#/companies${place}`, {
      token: 'demo-token',
      ...options,
    });

  it('by keyboard, without seeing it: a changelog that is off is switched on from the list, and the company recovers', async () => {
    const { page, assertQuiet, assertAccessible, close } = await open('');
    const listener = await listenerOf(page);
    await page.getByRole('row', { name: /followed/ }).waitFor();
    await control({ changelog: 'disabled' });
    await until('trouble');
    await page.getByText('not followed').waitFor();
    await page.getByText('The changelog is switched off').waitFor();
    await assertAccessible();
    await listener.press(/^button "Switch the changelog on: /);
    await listener.told(/^It is on: everything is loaded again\.$/);
    await page.getByRole('row', { name: /followed|being loaded|not begun/ }).waitFor();
    await page.getByText('not followed').waitFor({ state: 'detached' });
    await until('following');
    // Its button is gone: the focus is with its line, which says how it is.
    await page
      .locator(':focus')
      .and(page.getByRole('row', { name: /followed/ }))
      .waitFor();
    assertQuiet();
    await close();
  });

  it('one company: what it is asked for is told at once, and its numbers move by themselves', async () => {
    const { page, assertQuiet, assertAccessible, close } = await open('/flexi-demo');
    await page.getByText('It is on: changes are listed.').waitFor();
    await assertAccessible();
    const row = page.getByRole('row', { name: /adresar/ });
    const before = (await row.textContent()) ?? '';
    const address = { kod: 'PAGE', nazev: '<img src=x onerror="document.title=1">' };
    await fetch(`${played().machine.flexibeeUrl}/c/demo/adresar.json`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from('winstrom:winstrom').toString('base64')}`,
      },
      body: JSON.stringify({ winstrom: { adresar: [address] } }),
    });
    await page.getByRole('button', { name: 'Poll now' }).click();
    await page.getByRole('main').getByText('Asked for: it begins').waitFor({ timeout: 1_500 });
    await page
      .getByRole('row', { name: /adresar/ })
      .filter({ hasNotText: before })
      .waitFor();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('The server calls at once').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('There is none: changes').waitFor();
    await page.getByRole('button', { name: /^Switch off/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('The changelog is switched off').waitFor();
    await page.getByRole('button', { name: 'Switch the changelog on', exact: true }).click();
    await page.getByText('It is on: changes are listed.').waitFor();
    assert.match(await page.title(), /syncboard$/);
    await until('following');
    assertQuiet();
    await close();
  });

  for (const language of ['cs', 'ru'] as const) {
    it(`long and hostile texts hold the layout at 360 px, in ${language}`, async () => {
      const viewport = { width: 360, height: 740 };
      const { page, assertAccessible, close } = await open('', { language, viewport });
      const long = `<img src=x onerror="document.title=1">\u202eabc${'W'.repeat(10_000)}`;
      await page.route('**/flexibee', async (route) => {
        const answer = await route.fetch();
        const { companies } = (await answer.json()) as { companies: object[] };
        const [one] = companies;
        const trouble = {
          ...{ kind: 'database', since: '2026-01-01T00:00:00.000Z' },
          ...{ message: long, cure: long },
        };
        await route.fulfill({
          response: answer,
          json: { companies: [{ ...one, description: long, state: 'trouble', trouble }] },
        });
      });
      await page.reload();
      await page.getByRole('link', { name: /onerror/ }).waitFor();
      assert.match(await page.title(), /syncboard$/);
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      assert.ok(width <= 360, String(width));
      await assertAccessible();
      await close();
    });
  }
}

/** Resolves once the company is so; whoever asks is polled at once. */
export async function untilCompany(machine: OneMachine, state: string): Promise<void> {
  await machine.post('/flexibee/flexi-demo/poll', {});
  for (;;) {
    const { text } = await machine.get('/flexibee/flexi-demo?live=false');
    if (JSON.parse(text).state === state) return;
    // It has no event for its clients but another answer.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
