/** Ten thousand runs, and a million rows of a query: scrolled through from the beginning to the end. */

import type { Browser } from 'playwright-core';
import type { PageApp } from './app.ts';
import { connections, definition, everyField } from './rows.ts';
import {
  type Figure,
  framesText,
  megabytes,
  memoryOf,
  openTab,
  ownBytes,
  type Scrolled,
  type Step,
  scrolled,
  scrolledEmpty,
  sizeOf,
  type Tab,
} from './tab.ts';

const leastShare = 0.8;
const mostBytes = 150 * 1_048_576;

export const longLists = { entities: 30, sources: 15, lanes: 16, runs: 10_000, rows: 1_000_000 };

/** As somebody does who looks for something: slowly, and by whole screens. */
const there: readonly Step[] = [
  [0, 24],
  [0, 240],
];
const back: readonly Step[] = [
  [0, -24],
  [0, -240],
];
/** At the beginning, in the middle, at the end: where to begin, in parts of the whole, and the steps. */
const places = [
  [0, there],
  [0.5, there],
  [1, back],
] as const;

/** Frames of all places, beside those of an empty page of that size. */
async function throughAll(tab: Tab, app: PageApp, box: string): Promise<[Scrolled, Scrolled]> {
  const size = await sizeOf(tab.page, box);
  const all = async (each: (steps: readonly Step[]) => Promise<Scrolled>, scroller: string) => {
    const found: Scrolled[] = [];
    for (const [part, steps] of places) {
      await tab.page.evaluate(
        `(({ scrollHeight }) => document.querySelector('${scroller}').scrollTo(0, scrollHeight * ${part}))(document.querySelector('${scroller}'))`,
      );
      found.push(await each(steps));
    }
    return joined(found);
  };
  const own = await all((steps) => scrolled(tab, box, steps, () => app.second()), box);
  await scrolledEmpty(tab, app.url, size, []);
  const empty = await all((steps) => scrolled(tab, '#box', steps), '#box');
  return [own, empty];
}

const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;

const joined = (all: readonly Scrolled[]): Scrolled => ({
  msOfFrame: mean(all.map(({ msOfFrame }) => msOfFrame)),
  share: mean(all.map(({ share }) => share)),
  longestMs: Math.max(...all.map(({ longestMs }) => longestMs)),
});

interface Held {
  heap: number;
  own: number;
}

async function held(browser: Browser, tab: Tab): Promise<Held> {
  const { heap } = await memoryOf(tab.session);
  return { heap, own: await ownBytes(browser) };
}

const heldText = ({ heap, own }: Held) =>
  `${megabytes(heap)} MB of JavaScript, ${megabytes(own)} MB of the tab's process`;

/** All runs are fetched, as somebody does who goes on to the end. */
export async function manyRuns(browser: Browser, app: PageApp): Promise<Figure[]> {
  const tab = await openTab(browser);
  const { page, context } = tab;
  await page.goto(`${app.url}/#/runs`);
  const before = await held(browser, tab);
  const last = `[aria-posinset="${longLists.runs}"]`;
  await page.waitForFunction(
    `scrollTo(0, document.documentElement.scrollHeight), document.querySelector('${last}')`,
  );
  const after = await held(browser, tab);
  const drawn = await page.getByRole('listitem').count();
  const [own, empty] = await throughAll(tab, app, 'html');
  await context.close();
  return [
    {
      what: `${longLists.runs} runs, ${drawn} of them drawn: ${framesText(own, empty)}`,
      isRight: own.share / empty.share >= leastShare,
    },
    {
      what: `${longLists.runs} runs: ${heldText(after)}; of the first page ${heldText(before)}`,
      isRight: after.own < mostBytes,
    },
  ];
}

/** Of a database by pages, of ABRA Gen all at once. */
export async function manyRows(browser: Browser, app: PageApp): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { id } of connections.connections) {
    const tab = await openTab(browser);
    const { page, context } = tab;
    const query = encodeURIComponent(JSON.stringify(everyField));
    await page.goto(`${app.url}/#/queries/${id}/${definition.id}?query=${query}`);
    const begun = performance.now();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.locator('.grid tbody tr').first().waitFor();
    const seconds = (performance.now() - begun) / 1_000;
    const asked = await held(browser, tab);
    const [own, empty] = await throughAll(tab, app, '.grid');
    figures.push({
      what: `${longLists.rows} rows of ${id}: ${framesText(own, empty)}`,
      isRight: own.share / empty.share >= leastShare,
    });
    figures.push({
      what: `${longLists.rows} rows of ${id}, there after ${seconds.toFixed(1)} s: ${heldText(asked)}`,
      isRight: asked.own < mostBytes,
    });
    await context.close();
  }
  return figures;
}
