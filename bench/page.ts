/**
 * The operators' page in Chromium, as it is built, beside an empty page of the same size: first
 * paint, tasks while lanes move, frames of the largest board and of long lists, memory over an hour
 * of changes.
 */

import { type Browser, chromium } from 'playwright-core';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { type PageApp, startPageApp } from './page/app.ts';
import { longLists, manyRows, manyRuns } from './page/long-lists.ts';
import { median, traced } from './page/main-thread.ts';
import {
  type Figure,
  framesText,
  megabytes,
  memoryOf,
  openTab,
  scrolled,
  scrolledEmpty,
  second,
  secondByItsClock,
  sizeOf,
} from './page/tab.ts';
import type { WorldSize } from './page/world.ts';

const morning = { entities: 30, sources: 15, lanes: 16 };
const largest = { entities: 100, sources: 60, lanes: 16 };
const longTaskMs = 50;

type Part = (browser: Browser, app: PageApp) => Promise<Figure[]>;

const parts: Readonly<Record<string, readonly [size: WorldSize, part: Part]>> = {
  paint: [morning, firstPaint],
  lanes: [morning, lanes],
  hour: [morning, hour],
  board: [largest, board],
  runs: [longLists, manyRuns],
  rows: [longLists, manyRows],
};

const { changes, times, only } = commandLine({
  name: 'npm run bench:page --',
  what: "What the page takes of a browser, in CPU time of the page's main thread.",
  options: {
    changes: { ...numberAboveZero('changes of the hour, a second each'), default: 3_600 },
    times: { ...numberAboveZero('first paints of each page'), default: 5 },
    only: { type: 'text', value: 'PART', values: Object.keys(parts), help: 'one part alone' },
  },
  more: `Needs Chromium: CHROMIUM is its place, /usr/bin/chromium unless set. Exit code 1 where the first
paint takes over twice the empty page's, a task over 50 ms while lanes move or the largest board is
drawn, frames are under 0.8 of the empty page's, or memory is over 150 MB or grows by more than a
tenth.`,
});

/** Both pages by turns, so that whatever else the machine does meets both. */
async function firstPaint(browser: Browser, app: PageApp): Promise<Figure[]> {
  const paints = { empty: [] as number[], now: [] as number[] };
  for (let time = 0; time < times; time += 1) {
    for (const [name, path] of [
      ['empty', '/empty?width=1920&height=1080'],
      ['now', '/'],
    ] as const) {
      const { context, page } = await openTab(browser);
      await page.goto(`${app.url}${path}`);
      const at = await page.waitForFunction(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
      );
      paints[name].push(Number(await at.jsonValue()));
      await context.close();
    }
  }
  const share = median(paints.now) / median(paints.empty);
  const what = `first paint: ${median(paints.now).toFixed(0)} ms, empty page ${median(paints.empty).toFixed(0)} ms, ${share.toFixed(2)} times`;
  return [{ what, isRight: share <= 2 }];
}

async function lanes(browser: Browser, app: PageApp): Promise<Figure[]> {
  const tab = await openTab(browser);
  await tab.page.goto(app.url);
  await tab.page.getByRole('gridcell').first().waitFor();
  await second(app, tab.page);
  const seconds = 20;
  const { tasks, totalMs } = await traced(tab.session, async () => {
    for (let count = 0; count < seconds; count += 1) await second(app, tab.page);
  });
  await tab.context.close();
  return [
    {
      what: `16 lanes that move: ${(totalMs / seconds).toFixed(1)} ms a change, ${longest(tasks)}`,
      isRight: isShort(tasks),
    },
  ];
}

const isShort = (tasks: readonly number[]) => tasks.every((ms) => ms <= longTaskMs);

/** @param tasks the longest first */
function longest(tasks: readonly number[]): string {
  const long = tasks.filter((ms) => ms > longTaskMs).length;
  return `the longest task ${tasks[0]?.toFixed(0)} ms, ${long} over ${longTaskMs} ms`;
}

/** Drawn for the first time, then scrolled while it changes. */
async function board(browser: Browser, app: PageApp): Promise<Figure[]> {
  const tab = await openTab(browser);
  const { page, session, context } = tab;
  const isDrawn = `document.querySelectorAll('.matrix tbody tr').length === ${largest.entities}`;
  const { tasks, totalMs } = await traced(session, async () => {
    await page.goto(`${app.url}/#/board`);
    await page.waitForFunction(isDrawn);
  });
  const size = await sizeOf(page, '.matrix-box');
  const steps = [
    [24, 0],
    [0, 24],
    [-24, 0],
    [0, -24],
  ] as const;
  const own = await scrolled(tab, '.matrix-box', steps, () => app.second());
  const empty = await scrolledEmpty(tab, app.url, size, steps);
  await context.close();
  return [
    {
      what: `100 x 60 cells that are drawn first: ${totalMs.toFixed(0)} ms, ${longest(tasks)}`,
      isRight: isShort(tasks),
    },
    {
      what: `100 x 60 cells that are scrolled while they change: ${framesText(own, empty)}`,
      isRight: own.share / empty.share >= 0.8,
    },
  ];
}

/** By a clock of its own: an hour is as long as its changes take. */
async function hour(browser: Browser, app: PageApp): Promise<Figure[]> {
  const tab = await openTab(browser);
  const { page, session, context } = tab;
  await page.clock.install();
  await page.goto(app.url);
  await page.getByRole('gridcell').first().waitFor();
  const begun = performance.now();
  const seen: Awaited<ReturnType<typeof memoryOf>>[] = [];
  for (let part = 0; part < 10; part += 1) {
    for (let count = 0; count < changes / 10; count += 1) {
      await secondByItsClock(app, page);
    }
    seen.push(await memoryOf(session));
  }
  await context.close();
  const [first, last] = [seen[1], seen.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  const heaps = seen.map(({ heap }) => megabytes(heap)).join(' ');
  const minutes = (performance.now() - begun) / 60_000;
  return [
    {
      what: `${changes} changes in ${minutes.toFixed(1)} min: ${heaps} MB, ${first.nodes} to ${last.nodes} nodes, ${first.listeners} to ${last.listeners} listeners`,
      isRight:
        last.heap < first.heap * 1.1 &&
        last.nodes < first.nodes * 1.1 &&
        last.listeners < first.listeners * 1.1,
    },
  ];
}

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const figures: Figure[] = [];
try {
  for (const [name, [size, part]] of Object.entries(parts)) {
    if (only !== undefined && only !== name) continue;
    const app = await startPageApp(size);
    const found = await part(browser, app).finally(() => app.close());
    for (const { what } of found) console.log(what);
    figures.push(...found);
  }
} finally {
  await browser.close();
}
process.exitCode = figures.every(({ isRight }) => isRight) ? 0 : 1;
