/** Runs: the list and its filters, one run from its failure to its end, what others have written. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import type { Run } from '../../shared/sync/run.ts';
import { startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';
import { listenerOf } from './listener.ts';
import { type RunsWorld, startRunsWorld } from './runs-world.ts';

const heap = 'heap.sp_load_to_heap_from_crude_payment';
const divided = { times: 1, number: 8134, message: 'Divide by zero error encountered.', line: 42 };

describe('runs', { skip: withoutBrowser }, () => {
  let world: RunsWorld;
  let browser: TestBrowser;
  before(async () => {
    [world, browser] = await Promise.all([startRunsWorld(), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  const open = (path: string, more: Parameters<TestBrowser['open']>[1] = {}) =>
    browser.open(`${world.url}/#/runs${path}`, { token: 'demo-token', ...more });

  async function failed(user: string, message = divided.message): Promise<string> {
    await world.set(heap, { failures: { ...divided, message } });
    const id = await world.start({ code: 'stek', name: 'payment', user });
    assert.equal((await world.finished(id)).state, 'failed');
    return id;
  }

  /** What is copied, run as a shell runs it. */
  async function pasted(page: Page): Promise<string> {
    const text = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.doesNotMatch(text, /demo-token/);
    const env = { ...process.env, TOKEN: 'demo-token' };
    const { stdout } = await promisify(execFile)('bash', ['-c', `${text} -sS`], { env });
    return stdout;
  }

  it('by keyboard, without seeing it: a failure is opened, its cause and log are read, it is retried to its end', async () => {
    const id = await failed('Jana');
    const { page, assertQuiet, assertAccessible, close } = await open('?state=failed,interrupted');
    const listener = await listenerOf(page);
    const line = page.getByRole('listitem').first();
    await line.getByRole('link').waitFor();
    assert.match(await line.ariaSnapshot(), /failed.*stek · Оплата.*8134 Divide by zero/s);
    await assertAccessible();
    await listener.press(/^link "stek · Оплата"/);
    await page.waitForURL(`**/#/runs/${id}`);
    const detail = page.getByRole('region', { name: /heap/ });
    const cause = /8134, heap\.sp_load_to_heap_from_crude_payment, line 42: .*Divide by zero/;
    await detail.getByText(cause).waitFor();
    await detail.getByRole('log').getByText('Msg 8134, Level 16').waitFor();
    await assertAccessible();

    await listener.goTo(/^option ".* heap · failed · .*Divide by zero/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/stage=crude/);
    await page.getByRole('region', { name: /crude/ }).waitFor();

    await listener.goTo(/^button "Retry from the failure"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Retry from the failure' });
    await listener.told(/^1 stage is made/);
    await dialog.getByText('heap', { exact: false }).first().waitFor();
    await assertAccessible();
    await listener.press(/^button "Start"/);
    await listener.told(/^It was started again\.$/);
    await page.getByText('Goes on from the failure of').waitFor();
    await world.finished(page.url().match(/runs\/([^?]+)/)?.[1] ?? '');
    await listener.told(/^The run has ended: succeeded$/);
    await page.getByText('succeeded', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: id }).click();
    await page.getByText('Made again by').waitFor();
    assertQuiet();
    await close();
  });

  it('filters are in the address: they stay with a reload, and on the way back', async () => {
    await failed('Petr');
    const { page, assertQuiet, close } = await open('');
    const lines = page.getByRole('listitem');
    const filters = page.getByRole('search', { name: 'Find runs' });
    await lines.first().waitFor();
    await filters.getByLabel('Asked by').fill('petr');
    await filters.getByLabel('Entity').selectOption('payment');
    await page.waitForURL(/user=petr/);
    await page.getByText('1 run', { exact: true }).waitFor();
    assert.match(page.url(), /name=payment/);
    await page.reload();
    await page.getByText('1 run', { exact: true }).waitFor();
    assert.equal(await filters.getByLabel('Asked by').inputValue(), 'petr');
    await lines.getByRole('link').click();
    await page.getByRole('listbox').waitFor();
    await page.goBack();
    await page.getByText('1 run', { exact: true }).waitFor();
    assert.equal(await filters.getByLabel('Entity').inputValue(), 'payment');
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.waitForURL(/#\/runs$/);
    await filters.getByRole('link', { name: 'Clear' }).waitFor({ state: 'detached' });
    assert.equal(await filters.getByLabel('Asked by').inputValue(), '');
    assertQuiet();
    await close();
  });

  it('what is copied as curl does the same, without the token in it', async () => {
    const id = await failed("O'Neil");
    const permissions = ['clipboard-read', 'clipboard-write'];
    const { page, assertQuiet, close } = await open(`?user=${encodeURIComponent("O'Neil")}`, {
      permissions,
    });
    await page.getByText('1 run', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const listed = JSON.parse(await pasted(page)) as { runs: { id: string }[] };
    assert.deepEqual(
      listed.runs.map((run) => run.id),
      [id],
    );
    await page.getByRole('listitem').getByRole('link').click();
    await page.getByRole('button', { name: 'Copy as curl: the log' }).click();
    await page.getByRole('button', { name: 'Copy as curl: the log' }).getByText('Copied').waitFor();
    assert.match(await pasted(page), /^\S+ heap:payment \* Failed: .*Msg 8134/m);
    await page.getByRole('button', { name: 'Retry from the failure' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Copy as curl' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    const started = JSON.parse(await pasted(page)) as { id: string };
    const again: Run = await world.finished(started.id);
    assert.deepEqual([again.retryOf, again.state], [id, 'succeeded']);
    assertQuiet();
    await close();
  });

  it('a retry whose answer is lost is sent again, and starts once; the focus is never lost', async () => {
    const id = await failed('Jana');
    const { page, close } = await open(`/${id}`);
    const focused = () => page.evaluate('document.activeElement.textContent');
    const button = page.getByRole('button', { name: 'Retry from the failure' });
    const dialog = page.getByRole('dialog');
    await button.click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Retry from the failure');
    const keys: unknown[] = [];
    await page.route('**/retry', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await button.click();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText('nothing is known of whether it was done', { exact: false }).waitFor();
    await dialog.getByText(/^Made again by zd/).waitFor();
    await dialog.getByRole('button', { name: 'Start' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.hash.endsWith(id));
    const started = new URL(page.url()).hash.split('/').at(-1) ?? '';
    const { retriedBy } = (await (
      await fetch(`${world.url}/runs/${id}`, { headers: { authorization: 'Bearer demo-token' } })
    ).json()) as Run;
    assert.deepEqual(retriedBy, [started]);
    assert.ok(keys[0] !== undefined && keys[0] === keys[1], String(keys));
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
    await world.finished(started);
    await close();
  });

  it('a filter that there is none of is refused as the API does, and asked once', async () => {
    const { page, close } = await open('?stat=failed', { expected: /^400 .*stat=failed/ });
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('stat=failed')) asked += 1;
    });
    await page.getByText('Unknown query parameter: stat', { exact: false }).waitFor();
    const changed = page.waitForResponse((response) => response.url().includes('/overview'));
    await world.finished(await world.start({ code: 'stek', name: 'meter' }));
    await (await changed).finished();
    // Views ask as soon as they have heard of a change.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
    assert.ok(asked <= 1, `asked ${asked} times`);
    await close();
  });

  it('a run is watched while it moves, with who waits behind it, and cancelled', async () => {
    await world.set('crude.sp_load_datasource_payment', { delayMilliseconds: 600_000 });
    const id = await world.start({ code: 'stek', name: 'payment' });
    const next = await world.start({ code: 'stek', name: 'payment', whenBusy: 'wait' });
    const { page, assertQuiet, assertAccessible, close } = await open(`/${next}`);
    await page.getByText('It is the next.').waitFor();
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('option', { name: /crude · running/ }).waitFor();
    await assertAccessible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByRole('option', { name: /crude · cancelled/ }).waitFor();
    await world.mend();
    await page.goto(`${world.url}/#/runs/${next}`);
    assert.equal((await world.finished(next)).state, 'succeeded');
    await page.getByText('succeeded', { exact: true }).first().waitFor();
    assertQuiet();
    await close();
  });

  it('an entity over months: how long each run took, against the median, and the run is opened', async () => {
    const { page, assertQuiet, assertAccessible, close } = await browser.open(
      `${world.url}/#/history`,
      { token: 'demo-token', colorScheme: 'dark' },
    );
    await page.getByRole('heading', { name: 'Nights' }).waitFor();
    await page.locator('select option[value="payment"]').waitFor({ state: 'attached' });
    await assertAccessible();
    await page.getByLabel('Entity').and(page.locator('select')).selectOption('payment');
    await page.waitForURL(/#\/history\/payment/);
    await page.getByRole('button', { name: 'stek', exact: true }).click();
    await page.getByText(/median .* of \d+ runs?/).waitFor();
    await page
      .getByRole('img', { name: /How long it took/ })
      .locator('canvas')
      .waitFor();
    await assertAccessible();
    const table = page.getByRole('region', { name: 'The newest runs' });
    const row = table.getByRole('row').filter({ hasText: 'failed' }).first();
    await row.getByRole('link').click();
    await page.getByRole('listbox', { name: 'Stages by server' }).waitFor();
    assertQuiet();
    await close();
  });

  it('what others have written is text, whatever it is, and moves nothing', async () => {
    const hostile = `<img src=x onerror="document.title='hit'"> \u202ecba \u05d0\u05d1\u05d2 `;
    const id = await failed(hostile, hostile + 'a'.repeat(10_000));
    for (const [language, width] of [
      ['ru', 360],
      ['cs', 1280],
    ] as const) {
      const viewport = { width, height: 800 };
      const { page, assertQuiet, assertAccessible, close } = await open('', { language, viewport });
      const line = page.getByRole('listitem').first();
      await line.getByText('<img src=x', { exact: false }).first().waitFor();
      const fits = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
      assert.ok(await fits(), `the list in ${width} px`);
      await assertAccessible();
      await line.getByRole('link').click();
      await page.waitForURL(`**/#/runs/${id}`);
      await page.getByRole('log').getByText('<img src=x', { exact: false }).first().waitFor();
      assert.ok(await fits(), `the run in ${width} px`);
      assert.notEqual(await page.title(), 'hit');
      await assertAccessible();
      assertQuiet();
      await close();
    }
  });

  it('on paper a run is whole and light, as wide as a page, and without what is pressed', async () => {
    const id = await world.start({ code: ['stek', 'region', 'mo', 'zagser'] });
    const { stages, state } = await world.finished(id);
    assert.ok(state === 'succeeded' && stages.length > 60, `${state}, ${stages.length} stages`);
    const { page, assertQuiet, close } = await open(`/${id}`, { colorScheme: 'dark' });
    const rows = page.getByRole('region', { name: 'All stages' }).getByRole('row');
    await rows.nth(60).waitFor();
    assert.equal(await rows.count(), 61);
    await page.evaluate("document.documentElement.dataset.theme = 'dark'");
    // Of A4, between its margins.
    await page.setViewportSize({ width: 688, height: 1016 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    assert.equal(await rows.count(), stages.length + 1);
    assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Companies' }).isVisible(), false);
    await page.getByText(id, { exact: true }).filter({ visible: true }).waitFor();
    await page.getByText(/^begun .*20\d\d/).waitFor();
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    const colours = await page.evaluate(
      "[getComputedStyle(document.documentElement).colorScheme, getComputedStyle(document.querySelector('td')).color]",
    );
    assert.deepEqual(colours, ['light', 'rgb(27, 31, 36)']);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    assert.equal(await rows.count(), 61);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    // A4 in points.
    assert.match(pdf, /\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
    assertQuiet();
    await close();
  });

  it('of ten thousand runs only those are drawn that are seen', async () => {
    const { page, assertQuiet, close } = await open('');
    const line = await (
      await fetch(`${world.url}/runs?limit=1`, {
        headers: { authorization: 'Bearer demo-token' },
      }).then((answer) => answer.json() as Promise<{ runs: [{ id: string }] }>)
    ).runs[0];
    await page.route('**/runs?**', (route) => {
      const query = new URL(route.request().url()).searchParams;
      const from = Number(query.get('after') ?? 0);
      const limit = Number(query.get('limit') ?? 50);
      const runs = Array.from({ length: Math.min(limit, 10_000 - from) }, (_, place) => ({
        ...{ ...line, id: String(from + place).padStart(9, '0') },
      }));
      const end = from + runs.length;
      const next = end < 10_000 ? { next: `/runs?state=succeeded&after=${end}` } : {};
      return route.fulfill({ json: { runs, ...next } });
    });
    await page.goto(`${world.url}/#/runs?state=succeeded`);
    await page.getByText('the newest 250 runs').waitFor();
    const lines = page.getByRole('listitem');
    for (let turn = 0; turn < 200; turn += 1) {
      if ((await page.getByText(/^10.000 runs$/).count()) > 0) break;
      await page.keyboard.press('End');
      await page.waitForTimeout(20);
    }
    await page.keyboard.press('End');
    await page.locator('[aria-posinset="10000"]').waitFor();
    assert.ok((await lines.count()) < 150, `${await lines.count()} lines are drawn`);
    assertQuiet();
    await close();
  });
});
