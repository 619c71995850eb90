/** The views queries and companies, with everything as `npm start` makes it. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { oneMachine } from '../support/one-machine.ts';
import { startBrowser, withoutBrowser } from './browser.ts';
import { companyCases, type Played, untilCompany } from './company-cases.ts';
import { listenerOf } from './listener.ts';

const invoices = 'AB04SYNCBOARDINVOICES00001';

describe('queries and companies', { skip: withoutBrowser }, () => {
  let played: Played;
  before(async () => {
    const machine = await oneMachine();
    const [browser] = await Promise.all([startBrowser(), machine.start()]);
    played = { machine, browser };
    await untilCompany(machine, 'following');
  });
  after(async () => {
    await Promise.all([played.browser.close(), played.machine.close()]);
  });
  const open = (place: string, options = {}) =>
    played.browser.open(`${played.machine.url}/#/queries${place}`, {
      token: 'demo-token',
      ...options,
    });
  const placeOf = (body: object, definition = invoices, connection = 'ab') =>
    `/${connection}/${definition}?query=${encodeURIComponent(JSON.stringify(body))}`;
  const asked = async (body: object, query = '') => {
    const reply = await played.machine.request(`/ab/dynsql/${invoices}/exec${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer demo-token' },
      body: JSON.stringify(body),
    });
    return reply.text;
  };
  const answer = (page: Page) => page.getByRole('region', { name: 'Rows of the answer' });

  it('a range of dates and rows below are asked for, scrolled through, and saved as CSV', async () => {
    const { page, assertQuiet, assertAccessible, close } = await open('', {
      acceptDownloads: true,
    });
    await page.getByLabel('Find a query').fill('faktury vydané');
    await page.getByRole('link', { name: 'Faktury vydané (FlexiBee)' }).click();
    await page.getByRole('heading', { level: 1, name: 'Faktury vydané (FlexiBee)' }).waitFor();
    await assertAccessible();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('main').getByText('Tick at least one field.').waitFor();
    for (const field of ['Interní číslo', 'Vystaveno', 'Celkem']) {
      await page.getByRole('checkbox', { name: field, exact: true }).first().check();
    }
    await page
      .getByRole('combobox', { name: /^Add a condition/ })
      .first()
      .selectOption('DocDate');
    await page.getByRole('combobox', { name: 'How: Vystaveno' }).selectOption('range');
    await page.getByLabel('Vystaveno: from', { exact: true }).fill('2000-01-01');
    await page.getByLabel('Vystaveno: to', { exact: true }).fill('2099-12-31');
    await page.getByRole('combobox', { name: 'Sort by …: MAIN' }).selectOption('Code');
    await page.getByText('Řádky', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Název', exact: true }).check();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const body = {
      select: ['Code', 'DocDate', 'Amount'],
      where: [{ id: 'DocDate', value: ['2000-01-01', '2099-12-31'] }],
      orderby: [{ id: 'Code' }],
      datasets: [{ name: 'ROWS', select: ['Text'] }],
    };
    const { items } = JSON.parse(await asked(body)) as { items: { CODE: string }[] };
    await page.getByRole('main').getByText(`${items.length} rows`, { exact: true }).waitFor();
    await assertAccessible();
    await answer(page).focus();
    await page.keyboard.press('End');
    await answer(page)
      .getByText(items.at(-1)?.CODE ?? '', { exact: true })
      .waitFor();
    await page.keyboard.press('Home');
    await answer(page).getByRole('button', { name: /row/ }).first().click();
    await answer(page).getByRole('columnheader', { name: 'Název' }).waitFor();
    await assertAccessible();
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), 'Faktury vydané (FlexiBee).csv');
    assert.equal(await readFile(await download.path(), 'utf8'), await asked(body, '?format=csv'));
    // The address has all of it: whoever gets it asks the same.
    await page.reload();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('main').getByText(`${items.length} rows`, { exact: true }).waitFor();
    assertQuiet();
    await close();
  });

  it('by keyboard, without seeing it: an example is asked with one more field, saved as CSV and under a name, and found again', async () => {
    const { page, assertQuiet, close } = await open(`/ab/${invoices}`, { acceptDownloads: true });
    const listener = await listenerOf(page);
    await page.getByRole('heading', { level: 1, name: 'Faktury vydané (FlexiBee)' }).waitFor();
    await listener.press(/^button "[^"]*ROWS/);
    await listener.press(/^checkbox "Vystaveno" .*checked=false/, 'Space');
    assert.match(await listener.here(), /checked=true/);
    await listener.goTo(/^button "Ask"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await listener.told(/^\d+ rows$/);
    const table = await answer(page).ariaSnapshot();
    assert.match(table, /table "[^"]+".*columnheader "Vystaveno".*row "1 /s);
    const coming = page.waitForEvent('download');
    await listener.goTo(/^button "CSV"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    assert.match(await readFile(await (await coming).path(), 'utf8'), /^COMPANY.*,DOCDATE,.*ROWS/);
    await listener.told(/^The file is there\.$/);
    assert.match(await listener.here(), /^button "CSV"/);
    await listener.goTo(/^button "Save"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    assert.match(await listener.here(), /^textbox "Name of the query"/);
    await page.keyboard.type('Mine');
    await page.keyboard.press('Enter');
    await listener.told(/^The query is saved\.$/);
    await listener.goTo(/^link "Queries"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Mine' }).waitFor();
    await listener.press(/^link "Mine"/);
    await page.getByRole('checkbox', { checked: true }).first().waitFor();
    assertQuiet();
    await close();
  });

  it('what the API finds wrong is told at the input that it is about', async () => {
    const body = {
      select: ['Code'],
      where: [
        { id: 'Amount', value: 'much' },
        { id: 'Code', value: 'A*' },
      ],
    };
    const { page, assertAccessible, close } = await open(placeOf(body), { expected: /^400 / });
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const told = page.locator('.condition', { hasText: 'must be a number' });
    await told.getByLabel('Celkem: value').waitFor();
    await assertAccessible();
    await close();
  });

  it('a query of an address is asked as it is, or it is told what of it is not known', async () => {
    const body = { select: ['Code'], where: [{ id: 'Colour', value: 'red' }] };
    const { page, assertQuiet, assertAccessible, close } = await open(placeOf(body));
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/exec')) sent.push(request.postDataJSON());
    });
    const ask = page.getByRole('button', { name: 'Ask', exact: true });
    const told = page.getByRole('alert');
    await told
      .getByText('asks for more than this query knows: where[0]', { exact: false })
      .waitFor();
    await assertAccessible();
    await ask.click();
    await page.getByRole('button', { name: 'CSV' }).click();
    assert.match(page.url(), /Colour/);
    await told.getByRole('button', { name: 'Go on without it' }).click();
    await ask.click();
    await answer(page).waitFor();
    assert.equal(sent.length, 1);
    await page.getByLabel('At most so many rows').fill('abc');
    await ask.click();
    await page.getByRole('main').getByText('A whole number from 1 on', { exact: false }).waitFor();
    assert.equal(sent.length, 1);
    await page.goto(`${played.machine.url}/#/queries/ab/${invoices}?query={`);
    await told.getByText('The query in the address cannot be read.', { exact: false }).waitFor();
    await told.getByRole('button', { name: 'Go on without it' }).click();
    await page.getByRole('button', { name: 'CSV' }).click();
    await page.getByText('Tick at least one field.').first().waitFor();
    assert.equal(sent.length, 1);
    await page.goto(`${played.machine.url}/#/queries/nope`);
    await page.getByText('There is no connection nope', { exact: false }).waitFor();
    assertQuiet();
    await close();
  });

  it('rows are grouped and added up, by the form and by an address', async () => {
    const { page, assertQuiet, assertAccessible, close } = await open(`/ab/${invoices}`);
    const ask = page.getByRole('button', { name: 'Ask', exact: true });
    for (const field of ['Stav úhrady', 'Celkem']) {
      await page.getByRole('checkbox', { name: field, exact: true }).first().check();
    }
    await page.getByRole('combobox', { name: 'Rows: MAIN' }).selectOption('grouped');
    const groups = page.getByRole('group', { name: 'Rows', exact: true }).first();
    // An amount of several currencies is not added: its currency has come by itself.
    for (const field of ['Stav úhrady', 'Měna - Kód']) {
      await groups.getByText(field, { exact: true }).first().waitFor();
    }
    assert.equal(await groups.getByRole('button', { name: 'Remove: Měna - Kód' }).count(), 0);
    await groups.getByRole('combobox', { name: 'Group by …: MAIN' }).selectOption('Company');
    await ask.click();
    const body = {
      select: ['PaymentState', 'Amount', 'Company'],
      groupby: ['Company', 'PaymentState', 'Currency_Code'],
    };
    const { items } = JSON.parse(await asked(body)) as { items: object[] };
    const rows = page.getByRole('main').getByText(/^[\d\u202f]+ rows?$/);
    await rows.waitFor();
    assert.equal(
      await rows.textContent(),
      `${items.length} ${items.length === 1 ? 'row' : 'rows'}`,
    );
    await answer(page).getByRole('columnheader', { name: 'Celkem, sum' }).waitFor();
    await assertAccessible();
    // Whoever gets the address gets the same query, and may take its group out again.
    await page.reload();
    await groups.getByRole('button', { name: 'Remove: Firma' }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await ask.click();
    await answer(page).getByRole('columnheader', { name: 'Celkem, sum' }).waitFor();
    await groups.getByRole('button', { name: 'Remove: Firma' }).click();
    // The focus stays where its line was.
    await page.waitForFunction('document.activeElement.className === "rows"');
    await page.getByRole('checkbox', { name: 'Celkem', exact: true }).first().uncheck();
    assert.deepEqual(
      JSON.parse(new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('query') ?? ''),
      { select: ['PaymentState'], groupby: ['PaymentState', 'Currency_Code'] },
    );
    assertQuiet();
    await close();
  });

  it('what two tabs save is kept, and one that is called the same is asked about', async () => {
    const { page, assertQuiet, close } = await open(placeOf({ select: ['Code'] }));
    const other = await page.context().newPage();
    await other.goto(page.url());
    const save = async (tab: Page, name: string) => {
      await tab.getByRole('button', { name: 'Save' }).click();
      await tab.getByLabel('Name of the query').fill(name);
      await tab.keyboard.press('Enter');
    };
    const closed = (tab: Page) => tab.getByRole('dialog').waitFor({ state: 'detached' });
    await other.getByRole('button', { name: 'Save' }).waitFor();
    await save(page, 'of one tab');
    await closed(page);
    await save(other, 'of another');
    await closed(other);
    await save(page, 'of another');
    await page.getByText('There is one of this name already', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Replace it' }).click();
    await closed(page);
    for (const tab of [page, other]) {
      await tab.goto(`${played.machine.url}/#/queries`);
      for (const name of ['of one tab', 'of another']) {
        assert.equal(await tab.getByRole('link', { name, exact: true }).count().then(Number), 1);
      }
    }
    assertQuiet();
    await close();
  });

  it('ABRA Gen: all rows at once, and no more is offered than it knows', async () => {
    const countries = '01B4XCTHYNDL3C5P00CA141B44';
    const { page, assertQuiet, close } = await open(
      placeOf({ select: ['Code', 'Name'] }, countries, 'demodata'),
    );
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await answer(page).getByText('CZ', { exact: true }).waitFor();
    assert.equal(await page.getByText('At most so many rows').count(), 0);
    assertQuiet();
    await close();
  });

  it('a million rows scroll in little memory; what is hostile in them is text', async () => {
    const { page, assertQuiet, close } = await open(placeOf({ select: ['Code', 'Amount'] }));
    const total = 1_000_000;
    const asks: object[] = [];
    // No database of the tests has so many: only the answers are made here.
    await page.route('**/exec', async (route) => {
      const sent = route.request().postDataJSON() as { top: number; skip?: number; next?: string };
      asks.push(sent);
      const from = sent.skip ?? (typeof sent.next === 'string' ? Number(sent.next) : 0);
      const hostile = `<img src=x onerror="document.title=1">\u202e${'W'.repeat(10_000)}`;
      const items = Array.from({ length: sent.top }, (_, at) => ({
        CODE: from + at === 0 ? hostile : `row ${from + at + 1}`,
        AMOUNT: 0.5,
      }));
      await route.fulfill({
        json: { name: 'MAIN', count: total, items, next: String(from + sent.top) },
      });
    });
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('main').getByText('1\u202f000\u202f000 rows').waitFor();
    await answer(page)
      .getByText(/onerror/)
      .waitFor();
    assert.match(await page.title(), /syncboard$/);
    await answer(page).focus();
    await page.keyboard.press('End');
    await answer(page).getByText('row 1000000', { exact: true }).waitFor();
    assert.ok(asks.some((one) => 'skip' in one));
    for (const share of [0.1, 0.2, 0.4, 0.6, 0.8, 0.5]) {
      await answer(page).evaluate((box, part) => {
        box.scrollTop = box.scrollHeight * part;
      }, share);
      await page.waitForTimeout(50);
    }
    await answer(page)
      .getByText(/^row 50\d\d\d\d$/)
      .first()
      .waitFor();
    assert.ok((await answer(page).getByRole('row').count()) < 100);
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const used = await page.evaluate('performance.memory.usedJSHeapSize');
    assert.ok(Number(used) < 50_000_000, `${used} bytes`);
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
    assert.ok(width <= 1280, String(width));
    assertQuiet();
    await close();
  });

  companyCases(() => played);
});
