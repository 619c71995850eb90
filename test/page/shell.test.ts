/** The page's frame: how it is served, signing in, views by keyboard, languages, appearance. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PackagedApp, startPackagedApp } from '../support/packaged-app.ts';
import { startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';

let app: PackagedApp;
before(async () => {
  app = await startPackagedApp();
});
after(() => app.close());

describe('how it is served', () => {
  it('is asked for each time, and not sent again while it is the same', async () => {
    const first = await fetch(app.url);
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(first.headers.get('cache-control'), 'no-cache');
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(app.url, { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
  });

  it('runs, draws and asks nothing but its own app, and is framed by nobody', async () => {
    const { headers } = await fetch(app.url);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.match(policy, /frame-ancestors 'none'; require-trusted-types-for 'script'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  });

  it('has files that are kept for good, smaller where the client takes them so', async () => {
    const text = await (await fetch(app.url)).text();
    const names = [...text.matchAll(/(?:href|src)="(page\/[^"]+)"/g)].map(([, name = '']) => name);
    assert.ok(names.length >= 3, text);
    for (const name of names) {
      for (const coding of ['br', 'gzip', 'identity']) {
        const answer = await fetch(`${app.url}/${name}`, {
          headers: { 'accept-encoding': coding },
        });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
        const expected = coding === 'identity' ? null : coding;
        assert.equal(answer.headers.get('content-encoding'), expected, name);
        assert.ok((await answer.text()).length > 0);
      }
    }
    assert.equal((await fetch(`${app.url}/page/none.js`)).status, 404);
    assert.equal((await fetch(`${app.url}/page/..%2fmain.cjs`)).status, 404);
  });
});

describe('in a browser', { skip: withoutBrowser }, () => {
  let browser: TestBrowser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());

  it('a token is typed once, is kept out of addresses, and is gone with the session', async () => {
    const { page, assertAccessible, close } = await browser.open(app.url);
    await assertAccessible();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('A token is needed.').waitFor();
    await page.getByLabel('Token').fill('no-such-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not known, or has expired.').waitFor();
    await page.getByLabel('Token').fill('demo-token');
    await page.getByLabel('Your name').fill('Jana');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    assert.doesNotMatch(page.url(), /demo-token/);
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.getByText('Jana').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
    await close();
  });

  for (const [language, board, queries] of [
    ['en', 'Board', 'Queries'],
    ['cs', 'Tabule', 'Dotazy'],
    ['ru', 'Доска', 'Запросы'],
  ] as const) {
    it(`every view is there in ${language}, quiet and accessible, light and dark`, async () => {
      const options = { language, token: 'demo-token', colorScheme: 'dark' } as const;
      const { page, assertQuiet, assertAccessible, close } = await browser.open(app.url, options);
      await page.getByRole('link', { name: board, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: board }).waitFor();
      await assertAccessible();
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('link', { name: queries, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: queries }).waitFor();
      await assertAccessible();
      assertQuiet();
      await close();
    });
  }

  it('/ leads to the search, which finds a data source by its description', async () => {
    const { page, assertQuiet, close } = await browser.open(app.url, { token: 'demo-token' });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('stek');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/runs\?code=stek$/);
    assertQuiet();
    await close();
  });

  it('a lost connection is told, and what is there again is told, too', async () => {
    const { page, close } = await browser.open(app.url, { token: 'demo-token' });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('The app does not answer.', { exact: false }).waitFor();
    await page.context().setOffline(false);
    await page
      .getByText('The app does not answer.', { exact: false })
      .waitFor({ state: 'detached' });
    await close();
  });
});
