/** The view Now, with the app as `npm start` makes it: a failure is seen, read, mended and watched. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { startPageApp } from '../../bench/page/app.ts';
import { memoryOf, secondByItsClock } from '../../bench/page/tab.ts';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { type Language, startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';
import { listenerOf } from './listener.ts';

const token = 'demo-token';

describe('the view Now', { skip: withoutBrowser }, () => {
  let machine: OneMachine;
  let browser: TestBrowser;
  before(async () => {
    machine = await oneMachine();
    [browser] = await Promise.all([startBrowser(), machine.start({ DEMO_PACE: '6000' })]);
  });
  after(async () => {
    await browser.close();
    await machine.close();
  });

  // Whatever a test left behind: the next one begins with servers that are free.
  afterEach(async () => {
    await control('DELETE', '/procedures');
    const { runs } = JSON.parse((await machine.get('/runs?state=running,queued,waiting')).text);
    for (const { id } of runs) {
      await machine.post(`/runs/${id}/cancel`, {});
      await machine.finished(id);
    }
  });

  async function control(method: string, path: string, body?: object): Promise<void> {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${machine.controlUrl}${path}`, init);
    assert.equal(response.status, 200, `${method} ${path}`);
  }

  const procedure = '/procedures/crude.sp_load_datasource_meter';

  async function start(...calls: object[]): Promise<string> {
    const reply = await machine.post('/runs', { user: 'Jana', whenBusy: 'wait', calls });
    assert.equal(reply.status, 202, reply.text);
    return (reply.headers.get('location') ?? '').replace('/runs/', '');
  }

  const words: Record<Language, Record<'title' | 'cause' | 'retry' | 'well', string>> = {
    en: { title: '.* of stek failed', cause: 'Cause', retry: 'Retry', well: 'All is well' },
    cs: { title: 'Selhalo: .*, stek', cause: 'Příčina', retry: 'Zopakovat', well: 'Vše je v' },
    ru: { title: 'Ошибка: .*, stek', cause: 'Причина', retry: 'Повторить', well: 'Всё в порядке' },
  };
  for (const [language, { title, cause, retry, well }] of Object.entries(words)) {
    it(`by keyboard, without seeing it: a failure is found, its cause is read, it is made again and watched to its end: ${language}`, async () => {
      const failures = { times: 1, number: 8134, message: 'Divide by zero error encountered.' };
      await control('PUT', procedure, { failures });
      await machine.finished(await start({ code: 'stek', name: 'meter' }));
      const opened = await browser.open(machine.url, { language: language as Language, token });
      const { page, assertQuiet, assertAccessible, close } = opened;
      const listener = await listenerOf(page);
      const line = page.getByRole('listitem').filter({ hasText: 'stek' }).first();
      await line.getByText(new RegExp(`^${title}$`)).waitFor();
      await listener.press(new RegExp(`^button "${cause}: ${title}" expanded=false`));
      await line.getByText('8134').waitFor();
      assert.match(await listener.here(), /expanded=true/);
      assert.match(await line.ariaSnapshot(), /8134.*Divide by zero error encountered\..*crude/s);
      await assertAccessible();
      await listener.press(new RegExp(`^button "${retry}[^"]*: ${title}"`));
      // The line is gone with its cause: the entity has succeeded since. So is what had the focus.
      await listener.told(new RegExp(well));
      const heading = page.getByRole('heading', { level: 1, name: well });
      await heading.waitFor();
      await page
        .locator(':focus')
        .and(page.getByRole('region', { name: well }))
        .waitFor();
      const { runs } = JSON.parse((await machine.get('/runs?limit=1')).text);
      assert.deepEqual([runs[0].state, runs[0].user], ['succeeded', 'demo']);
      await assertAccessible();
      assertQuiet();
      await close();
    });
  }

  it('what is wrong with the system itself is a line, until it is not', async () => {
    const faults = `${machine.abraGenControlUrl}/faults`;
    const fault = JSON.stringify({ kind: 'list', times: 1_000, status: 503 });
    await fetch(faults, { method: 'PUT', body: fault });
    const { page, assertQuiet, assertAccessible, close } = await browser.open(machine.url, {
      token,
    });
    // Lists that are not older than ten seconds count as answers.
    while (JSON.parse((await machine.get('/health')).text).state === 'ok') {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const line = page.getByRole('listitem').filter({ hasText: /^ABRA Gen \S+ does not answer/ });
    await line.waitFor();
    await page.getByRole('heading', { level: 1, name: 'One thing is wrong' }).waitFor();
    await assertAccessible();
    await fetch(faults, { method: 'DELETE' });
    await line.waitFor({ state: 'detached', timeout: 60_000 });
    await page.getByRole('heading', { level: 1, name: 'All is well' }).waitFor();
    assertQuiet();
    await close();
  });

  it('what was made again and has failed again can be made again', async () => {
    await control('PUT', procedure, { failures: { times: 1_000, number: 8134 } });
    const first = await start({ code: 'stek', name: 'meter' });
    await machine.finished(first);
    const { page, assertQuiet, close } = await browser.open(machine.url, { token });
    const line = page.getByRole('listitem').filter({ hasText: 'stek' }).first();
    await line.getByRole('button', { name: /^Retry/ }).click();
    await line
      .getByRole('link', { name: /^(Started|\d of \d stages|failed): .* of stek failed/ })
      .waitFor();
    await line.getByRole('button', { name: /^Retry/ }).waitFor();
    await line.getByText(/^failed again \S+$/).waitFor();
    await control('DELETE', '/procedures');
    await line.getByRole('button', { name: /^Retry/ }).click();
    await page.getByRole('heading', { level: 1, name: 'All is well' }).waitFor();
    const [second = ''] = (await machine.run(first)).retriedBy ?? [];
    assert.equal((await machine.run(second)).state, 'failed');
    assert.equal((await machine.run(second)).retriedBy?.length, 1);
    assertQuiet();
    await close();
  });

  it('the cause is the whole of what the server said, with its number, procedure and line', async () => {
    const values = Array.from({ length: 150 }, (_, place) => `value ${place}`).join(', ');
    const message = `The duplicate key value is (${values}).`;
    await control('PUT', procedure, { failures: { times: 1_000, number: 2627, message } });
    await machine.finished(await start({ code: 'stek', name: 'meter' }));
    const { page, assertQuiet, assertAccessible, close } = await browser.open(machine.url, {
      token,
    });
    const line = page.getByRole('listitem').filter({ hasText: 'stek' }).first();
    await line.getByRole('button', { name: /^Cause/ }).click();
    await line.getByText(message, { exact: true }).waitFor();
    assert.match(
      (await line.textContent()) ?? '',
      /2627[\s\S]*crude\.sp_load_datasource_meter[\s\S]*line \d/,
    );
    await assertAccessible();
    await control('DELETE', '/procedures');
    await machine.finished(await start({ code: 'stek', name: 'meter' }));
    await page.getByRole('heading', { level: 1, name: 'All is well' }).waitFor();
    assertQuiet();
    await close();
  });

  it('changes leave nothing behind, however many there are', async () => {
    const app = await startPageApp({ entities: 12, sources: 6, lanes: 6 });
    const { page, close } = await browser.open('about:blank', { token });
    await page.clock.install();
    await page.goto(app.url);
    await page.getByRole('gridcell').first().waitFor();
    const session = await page.context().newCDPSession(page);
    const after = async (changes: number) => {
      for (let count = 0; count < changes; count += 1) await secondByItsClock(app, page);
      return await memoryOf(session);
    };
    const before = await after(8);
    const { nodes, listeners } = await after(60);
    assert.ok(nodes <= before.nodes, `${before.nodes} nodes became ${nodes}`);
    assert.ok(listeners <= before.listeners, `${before.listeners} listeners became ${listeners}`);
    await close();
    await app.close();
  });

  it('views that are left leave nothing behind', async () => {
    const { page, assertQuiet, close } = await browser.open(machine.url, { token });
    const session = await page.context().newCDPSession(page);
    const views = page.getByRole('navigation', { name: 'Views' });
    const round = async () => {
      for (const name of ['Data and boards', 'Runs', 'History', 'Companies', 'Queries', 'Now']) {
        await views.getByRole('link', { name: new RegExp(`^${name}`) }).click();
        await page.locator('.view:not([aria-busy="true"]) h1').first().waitFor();
      }
      await page.getByRole('gridcell').first().waitFor();
      return await memoryOf(session);
    };
    await round();
    const before = await round();
    await round();
    const { nodes, listeners } = await round();
    assert.ok(nodes <= before.nodes * 1.02, `${before.nodes} nodes became ${nodes}`);
    assert.ok(listeners <= before.listeners, `${before.listeners} listeners became ${listeners}`);
    assertQuiet();
    await close();
  });

  it('what runs is a lane with its stage and time, and is cancelled after a question', async () => {
    await control('PUT', procedure, { delayMilliseconds: 86_400_000 });
    const id = await start({ code: 'stek', name: 'meter' });
    const { page, assertQuiet, assertAccessible, close } = await browser.open(machine.url, {
      token,
    });
    const lane = page.getByRole('listitem').filter({ has: page.getByText('ab', { exact: true }) });
    await lane.getByText('crude').waitFor();
    await lane.getByRole('link', { name: 'by Jana' }).waitFor();
    await lane.getByRole('progressbar').waitFor();
    const stage = await lane.getByRole('progressbar').getAttribute('aria-valuetext');
    assert.match(stage ?? '', /(left|over)$/);
    await lane.getByRole('button', { name: 'Cancel: ab' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/What runs is stopped/).waitFor();
    await assertAccessible();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await lane.getByRole('button', { name: 'Cancel: ab' }).click();
    await dialog.getByRole('button', { name: 'Cancel the run' }).click();
    await lane.getByText('free').waitFor();
    assert.equal((await machine.run(id)).state, 'cancelled');
    assertQuiet();
    await close();
  });

  it('an open question stays about the run that it was asked of, and says when that is over', async () => {
    await control('PUT', procedure, { delayMilliseconds: 86_400_000 });
    const first = await start({ code: 'stek', name: 'meter' });
    const second = await start({ code: 'stek', name: 'meter' });
    const { page, assertQuiet, close } = await browser.open(machine.url, { token });
    const lane = page.getByRole('listitem').filter({ has: page.getByText('ab', { exact: true }) });
    await lane.locator(`a[href$="${first}"]`).waitFor();
    await lane.getByRole('button', { name: 'Cancel: ab' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(first).waitFor();
    await machine.post(`/runs/${first}/cancel`, {});
    await lane.locator(`a[href$="${second}"]`).waitFor();
    await dialog.getByText(`The run ${first} holds no server any more`, { exact: false }).waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Cancel the run' }).count(), 0);
    assert.equal(await dialog.getByText(second).count(), 0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await machine.run(second)).state, 'running');
    assertQuiet();
    await close();
  });

  it('a cure whose answer is lost is sent again, and starts once', async () => {
    await control('PUT', procedure, { failures: { times: 1, number: 8134 } });
    const id = await start({ code: 'stek', name: 'meter' });
    await machine.finished(id);
    await control('PUT', procedure, { delayMilliseconds: 86_400_000 });
    const { page, close } = await browser.open(machine.url, { token });
    const keys: unknown[] = [];
    await page.route('**/retry', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.abort();
    });
    const line = page.getByRole('listitem').filter({ hasText: 'stek' }).first();
    await line.getByRole('button', { name: /^Retry/ }).click();
    await line.getByText('nothing is known of whether it was done', { exact: false }).waitFor();
    await line.getByRole('button', { name: /^Retry/ }).click();
    await line.getByRole('link', { name: /Started|stages/ }).waitFor();
    assert.equal((await machine.run(id)).retriedBy?.length, 1);
    assert.ok(keys[0] !== undefined && keys[0] === keys[1], String(keys));
    await close();
  });

  it('a trouble is marked as known by keyboard alone, and worries nobody until it is not', async () => {
    await control('PUT', procedure, { failures: { times: 1, number: 8134 } });
    await machine.finished(await start({ code: 'stek', name: 'meter' }));
    const { page, assertQuiet, close } = await browser.open(machine.url, { token });
    const line = page.getByRole('listitem').filter({ hasText: 'stek' }).first();
    await line.getByRole('button', { name: /^Known: / }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('What is being done').focus();
    await page.keyboard.type('<img src=x onerror=alert(1)> Petr is at it');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'All is well' }).waitFor();
    await line
      .getByText(/known until .*: <img src=x onerror=alert\(1\)> Petr is at it demo/)
      .waitFor();
    await line.getByRole('button', { name: /^Not known any more: / }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'One thing is wrong' }).waitFor();
    assertQuiet();
    await close();
  });
});
