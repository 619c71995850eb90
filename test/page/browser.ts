/** Chromium as it is installed on the machine; and what every test of the page watches for. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));

/** For one step: what is shown within a second where nothing else is at work. */
export const timeoutMs = Math.round(10_000 * Math.max(1, loadavg()[0] ?? 1));

/** Of `describe` and `test`: why there is nothing to play in, if so. */
export const withoutBrowser =
  executablePath === undefined && 'Chromium is not installed: apt-get install chromium';

export type Language = 'en' | 'cs' | 'ru';

export interface WatchedPage {
  page: Page;
  /** @throws AssertionError naming what the console, the policy or the network complained of */
  assertQuiet(): void;
  /** @throws AssertionError naming what axe-core found, by rule and element */
  assertAccessible(): Promise<void>;
  close(): Promise<void>;
}

export interface TestBrowser {
  /** A session of its own, of somebody whose browser speaks a language. */
  open(url: string, options?: OpenOptions): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  language?: Language;
  /** Signed in with it before anything is shown. */
  token?: string;
  /** Refusals that belong to the test: `(409|503) .*\/retry`. */
  expected?: RegExp;
}

export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--font-render-hinting=none',
    ],
  });
  return { open: (url, options) => open(browser, url, options), close: () => browser.close() };
}

async function open(
  browser: Browser,
  url: string,
  { language = 'en', token, expected, ...more }: OpenOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    locale: language,
    viewport: { width: 1280, height: 900 },
    // The page's own policy holds for what the test puts in, too: axe comes through the protocol.
    bypassCSP: false,
    ...more,
  });
  context.setDefaultTimeout(timeoutMs);
  const page = await context.newPage();
  const complaints = watch(page, expected);
  if (token !== undefined) {
    await context.addInitScript((value) => sessionStorage.setItem('syncboard-token', value), token);
  }
  await page.goto(url);
  return {
    page,
    assertQuiet: () => assert.deepEqual(complaints, []),
    assertAccessible: () => assertAccessible(page),
    close: () => context.close(),
  };
}

/** Errors of the console and of scripts, violations of the policy, answers that are refusals. */
function watch(page: Page, expected: RegExp | undefined): string[] {
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected?.test(text)) complaints.push(text);
  };
  page.on('console', (message) => {
    // A refusal is told below, with its address; the console's line has none that a test could name.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complain(message.text());
  });
  page.on('pageerror', (error) => complain(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complain(`${response.status()} ${response.url()}`);
  });
  return complaints;
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

async function assertAccessible(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  // What stands under a heading that stays in sight is no smaller for it.
  await page.evaluate('scrollTo(0, 0)');
  // Evaluated by the debugger, which no policy of the page keeps out.
  await page.evaluate(await axe);
  const found = (await page.evaluate(
    `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
      .then(({violations}) => violations)`,
  )) as Finding[];
  const lines = found.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}) ${target}: ${failureSummary}`),
  );
  assert.deepEqual(lines, []);
}
