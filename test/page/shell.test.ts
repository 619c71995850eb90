/** The page's frame: how it is served, signing in, views by keyboard, languages, appearance. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PackagedApp, startPackagedApp } from '../support/packaged-app.ts';
import { startBrowser, type TestBrowser, withoutBrowser } from './browser.ts';

const tenant = '7e6f5d4c-0000-4000-8000-00000000cafe';
/** The authentication of App Service stands in front, as in Azure alone. */
const behindPlatform = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
  WEBSITE_INSTANCE_ID: 'i1',
  WEBSITE_AUTH_ENABLED: 'True',
  FLEXIBEE_HOOK_SECRET: 'a-hook-secret-that-is-not-of-the-sample',
  PUBLIC_URL: 'https://board.example',
  API_TOKENS: JSON.stringify([{ name: 'own', sha256: '0'.repeat(64), codes: ['*'] }]),
  SIGN_IN: JSON.stringify({
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    audience: 'c0ffee00-0000-4000-8000-000000000001',
    appRoles: [{ name: 'Operator', roles: ['read', 'run'], codes: ['*'] }],
    platform: true,
  }),
};
const principal = Buffer.from(
  JSON.stringify({
    ...{ auth_typ: 'aad', name_typ: 'name', role_typ: 'roles' },
    claims: [
      { typ: 'oid', val: '0b1ec7-ada' },
      { typ: 'tid', val: tenant },
      { typ: 'preferred_username', val: 'ada@example.com' },
      { typ: 'roles', val: 'Operator' },
    ],
  }),
).toString('base64');

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
    // "demo-token" with a Russian layout: no header could hold it.
    await page.getByLabel('Token').fill('вуьщ-ещлут');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByText('A token has Latin letters, digits and signs only.', { exact: false })
      .waitFor();
    await page.getByLabel('Token').fill('x'.repeat(70_000));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is longer than the app takes.').waitFor();
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

  it('where the platform signs in it is offered; whoever it has signed in is let in and led out by it', async () => {
    const worker = await app.worker(behindPlatform);
    const expected = /^401 .*\/me$|^404 .*\/\.auth\/logout/;
    const asked = await browser.open(`${worker.url}/#/runs`, { expected });
    const link = asked.page.getByRole('link', { name: 'Sign in with your account' });
    assert.equal(
      await link.getAttribute('href'),
      '/.auth/login/aad?post_login_redirect_uri=%2F%23%2Fruns',
    );
    await asked.assertAccessible();
    asked.assertQuiet();
    await asked.close();
    // What the platform adds to each request that comes with its cookie.
    const extraHTTPHeaders = { 'x-ms-client-principal': principal };
    const { page, assertQuiet, close } = await browser.open(worker.url, {
      ...{ expected, extraHTTPHeaders },
    });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.getByText('ada@example.com').first().click();
    // Nothing answers there but the platform.
    const led = page.waitForRequest(/\/\.auth\/logout$/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await led;
    assertQuiet();
    await close();
  });

  for (const [language, board, queries] of [
    ['en', 'Data and boards', 'Queries'],
    ['cs', 'Data a tabule', 'Dotazy'],
    ['ru', 'Данные и доски', 'Запросы'],
  ] as const) {
    it(`every view is there in ${language}, quiet and accessible, light and dark`, async () => {
      // The server of that connection is not there.
      const expected = /^502 .*\/demodata\/dynsql$/;
      const options = { language, token: 'demo-token', colorScheme: 'dark', expected } as const;
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

  it('one that turns the page away is told in its own words, and left alone as long as it says', async () => {
    const { page, close } = await browser.open(app.url, { token: 'demo-token' });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    // What the page asks from then on is of its next visit.
    await page.goto('about:blank');
    const asked: number[] = [];
    await page.route('**/overview**', (route) => {
      asked.push(Date.now());
      if (asked.length > 1) return route.continue();
      const headers = { 'retry-after': '3', ratelimit: '"caller";r=0;t=3' };
      const detail = 'More requests came of this token. Try again later.';
      return route.fulfill({ status: 429, headers, json: { status: 429, detail } });
    });
    await page.goto(app.url);
    await page
      .getByText('The app turns the page away for now: More requests', { exact: false })
      .waitFor();
    await page.getByRole('heading', { level: 1, name: /well|wrong/ }).waitFor();
    await page
      .getByText('The app turns the page away', { exact: false })
      .waitFor({ state: 'detached' });
    const [first = 0, second = 0] = asked;
    assert.ok(second - first >= 3_000, `asked again after ${second - first} ms`);
    await close();
  });

  it('the time is the app’s, whatever the clock of the browser says', async () => {
    const { page, close } = await browser.open(app.url, { token: 'demo-token' });
    await page.addInitScript(() => {
      const own = Date.now;
      Date.now = () => own() - 5 * 3_600_000;
    });
    await page.reload();
    const heading = page.locator('section.wrong .heading small');
    const zone = (
      await fetch(`${app.url}/me`, { headers: { authorization: 'Bearer demo-token' } })
    ).headers.get('time-zone');
    const times = [0, 1, 2].map((minutes) =>
      new Intl.DateTimeFormat('en', {
        ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone ?? '' },
      }).format(Date.now() + minutes * 60_000),
    );
    await heading.filter({ hasText: new RegExp(times.join('|')) }).waitFor();
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
