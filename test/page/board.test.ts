/** The board: choosing cells and starting them, by mouse and by keyboard. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';

/** The month before this one by the catalogue's clock. */
function lastMonth(): { month: number; year: number } {
  const options = { timeZone: 'Asia/Vladivostok', year: 'numeric', month: 'numeric' } as const;
  const parts = new Intl.DateTimeFormat('en', options).formatToParts(new Date());
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const [month, year] = [part('month'), part('year')];
  return month === 1 ? { month: 12, year: year - 1 } : { month: month - 1, year };
}

const cell = (page: Page, name: RegExp) => page.getByRole('gridcell', { name });

describe('the board', { skip: withoutBrowser }, () => {
  let machine: OneMachine;
  let browser: TestBrowser;
  before(async () => {
    machine = await oneMachine();
    [browser] = await Promise.all([startBrowser(), machine.start()]);
  });
  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  it("last month's payments of three sources are chosen by mouse, planned, started and seen to run", async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board`,
      { token: 'demo-token' },
    );
    await cell(page, /^Оплата, 0c10: never synced/).click();
    await page.getByRole('dialog', { name: 'Оплата, 0c10' }).waitFor();
    await cell(page, /^Оплата, stek/).click({ modifiers: ['Control'] });
    await cell(page, /^Оплата, mo/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: /^Sync 3 cells/ }).click();
    const plan = page.getByRole('dialog', { name: /^Sync Оплата of 0c10, stek, mo for/ });
    await plan.getByText('5 stages on 4 servers.', { exact: false }).waitFor();
    await assertAccessible();
    await plan.getByRole('button', { name: 'Start' }).click();
    await cell(page, /^Оплата, stek: (next|in line|runs)/).waitFor();
    const link = page.getByRole('link', { name: /^zd/ }).first();
    const id = (await link.textContent()) ?? '';
    await cell(page, /^Оплата, 0c10: fresh/).waitFor({ timeout: 60_000 });
    await assertAccessible();
    const { calls, user } = await machine.run(id);
    assert.deepEqual(
      calls?.map(({ codes, names, periods }) => ({ codes, names, periods })),
      [{ codes: ['0c10', 'stek', 'mo'], names: ['payment'], periods: [lastMonth()] }],
    );
    assert.equal(user, 'demo');
    assertQuiet();
    await close();
  });

  it('a range is chosen by the keyboard alone, and a wide cell is one', async () => {
    const { page, assertQuiet, close } = await browser.open(`${machine.url}/#/board`, {
      token: 'demo-token',
    });
    await page.getByRole('rowheader', { name: 'Коды банков' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    // Two wide ones, and the building structures of the first area.
    await page.getByRole('button', { name: /^Sync 3 cells/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog', { name: 'Строение, 0c05' });
    await panel.getByRole('button', { name: 'Sync …' }).waitFor();
    await page.keyboard.press('Enter');
    const plan = page.getByRole('dialog', { name: 'Sync Строение of 0c05' });
    await plan.getByText('3 stages', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');
    await plan.waitFor({ state: 'detached' });
    assertQuiet();
    await close();
  });
});
