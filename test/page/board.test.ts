/** The board: choosing cells and starting them, saved boards and schedules, by mouse and by keyboard. */

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';
import { listenerOf } from './listener.ts';

/** The month before this one by the catalogue's clock. */
function lastMonth(): { month: number; year: number } {
  const options = { timeZone: 'Asia/Vladivostok', year: 'numeric', month: 'numeric' } as const;
  const parts = new Intl.DateTimeFormat('en', options).formatToParts(new Date());
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const [month, year] = [part('month'), part('year')];
  return month === 1 ? { month: 12, year: year - 1 } : { month: month - 1, year };
}

/** What a catalogue may say of an entity, and a frontend must be able to bear. */
const hostile = `<img src=x onerror=alert(1)> \u202eabc ${'w'.repeat(10_000)}`;

/** The shipped one, with one entity's description hostile, and one in two languages; its folder. */
async function hostileCatalog(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  await cp(fileURLToPath(new URL('../../catalog', import.meta.url)), folder, { recursive: true });
  const place = join(folder, 'catalog.json');
  const content = JSON.parse(await readFile(place, 'utf8'));
  content.entities.find(({ name }: { name: string }) => name === 'meter_place').description =
    hostile;
  content.entities.find(({ name }: { name: string }) => name === 'city').description = {
    ru: 'Населённый пункт',
    cs: 'Obec',
  };
  await writeFile(place, JSON.stringify(content));
  return folder;
}

const cell = (page: Page, name: RegExp) => page.getByRole('gridcell', { name });

/** What others write of a board the page does not see before its own change of it is answered. */
async function unseen(page: Page, board: string): Promise<() => Promise<void>> {
  const place = new RegExp(`/boards/${board}$`);
  const changed = page.waitForResponse((reply) =>
    ['PUT', 'PATCH'].includes(reply.request().method()),
  );
  await page.route(place, async (route) => {
    if (route.request().method() === 'GET') await changed;
    await route.continue();
  });
  return () => page.unroute(place);
}

describe('the board', { skip: withoutBrowser }, () => {
  let machine: OneMachine;
  let browser: TestBrowser;
  let catalog: string;
  before(async () => {
    machine = await oneMachine();
    catalog = await hostileCatalog();
    const environment = { CATALOG: join(catalog, 'catalog.json') };
    [browser] = await Promise.all([startBrowser(), machine.start(environment)]);
  });
  after(async () => {
    await browser?.close();
    await machine?.close();
    await rm(catalog, { recursive: true, force: true });
  });

  it('cells are chosen by mouse, and planned', async () => {
    const { page, assertQuiet, close } = await browser.open(`${machine.url}/#/board`, {
      token: 'demo-token',
    });
    await cell(page, /^Оплата, 0c10: never synced/).click();
    await page.getByRole('dialog', { name: 'Оплата, 0c10' }).waitFor();
    await cell(page, /^Оплата, stek/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: /^Sync 2 cells/ }).click();
    const plan = page.getByRole('dialog', { name: /^Sync Оплата of 0c10, stek for/ });
    await plan.getByRole('button', { name: 'Start' }).waitFor();
    await plan.getByRole('button', { name: 'Cancel' }).click();
    await plan.waitFor({ state: 'detached' });
    assertQuiet();
    await close();
  });

  it("by keyboard, without seeing it: last month's payments of three sources are chosen, planned, started and waited for", async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board`,
      { token: 'demo-token' },
    );
    const listener = await listenerOf(page);
    await cell(page, /^Оплата, 0c10/).waitFor();
    // The month may end before it is looked at again.
    const months = [lastMonth()];
    await listener.goTo(/^gridcell/);
    await page.keyboard.press('Home');
    await listener.goTo(/^rowheader "Оплата/, 'ArrowDown');
    for (const code of ['0c10', 'stek', 'mo']) {
      await page.keyboard.press('Home');
      await listener.goTo(
        new RegExp(`^gridcell "Оплата, ${code}: .* selected=false`),
        'ArrowRight',
      );
      await page.keyboard.press('Space');
      assert.match(await listener.here(), /selected=true/);
    }
    await listener.goTo(/^button "Sync 3 cells/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const plan = page.getByRole('dialog', { name: /^Sync Оплата of 0c10, stek, mo for/ });
    await page
      .locator(':focus')
      .and(plan.getByRole('button', { name: 'Start' }))
      .waitFor();
    // What it would start is told with the button that starts it.
    assert.match(await listener.here(), /^button "Start".*\(5 stages on 4 servers\./);
    await assertAccessible();
    await page.keyboard.press('Enter');
    await listener.told(/^Started: Sync Оплата of 0c10, stek, mo for/);
    const link = page.getByRole('link', { name: /^zd/ }).first();
    const id = (await link.textContent()) ?? '';
    await listener.told(/^The run has ended: succeeded$/);
    await cell(page, /^Оплата, 0c10: fresh/).waitFor();
    await assertAccessible();
    const { calls, user } = await machine.run(id);
    assert.deepEqual(
      calls?.map(({ codes, names }) => ({ codes, names })),
      [{ codes: ['0c10', 'stek', 'mo'], names: ['payment'] }],
    );
    months.push(lastMonth());
    const [period, ...others] = calls?.[0]?.periods ?? [];
    assert.deepEqual(others, []);
    assert.ok(months.some((month) => isDeepStrictEqual(month, period)));
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

  it('by keyboard, without seeing it: a line is switched off and noted; whoever was slower is told who was quicker', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/month-end`,
      { token: 'demo-token', expected: /^412 .*\/boards\/month-end\/calls\// },
    );
    const listener = await listenerOf(page);
    const line = page.getByRole('switch', { name: /^Оплата of .*, month before$/ });
    await line.waitFor();
    await listener.press(/^switch "Оплата of [^"]*, month before" .*checked=true/, 'Space');
    await listener.told(/^Switched off: Оплата of .*, month before$/);
    await page.getByText('7 of 8 lines are on.', { exact: false }).waitFor();
    assert.match(await listener.here(), /^switch .*checked=false/);
    await listener.press(/^button "Note … Оплата of/);
    assert.match(await listener.here(), /^textbox "Note of Оплата of/);
    await page.keyboard.type('slow <b>at</b> night');
    await page.keyboard.press('Enter');
    await listener.told(/^The note is saved\.$/);
    await page.getByText('slow <b>at</b> night').waitFor();
    await assertAccessible();
    const { calls } = JSON.parse((await machine.get('/boards/month-end')).text);
    const written = calls.find(({ name }: { name: string }) => name === 'payment');
    assert.deepEqual([written.run, written.note], [false, 'slow <b>at</b> night']);

    const body = JSON.stringify({ note: 'mine', user: 'Petr' });
    const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
    const path = `/boards/month-end/calls/${encodeURIComponent(written.id)}`;
    const see = await unseen(page, 'month-end');
    assert.equal((await machine.request(path, { method: 'PATCH', headers, body })).status, 200);
    await line.click();
    await page.getByText('Petr has changed it in the meantime', { exact: false }).first().waitFor();
    await see();
    await page.getByText('mine', { exact: true }).waitFor();
    assert.equal(await line.isChecked(), false);
    await line.click();
    await page.getByText('8 of 8 lines are on.', { exact: false }).waitFor();
    assertQuiet();
    await close();
  });

  it('by keyboard, without seeing it: a schedule is changed, once its next five times are seen', async () => {
    const body = JSON.stringify({ user: 'Jana', board: 'nightly', cron: '30 2 * * *' });
    const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
    const night = await machine.request('/schedules/night', { method: 'PUT', headers, body });
    assert.equal(night.status, 201, night.text);
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/nightly`,
      { token: 'demo-token', expected: /^400 .*\/schedules\/night\?dry=true/ },
    );
    const listener = await listenerOf(page);
    await page.getByRole('button', { name: 'Change … night' }).waitFor();
    await listener.press(/^button "Change … night"/);
    const times = page.getByRole('list', { name: 'The next five times' }).getByRole('listitem');
    await times.nth(4).waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('0 6 * * MON');
    await times
      .filter({ hasText: /^Monday.*06:00$/ })
      .nth(4)
      .waitFor();
    assert.equal(await times.count(), 5);
    await listener.told(/^(Monday[^M]*06:00){5}$/);
    // What is behind the bar of the page, axe takes for too near to the links in it.
    await page.evaluate('scrollTo(0, 0)');
    await assertAccessible();
    await page.keyboard.press('Enter');
    await listener.told(/^The schedule night is saved\.$/);
    await page.getByText('0 6 * * MON').waitFor();
    const { cron, changedBy } = JSON.parse((await machine.get('/schedules/night')).text);
    assert.deepEqual([cron, changedBy.user], ['0 6 * * MON', 'demo']);
    assert.match(await listener.here(), /^button "Change … night"/);
    await listener.goTo(/^switch "Schedule night" .*checked=true/, 'Shift+Tab');
    await page.keyboard.press('Space');
    await listener.told(/^Switched off: night$/);
    await page.getByText('switched off', { exact: true }).waitFor();
    assertQuiet();
    await close();
  });

  const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
  const write = async (method: 'PUT' | 'PATCH', path: string, body: object) => {
    const text = JSON.stringify({ user: 'Petr', ...body });
    const reply = await machine.request(path, { method, headers, body: text });
    assert.ok(reply.status < 300, reply.text);
  };
  const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

  it('what a board starts is what its plan said: one that was changed meanwhile is planned anew', async () => {
    const calls = [
      { id: 'one', code: 'stek', name: 'meter', run: true },
      { id: 'two', code: 'mo', name: 'meter', run: false },
    ];
    await write('PUT', '/boards/planned', { calls });
    const { page, assertQuiet, close } = await browser.open(`${machine.url}/#/board/planned`, {
      token: 'demo-token',
      expected: /^412 .*\/boards\/planned\/run/,
    });
    await page.getByRole('button', { name: 'Run now …' }).click();
    const plan = page.getByRole('dialog', { name: 'Run the board planned' });
    const stages = plan.locator('p', { hasText: /^\d+ stages? on/ });
    const before = await stages.textContent();
    await write('PATCH', '/boards/planned/calls/two', { run: true });
    await page.keyboard.press('Enter');
    await plan.getByText('nothing was started', { exact: false }).waitFor();
    await stages.filter({ hasNotText: before ?? '' }).waitFor();
    const { runs } = JSON.parse((await machine.get('/runs?board=planned')).text);
    assert.deepEqual(runs, []);
    await plan.getByRole('button', { name: 'Cancel' }).click();
    await plan.waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Run now …');
    const planned = page.waitForResponse(/\/boards\/planned\/run\?dry=true$/);
    await page.keyboard.press('Enter');
    await stages.waitFor();
    const starting = page.waitForRequest(/\/boards\/planned\/run$/);
    await plan.getByRole('button', { name: 'Start' }).click();
    await plan.waitFor({ state: 'detached' });
    // Its months are those of the plan, however long somebody has looked at it.
    const { asOf } = (await (await planned).json()) as { asOf: string };
    assert.ok(Date.parse(asOf) > 0, asOf);
    assert.partialDeepStrictEqual((await starting).postDataJSON(), { asOf });
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
    const started = JSON.parse((await machine.get('/runs?board=planned')).text).runs;
    assert.deepEqual(started[0].codes, ['stek', 'mo']);
    assertQuiet();
    await close();
  });

  it('a note and a schedule that others have changed meanwhile are not written over unasked', async () => {
    const calls = [{ id: 'one', code: 'stek', name: 'meter', run: true }];
    await write('PUT', '/boards/shared', { calls });
    await write('PUT', '/schedules/shared', { board: 'shared', cron: '30 2 * * *' });
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/shared`,
      { token: 'demo-token' },
    );
    const line = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('switch', { name: /stek/ }) });
    await line.getByRole('button', { name: /^Note …/ }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    assert.match(String(await focused(page)), /^Note …/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('ours');
    await write('PATCH', '/boards/shared/calls/one', { note: 'theirs', run: false });
    await page.getByText('0 of 1 line is on.', { exact: false }).waitFor();
    await page.keyboard.press('Enter');
    await line.getByText(/^Petr has changed it .* theirs$/).waitFor();
    await page.keyboard.press('Enter');
    await line.getByText('ours', { exact: true }).waitFor();
    assert.match(String(await focused(page)), /^Change/);
    assert.equal(JSON.parse((await machine.get('/boards/shared')).text).calls[0].note, 'ours');

    const change = page.getByRole('button', { name: 'Change … shared' });
    await change.focus();
    await page.keyboard.press('Enter');
    const form = page.getByRole('form', { name: 'Change the schedule shared' });
    await form.getByRole('textbox', { name: /^When/ }).fill('0 6 * * *');
    await write('PUT', '/schedules/shared', {
      board: 'shared',
      cron: '15 1 * * *',
      enabled: false,
    });
    await page.getByText('15 1 * * *').first().waitFor();
    await page.keyboard.press('Enter');
    await form.getByText('Petr has changed it', { exact: false }).waitFor();
    await form.getByText(/^It is now: 15 1 \* \* \* .* switched off$/).waitFor();
    await assertAccessible();
    const known = async () => JSON.parse((await machine.get('/schedules/shared')).text);
    assert.equal((await known()).cron, '15 1 * * *');
    await page.keyboard.press('Enter');
    await form.waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Change … shared');
    const { cron, enabled, changedBy } = await known();
    assert.deepEqual([cron, enabled, changedBy.user], ['0 6 * * *', false, 'demo']);
    assertQuiet();
    await close();
  });

  it('what somebody else has just made under the same name is not written over', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/nightly`,
      { token: 'demo-token', expected: /^412 .*\/(boards|schedules)\/taken/ },
    );
    const known = async (path: string) => JSON.parse((await machine.get(path)).text);
    await page.getByRole('button', { name: 'New schedule …' }).click();
    const form = page.getByRole('form', { name: /^Change the schedule/ });
    await form.getByLabel('Name').fill('taken');
    await form.getByRole('textbox', { name: /^When/ }).fill('0 6 * * *');
    await form.getByRole('listitem').filter({ hasText: '06:00' }).nth(4).waitFor();
    await write('PUT', '/schedules/taken', { board: 'nightly', cron: '30 2 * * *' });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('taken is there already', { exact: false }).waitFor();
    await assertAccessible();
    assert.equal(await form.getByRole('textbox', { name: /^When/ }).inputValue(), '0 6 * * *');
    assert.equal((await known('/schedules/taken')).cron, '30 2 * * *');
    await form.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'From a board.py …' }).click();
    const imported = page.getByRole('dialog', { name: 'A board from a board.py' });
    const buffer = Buffer.from('sync_entity(M, STACK_MO, run=True)\n');
    const file = { name: 'board.py', mimeType: 'text/x-python', buffer };
    await imported.getByLabel('File').setInputFiles(file);
    // What it would be is told while its name is typed, and no letter is lost by that.
    const name = imported.getByLabel('Name of the board');
    await name.pressSequentially('tak');
    await imported.getByText('1 line, 1 on.').waitFor();
    await name.pressSequentially('en');
    await imported.getByText('1 line, 1 on.').waitFor();
    assert.equal(await name.inputValue(), 'taken');
    await write('PUT', '/boards/taken', {
      calls: [{ id: 'one', code: 'stek', name: 'meter', run: true }],
    });
    await imported.getByRole('button', { name: 'Save' }).click();
    await imported.getByText('There is a board taken already', { exact: false }).waitFor();
    await assertAccessible();
    assert.equal((await known('/boards/taken')).calls[0].code, 'stek');
    // What was told is of what was sent: not of another name, nor again of this one.
    const told = imported.getByText('There is a board taken already', { exact: false });
    await name.fill('taken-not');
    await told.waitFor({ state: 'detached' });
    await name.fill('taken');
    await imported.getByText('1 line, 1 on.').waitFor();
    await imported.getByRole('button', { name: 'Save' }).click();
    await told.waitFor();
    assert.equal((await known('/boards/taken')).calls[0].code, 'stek');
    // Told of it, somebody may want it all the same.
    await imported.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/#\/board\/taken$/);
    assert.equal((await known('/boards/taken')).calls[0].code, 'mo');

    await page.goto(`${machine.url}/#/board`);
    await cell(page, /^Оплата, stek/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: 'Save what is chosen …' }).click();
    const chosen = page.getByRole('dialog', { name: 'Save 1 line as a board' });
    await chosen.getByLabel('Name of the board').fill('taken');
    await chosen.getByLabel('What it is for').fill('ours');
    await chosen.getByRole('button', { name: 'Save' }).click();
    await chosen.getByText('taken is there already', { exact: false }).waitFor();
    assert.equal(await chosen.getByLabel('What it is for').inputValue(), 'ours');
    assert.equal((await known('/boards/taken')).calls[0].code, 'mo');
    await page.keyboard.press('Escape');
    assertQuiet();
    await close();
  });

  it('what a change of a board was is told line by line, and an earlier one is brought back', async () => {
    const one = { id: 'one', code: 'stek', name: 'meter', run: true };
    const two = { id: 'two', code: 'mo', name: 'payment', month: -1, run: false };
    await write('PUT', '/boards/before', { user: 'Jana', calls: [one, two] });
    await write('PATCH', '/boards/before/calls/two', { run: true, note: 'slow' });
    await write('PUT', '/boards/before', { calls: [{ ...two, month: 0, run: true }] });
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/before`,
      { token: 'demo-token', expected: /^412 .*\/boards\/before$/ },
    );
    await page.getByText('Changes', { exact: true }).click();
    const list = page.getByRole('list', { name: 'Changes' });
    const changes = list.locator('> li');
    const told = async (index: number) => {
      await changes.nth(index).getByRole('button', { name: 'What changed' }).click();
      const lines = changes.nth(index).getByRole('listitem');
      await lines.first().waitFor();
      return await lines.allTextContents();
    };
    assert.deepEqual(await told(0), [
      'Оплата of mo, current month without a note, was: Оплата of mo, month before',
      'Прибор учёта of stek removed',
    ]);
    assert.deepEqual(await told(1), ['Оплата of mo, month before switched on, note: slow']);
    assert.deepEqual(await told(2), [
      'Прибор учёта of stek new, on',
      'Оплата of mo, month before new, off',
    ]);
    await assertAccessible();
    const back = changes.last().getByRole('button', { name: 'Bring back …' });
    await back.click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText('The board before becomes again what it was', { exact: false })
      .waitFor();
    await assertAccessible();
    // Whoever is asked was asked of what was there then.
    const see = await unseen(page, 'before');
    await write('PATCH', '/boards/before/calls/two', { note: 'other' });
    await dialog.getByRole('button', { name: 'Bring back' }).click();
    const changed = dialog.getByText('Petr has changed it', { exact: false });
    await changed.first().waitFor();
    await see();
    assert.equal(await changed.count(), 1);
    assert.equal(await dialog.getByRole('button', { name: 'Bring back' }).count(), 0);
    await page.keyboard.press('Escape');
    // What others do is seen by itself, though nothing that the overview has is another.
    await back.click();
    await write('PATCH', '/boards/before/calls/two', { note: 'again' });
    await changed.waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Bring back' }).count(), 0);
    await page.keyboard.press('Escape');
    await page.getByText('again', { exact: true }).waitFor();
    await back.click();
    await dialog.getByRole('button', { name: 'Bring back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await changes.nth(5).waitFor();
    const { calls, revision, changedBy } = JSON.parse((await machine.get('/boards/before')).text);
    assert.deepEqual([calls, revision, changedBy.user], [[one, two], 6, 'demo']);
    assertQuiet();
    await close();
  });

  it('who changed a board is seen; its schedule and the board are removed, each after a question', async () => {
    const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };
    const put = async (path: string, content: object) => {
      const reply = await machine.request(path, {
        ...{ method: 'PUT', headers, body: JSON.stringify(content) },
      });
      assert.ok([200, 201].includes(reply.status), reply.text);
    };
    const calls = [{ code: 'stek', name: 'meter', run: true }];
    await put('/boards/short', { user: 'Jana', description: 'first', calls });
    await put('/boards/short', { user: 'Petr', description: 'second', calls });
    await put('/schedules/early', { user: 'Jana', board: 'short', cron: '30 2 * * *' });
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/short`,
      { token: 'demo-token', expected: /^404 .*\/boards\/short/ },
    );
    await page.getByText('Changes', { exact: true }).click();
    const changes = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    await changes.nth(1).waitFor();
    const texts = await changes.allTextContents();
    assert.match(texts[0] ?? '', /Petr1 of 1 line is on\.What changed/);
    assert.match(texts[1] ?? '', /Jana1 of 1 line is on\.What changed/);
    await page.getByRole('button', { name: 'Remove … early' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The schedule early is removed', { exact: false }).waitFor();
    await assertAccessible();
    await page.keyboard.press('Escape');
    assert.equal((await machine.get('/schedules/early')).status, 200);
    await page.getByRole('button', { name: 'Remove … early' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nothing starts it by itself.').waitFor();
    assert.equal((await machine.get('/schedules/early')).status, 404);
    await page.getByRole('button', { name: 'Remove … short' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.waitForURL(/#\/board$/);
    assert.equal((await machine.get('/boards/short')).status, 404);
    assertQuiet();
    await close();
  });

  it('what the catalogue calls things is in the language of the page, as far as it has it', async () => {
    const { page, assertQuiet, close } = await browser.open(`${machine.url}/#/board`, {
      token: 'demo-token',
      language: 'cs',
    });
    const titled = (name: string) => page.getByRole('rowheader', { name, exact: true });
    await titled('Obec').waitFor();
    await page.getByText('demo', { exact: true }).first().click();
    await page.getByRole('radio', { name: 'English' }).click();
    await titled('Населённый пункт').waitFor();
    assertQuiet();
    await close();
  });

  it('what is being typed, and what was chosen, stays in another language', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board/nightly`,
      { token: 'demo-token' },
    );
    await cell(page, /^Оплата, 0c10/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: 'New schedule …' }).click();
    const form = page.locator('form.schedule-form');
    await form.getByLabel('Name').fill('early');
    await form.getByRole('textbox', { name: /^When/ }).fill('0 5 * * *');
    await form.locator('select').first().selectOption('skip');
    await page.getByText('demo', { exact: true }).first().click();
    await page.getByRole('radio', { name: 'Čeština' }).click();
    await form.getByRole('button', { name: 'Uložit' }).waitFor();
    const typed = form.locator('input');
    assert.equal(await typed.nth(0).inputValue(), 'early');
    assert.equal(await typed.nth(1).inputValue(), '0 5 * * *');
    assert.equal(await form.locator('select').first().inputValue(), 'skip');
    await page.locator('[role="gridcell"][aria-selected="true"]').waitFor();
    await assertAccessible();
    await page.getByRole('radio', { name: 'English' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    const { cron, whenBusy } = JSON.parse((await machine.get('/schedules/early')).text);
    assert.deepEqual([cron, whenBusy], ['0 5 * * *', 'skip']);
    await machine.request('/schedules/early', { method: 'DELETE', headers });
    assertQuiet();
    await close();
  });

  it('what could not be planned is planned again, and started', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board`,
      { token: 'demo-token', expected: /^503 .*\/runs\?dry=true/ },
    );
    // How long it takes is asked for by the same request, sooner or later than the plan.
    const planning = /\/runs\?dry=true/;
    await page.route(planning, (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 503, detail: 'Storage does not answer.' }),
      }),
    );
    await cell(page, /^Оплата, stek/).click({ modifiers: ['Control'] });
    await page.getByRole('button', { name: /^Sync 1 cell/ }).click();
    const plan = page.getByRole('dialog', { name: /^Sync Оплата of stek/ });
    await plan.getByText('Storage does not answer.').waitFor();
    await page.unroute(planning);
    await assertAccessible();
    await page
      .locator(':focus')
      .and(plan.getByRole('button', { name: 'Plan again' }))
      .waitFor();
    await page.keyboard.press('Enter');
    await plan.getByText('Storage does not answer.').waitFor({ state: 'detached' });
    await page
      .locator(':focus')
      .and(plan.getByRole('button', { name: 'Start' }))
      .waitFor();
    await page.keyboard.press('Escape');
    await plan.waitFor({ state: 'detached' });
    assertQuiet();
    await close();
  });

  it('what a catalogue says is text, however hostile, and holds the layout from 360 px on', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${machine.url}/#/board`,
      { token: 'demo-token', language: 'ru', viewport: { width: 360, height: 740 } },
    );
    const header = page.getByRole('rowheader', { name: '<img src=x onerror=alert(1)>' });
    await header.waitFor();
    const box = await header.boundingBox();
    assert.ok(box !== null && box.height < 40 && box.width < 200, JSON.stringify(box));
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    assert.ok(Number(wide) <= 360, `${wide} px`);
    assert.equal(await page.locator('main img').count(), 0);
    await assertAccessible();
    assertQuiet();
    await close();
  });
});
