/**
 * The operators' page in Chromium, as it is built, beside an empty page of the same size: first
 * paint, tasks while lanes move, frames of the largest board, memory over an hour of changes.
 */

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { type PageApp, startPageApp } from './page/app.ts';
import { median, sum, traced } from './page/main-thread.ts';

const { changes, times } = commandLine({
  name: 'npm run bench:page --',
  what: "What the page takes of a browser, in CPU time of the page's main thread.",
  options: {
    changes: { ...numberAboveZero('changes of the hour, a second each'), default: 3_600 },
    times: { ...numberAboveZero('first paints of each page'), default: 5 },
  },
  more: `Needs Chromium: CHROMIUM is its place, /usr/bin/chromium unless set. Exit code 1 where the first
paint takes over twice the empty page's, a task over 50 ms while lanes move, frames are under 0.8
of the empty page's, or memory grows by more than a tenth.`,
});

const morning = { entities: 30, sources: 15, lanes: 16 };
const largest = { entities: 100, sources: 60, lanes: 16 };
const longTaskMs = 50;
const framesOfStep = 30;
const steps = 4;

const faults: string[] = [];
function report(what: string, isRight: boolean): void {
  console.log(what);
  if (!isRight) faults.push(what);
}

async function signedIn(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  context.setDefaultTimeout(120_000);
  await context.addInitScript("sessionStorage.setItem('syncboard-token', 'bench')");
  return { context, page: await context.newPage() };
}

/** Both pages by turns, so that whatever else the machine does meets both. */
async function firstPaint(browser: Browser, app: PageApp): Promise<void> {
  const paints = { empty: [] as number[], now: [] as number[] };
  for (let time = 0; time < times; time += 1) {
    for (const [name, path] of [
      ['empty', '/empty?width=1920&height=1080'],
      ['now', '/'],
    ] as const) {
      const { context, page } = await signedIn(browser);
      await page.goto(`${app.url}${path}`);
      const at = await page.waitForFunction(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
      );
      paints[name].push(Number(await at.jsonValue()));
      await context.close();
    }
  }
  const share = median(paints.now) / median(paints.empty);
  report(
    `first paint: ${median(paints.now).toFixed(0)} ms, empty page ${median(paints.empty).toFixed(0)} ms, ${share.toFixed(2)} times`,
    share <= 2,
  );
}

/** A second of the world, once the page shows it. */
async function second(app: PageApp, page: Page): Promise<void> {
  app.second();
  const message = `${app.world.seconds * 1_000}`;
  await page.waitForFunction(
    `document.body.textContent.replaceAll('\\u202f', '').includes('${message} rows')`,
  );
}

async function lanes(browser: Browser, app: PageApp): Promise<void> {
  const { context, page } = await signedIn(browser);
  const session = await context.newCDPSession(page);
  await page.goto(app.url);
  await page.getByRole('gridcell').first().waitFor();
  await second(app, page);
  const seconds = 20;
  const { tasks, totalMs } = await traced(session, async () => {
    for (let count = 0; count < seconds; count += 1) await second(app, page);
  });
  const long = tasks.filter((ms) => ms > longTaskMs).length;
  report(
    `16 lanes that move: ${(totalMs / seconds).toFixed(1)} ms a change, the longest task ${tasks[0]?.toFixed(1)} ms, ${long} over ${longTaskMs} ms`,
    long === 0,
  );
  await context.close();
}

/** Scrolls a box there and back, a step a frame. */
const scroll = (box: string, x: number, y: number) => `new Promise((done) => {
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

async function frames(browser: Browser, app: PageApp): Promise<void> {
  const { context, page } = await signedIn(browser);
  const session = await context.newCDPSession(page);
  await page.goto(`${app.url}/#/board`);
  await page.waitForFunction(
    `document.querySelectorAll('.matrix tbody tr').length === ${largest.entities}`,
  );
  const size = (await page.evaluate(
    "(() => { const { scrollWidth, scrollHeight } = document.querySelector('.matrix-box'); return { scrollWidth, scrollHeight }; })()",
  )) as { scrollWidth: number; scrollHeight: number };
  const count = framesOfStep * steps;
  const kept = async (box: string, isMoving: boolean) => {
    const { totalMs, missedFrames, tasks } = await traced(session, async () => {
      for (const [x, y] of [
        [24, 0],
        [0, 24],
        [-24, 0],
        [0, -24],
      ] as const) {
        if (isMoving) app.second();
        await page.evaluate(scroll(box, x, y));
      }
    });
    return { msOfFrame: totalMs / count, share: count / (count + missedFrames), longest: tasks[0] };
  };
  const own = await kept('.matrix-box', true);
  await page.goto(`${app.url}/empty?width=${size.scrollWidth}&height=${size.scrollHeight}`);
  const empty = await kept('#box', false);
  const share = own.share / empty.share;
  report(
    `100 x 60 cells that are scrolled while they change: ${own.msOfFrame.toFixed(1)} ms a frame, empty page ${empty.msOfFrame.toFixed(1)} ms, ${share.toFixed(2)} of its frames, the longest task ${own.longest?.toFixed(0)} ms`,
    share >= 0.8,
  );
  await context.close();
}

/** By a clock of its own: an hour is as long as its changes take. */
async function hour(browser: Browser, app: PageApp): Promise<void> {
  const { context, page } = await signedIn(browser);
  await page.clock.install();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(app.url);
  await page.getByRole('gridcell').first().waitFor();
  const seen: { heap: number; nodes: number; listeners: number }[] = [];
  for (let part = 0; part < 10; part += 1) {
    for (let count = 0; count < changes / 10; count += 1) {
      const change = second(app, page);
      await page.clock.runFor(1_000);
      await change;
    }
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    seen.push({
      ...{ heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') },
    });
  }
  const [first, last] = [seen[1], seen.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  const megabytes = seen.map(({ heap }) => (heap / 1_048_576).toFixed(1)).join(' ');
  report(
    `${changes} changes: ${megabytes} MB, ${first.nodes} to ${last.nodes} nodes, ${first.listeners} to ${last.listeners} listeners`,
    last.heap < first.heap * 1.1 && last.nodes < first.nodes * 1.1,
  );
  await context.close();
}

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  for (const [size, parts] of [
    [morning, [firstPaint, lanes, hour]],
    [largest, [frames]],
  ] as const) {
    for (const part of parts) {
      const app = await startPageApp(size);
      await part(browser, app).finally(() => app.close());
    }
  }
} finally {
  await browser.close();
}
process.exitCode = Math.min(1, sum(faults.map(() => 1)));
