/** A tab of the page, and what it takes of the browser. */

import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { PageApp } from './app.ts';
import { traced } from './main-thread.ts';

export interface Tab {
  context: BrowserContext;
  page: Page;
  session: CDPSession;
}

/** One figure of the bench, and whether it is as it is to be. */
export interface Figure {
  what: string;
  isRight: boolean;
}

export async function openTab(browser: Browser): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  context.setDefaultTimeout(120_000);
  await context.addInitScript("sessionStorage.setItem('syncboard-token', 'bench')");
  const page = await context.newPage();
  return { context, page, session: await context.newCDPSession(page) };
}

/** A second of the world, once the page shows it. */
export async function second(app: PageApp, page: Page): Promise<void> {
  app.second();
  const message = `${app.world.seconds * 1_000}`;
  await page.waitForFunction(
    `document.body.textContent.replaceAll('\\u202f', '').includes('${message} rows')`,
  );
}

/** The same where the page's clock was installed: as quickly as the page does it. */
export async function secondByItsClock(app: PageApp, page: Page): Promise<void> {
  const seen = second(app, page);
  await page.clock.runFor(1_000);
  await seen;
}

export interface Memory {
  /** Bytes of JavaScript that are alive. */
  heap: number;
  nodes: number;
  listeners: number;
}

/** What is alive once all that is not has been collected. */
export async function memoryOf(session: CDPSession): Promise<Memory> {
  await session.send('Performance.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

const pageBytes = 4_096;

/** Bytes that the process of the tab has for itself, its elements and pictures included (Linux). */
export async function ownBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  // One may wait for the next tab: the larger one is this one's.
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => {
      const [, resident = 0, shared = 0] = (await readFile(`/proc/${id}/statm`, 'utf8'))
        .split(' ')
        .map(Number);
      return (resident - shared) * pageBytes;
    });
  return Math.max(...(await Promise.all(sizes)));
}

export const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

export const framesOfStep = 30;

/** So many pixels to the right and down in each frame, for some frames. */
export type Step = readonly [x: number, y: number];

/** Scrolls a box, a step a frame. */
const scroll = (box: string, [x, y]: Step) => `new Promise((done) => {
  const box = document.querySelector('${box}');
  let left = ${framesOfStep};
  const step = () => {
    box.scrollBy(${x}, ${y});
    left -= 1;
    if (left > 0) requestAnimationFrame(step);
    else done();
  };
  requestAnimationFrame(step);
})`;

export interface Scrolled {
  /** CPU time of the main thread. */
  msOfFrame: number;
  /** Frames that are not left out. */
  share: number;
  longestMs: number;
}

/**
 * @param box what scrolls, as a selector
 * @param before is called before each step
 */
export async function scrolled(
  { page, session }: Pick<Tab, 'page' | 'session'>,
  box: string,
  steps: readonly Step[],
  before: () => Promise<void> | void = () => {},
): Promise<Scrolled> {
  const { totalMs, missedFrames, tasks } = await traced(session, async () => {
    for (const step of steps) {
      await before();
      await page.evaluate(scroll(box, step));
    }
  });
  const count = framesOfStep * steps.length;
  const share = count / (count + missedFrames);
  return { msOfFrame: totalMs / count, share, longestMs: tasks[0] ?? 0 };
}

/** The same on an empty page of that size. */
export async function scrolledEmpty(
  tab: Pick<Tab, 'page' | 'session'>,
  url: string,
  size: { width: number; height: number },
  steps: readonly Step[],
): Promise<Scrolled> {
  await tab.page.goto(`${url}/empty?width=${size.width}&height=${size.height}`);
  return await scrolled(tab, '#box', steps);
}

/** How large all of it is that a box scrolls through. */
export async function sizeOf(page: Page, box: string): Promise<{ width: number; height: number }> {
  return await page.evaluate(
    `(({ scrollWidth, scrollHeight }) => ({ width: scrollWidth, height: scrollHeight }))(document.querySelector('${box}'))`,
  );
}

export function framesText(own: Scrolled, empty: Scrolled): string {
  const share = (own.share / empty.share).toFixed(2);
  return `${own.msOfFrame.toFixed(1)} ms a frame, empty page ${empty.msOfFrame.toFixed(1)} ms, ${share} of its frames, the longest task ${own.longestMs.toFixed(0)} ms`;
}
