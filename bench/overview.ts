/**
 * GET /overview over the built app, with 10,000 runs that are kept and 15 sources' cells, against a
 * bare download of the blob that it is made of; and how soon it is right when all companies fall.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { startAzurite } from 'stand-in-kit/azurite';
import { lookAtAll } from '../shared/app/overview/look.ts';
import { Overviews } from '../shared/app/overview/overviews.ts';
import { overviewOf } from '../shared/board/overview/overview.ts';
import { shippedCatalog } from '../shared/catalog/index.ts';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { rowCounts } from '../shared/database/row-counts.ts';
import { restarted } from '../shared/flexibee/cursor.ts';
import { cursorStore } from '../shared/flexibee/follow.ts';
import { openContainer } from '../shared/storage/container.ts';
import { planStages } from '../shared/sync/plan.ts';
import type { Run } from '../shared/sync/run.ts';
import { newRunId } from '../shared/sync/run-id.ts';
import { syncState } from '../shared/sync/sync-state.ts';
import { buildApp, startHost } from './host.ts';

const { runs, companies } = commandLine({
  name: 'npm run bench:overview --',
  what: 'What /overview costs, and how soon it is right.',
  options: {
    runs: { ...numberAboveZero('runs that are kept'), default: 10_000 },
    companies: { ...numberAboveZero('companies that fall at once'), default: 1_000 },
  },
  more: 'Exit code 1 where it is not within 2 ms of a bare download, or not right within 5 s.',
});

const calls = 200;
const deadline = AbortSignal.timeout(3_600_000);
const catalog = shippedCatalog();
const codes = Object.keys(catalog.codes());

function finishedRun(begun: Date, number: number): Run {
  const code = codes[number % codes.length] ?? '';
  const names = catalog.entityOrder(code);
  const name = names[number % names.length] ?? '';
  const period = { month: 7, year: 2019 };
  const startedAt = begun.toISOString();
  const endedAt = new Date(begun.getTime() + 60_000).toISOString();
  const stages = planStages(catalog, [{ codes: [code], names: [name], periods: [period] }]).stages;
  const ended = { state: 'succeeded' as const, attempts: [{ startedAt, endedAt }] };
  return {
    ...{ id: newRunId(begun), kind: 'entity', state: 'succeeded', user: 'bench', token: 'bench' },
    ...{
      codes: [code],
      names: [name],
      createdAt: startedAt,
      startedAt,
      endedAt,
      locks: [],
      log: [],
    },
    stages: stages.map((stage) => ({ ...stage, ...ended, rows: rowCounts([1_200]) })),
    freshness: [{ entity: name, code }],
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await buildApp();
const azurite = await startAzurite();
const { connectionString } = azurite;
const container = await openContainer({ kind: 'connection string', connectionString }, deadline);
const state = syncState(container, 60);
for (let age = runs; age > 0; age -= 1) {
  await state.runs.create(finishedRun(new Date(Date.now() - age * 60_000), age), deadline);
}
await state.index.extend(new Date(), deadline);
const host = await startHost(connectionString);
try {
  const first = performance.now();
  let text = await host.get('/overview');
  console.log(`the first one, made of ${runs} runs: ${(performance.now() - first).toFixed(0)} ms`);
  const blob = container.getBlockBlobClient('state/overview.json');
  const bare: number[] = [];
  const own: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const begun = performance.now();
    await blob.downloadToBuffer();
    const between = performance.now();
    text = await host.get('/overview');
    bare.push(between - begun);
    own.push(performance.now() - between);
    await sleep(5);
  }
  const over = median(own) - median(bare);
  console.log(
    `/overview ${median(own).toFixed(1)} ms, a bare download ${median(bare).toFixed(1)} ms, ${Buffer.byteLength(text)} bytes`,
  );
  const { rightMs, bytes, writers, uploads } = await fall();
  console.log(
    `${companies} companies that fall at once: right after ${rightMs.toFixed(0)} ms, ${bytes} bytes`,
  );
  const [slowest, slowestBare] = [Math.max(...writers), Math.max(...uploads)];
  console.log(
    `writers, and uploads of as many bytes between them: median ${median(writers).toFixed(1)} and ${median(uploads).toFixed(1)} ms, the slowest ${slowest.toFixed(0)} and ${slowestBare.toFixed(0)} ms, ${(slowest / slowestBare).toFixed(2)} times`,
  );
  // What a bare upload waits for, too, is the machine's.
  const waits = slowest > 1_000 && slowest > 1.5 * slowestBare;
  if (over > 2 || rightMs > 5_000 || bytes >= 60_000 || waits) process.exitCode = 1;
} finally {
  await host.close();
  await azurite.close();
}

/**
 * Their polls write, twenty at a time, and between them somebody uploads blobs of that size, as many
 * at once, which nobody looks at; time counts from the last write.
 */
async function fall() {
  const stop = new AbortController();
  const now = () => new Date();
  const overviews = new Overviews({
    ...{ container: async () => container, leaseSeconds: 60, now, stopping: stop.signal },
  });
  const [company] = catalog.companies;
  if (company === undefined) throw new Error('the catalogue has no company');
  const all = Array.from({ length: companies }, (_, index) => `company-${index}`);
  const none = { current: async () => [], list: async () => [] };
  const grown = {
    codes: () => catalog.codes(),
    entityOrder: (...of: string[]) => catalog.entityOrder(...of),
    hasEntity: (name: string) => catalog.hasEntity(name),
    isDated: (name: string, ...of: string[]) => catalog.isDated(name, ...of),
    servers: catalog.servers,
    companies: all.map((code) => ({ ...company, code })),
  };
  const parts = { catalog: grown, container, state, schedules: none, boards: none };
  const others = {
    closures: none,
    acknowledgements: none,
    system: undefined,
    retentionDays: 90,
    now,
  };
  overviews.lookBy((before, signal) => lookAtAll({ ...parts, ...others }, before, signal));
  const cursors = cursorStore(container, 60, undefined, overviews.changed);
  const writers: number[] = [];
  const uploads: number[] = [];
  let size = 0;
  const write = async (code: string) => {
    const held = await cursors.acquire(code, deadline);
    if (held === undefined) throw new Error(`${code} is held`);
    const since = now().toISOString();
    const trouble = {
      kind: 'unreachable' as const,
      since,
      message: 'no answer',
      cure: 'See to it.',
    };
    const begun = performance.now();
    const cursor = { ...restarted(held.value, now()), next: 1, trouble };
    await held.replace(cursor, deadline);
    writers.push(performance.now() - begun);
    size = JSON.stringify(cursor).length;
    await held.release();
  };
  const upload = async (code: string) => {
    const begun = performance.now();
    const blob = container.getBlockBlobClient(`bare/${code}.json`);
    await blob.upload(' '.repeat(size), size, { abortSignal: deadline });
    uploads.push(performance.now() - begun);
  };
  for (let from = 0; from < all.length; from += 20) {
    await Promise.all(all.slice(from, from + 20).map(write));
    await Promise.all(all.slice(from, from + 20).map(upload));
  }
  const begun = performance.now();
  for (;;) {
    const seen = await overviews.facts(deadline);
    const shown = seen?.value && overviewOf(seen.value);
    if (shown && shown.companies.inTrouble === companies) {
      const rightMs = performance.now() - begun;
      stop.abort();
      await overviews.close();
      return { rightMs, writers, uploads, bytes: Buffer.byteLength(JSON.stringify(shown)) };
    }
    await sleep(50);
  }
}
