/**
 * What finished runs cost that are kept: the first page of `/runs` and `/sync_status`, with 100 and
 * with 10,000 of them in real Azurite, as HTTP requests to the built app under the local host. Both
 * systems stand side by side and are asked in turns: whatever else the machine does falls on both.
 *
 * Then a search that finds one run among all, the worst there is: with the index of runs, by a worker
 * that has just started and by one that has searched before, and without it (goal: under 1 s).
 *
 * Prints medians, their ratio (goal: at most 2) and the storage requests a call makes. Exit code 1
 * when that number depends on how many runs are kept. The emulator walks through all of its blobs
 * to find one, which Azure does not; how much of a ratio that is, the last line shows: one request
 * for one blob, without the app.
 */

import { setTimeout } from 'node:timers/promises';
import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import { shippedCatalog } from '../shared/catalog/index.ts';
import { commandLine } from '../shared/command-line/command-line.ts';
import { rowCounts } from '../shared/database/row-counts.ts';
import { openContainer } from '../shared/storage/container.ts';
import { planStages } from '../shared/sync/plan.ts';
import type { Run } from '../shared/sync/run.ts';
import { newRunId } from '../shared/sync/run-store.ts';
import { SyncService } from '../shared/sync/service.ts';
import { type SyncState, syncState } from '../shared/sync/sync-state.ts';
import type { SyncRequest } from '../shared/sync/syncs.ts';
import { type BenchHost, buildApp, startHost } from './host.ts';

commandLine({
  name: 'npm run bench:runs --',
  what: 'What finished runs that are kept cost /runs and /sync_status: 10,000 of them against 100.',
  options: {},
  more: 'Exit code 1 when the storage requests of a call depend on how many are kept.',
});

const kept = { few: 100, many: 10_000 };
const calls = 30;
/** Until emulator and SDK have been compiled; fewer flatter the ratio. */
const warmUpCalls = 150;
const reportMs = 5;
/** So that 10,000 runs fill the 90 days for which they are kept unless told otherwise. */
const intervalMs = (90 * 86_400_000) / kept.many;
const deadline = AbortSignal.timeout(3_600_000);

const catalog = shippedCatalog();
const period = { month: 7, year: 2019 };
const request: SyncRequest = {
  kind: 'data_source',
  calls: [{ codes: ['0c10'], names: catalog.entityOrder('0c10'), whole: true, periods: [period] }],
  user: 'Иванова М. П.',
  token: 'board',
};

interface Subject {
  azurite: Azurite;
  host: BenchHost;
  state: SyncState;
  syncs: SyncService;
}

async function open(): Promise<Subject> {
  const azurite = await startAzurite();
  const { connectionString } = azurite;
  const container = await openContainer({ kind: 'connection string', connectionString }, deadline);
  const state = syncState(container, 60);
  const syncs = new SyncService({
    ...{ catalog, state: async () => state },
    ...{ now: () => new Date(), send: async () => {} },
  });
  const host = await startHost(connectionString);
  return { azurite, host, state, syncs };
}

/** A sync of one entity, as it stands in storage when it is over. */
function finishedRun(begun: Date, user = request.user): Run {
  const { token } = request;
  const asked = { codes: ['0c10'], names: ['payment'] };
  const startedAt = begun.toISOString();
  const endedAt = new Date(begun.getTime() + 60_000).toISOString();
  const stages = planStages(catalog, [{ ...asked, periods: [period] }]).stages.map((stage) => ({
    ...stage,
    state: 'succeeded' as const,
    attempts: [{ startedAt, endedAt }],
    rows: rowCounts([1200]),
  }));
  const times = { createdAt: startedAt, startedAt, endedAt };
  const what = { id: newRunId(begun), kind: 'entity' as const, state: 'succeeded' as const };
  return {
    ...what,
    user,
    token,
    ...asked,
    period,
    ...times,
    locks: [],
    stages,
    freshness: [],
    log: [],
  };
}

/** One after the other, the oldest first, as runs come: the emulator sorts names at each listing. */
async function fill({ state }: Subject, count: number): Promise<void> {
  const now = Date.now();
  for (let age = count; age > 0; age -= 1) {
    const user = age === Math.floor(count * 0.7) ? seldom : request.user;
    await state.runs.create(finishedRun(new Date(now - age * intervalMs), user), deadline);
  }
  await state.durations.add(finishedRun(new Date(now)), deadline);
}

/** Asked for one run of all. */
const seldom = 'seldom';

/** Milliseconds of a search for the one. */
async function searchMs({ host }: Subject): Promise<number> {
  const begun = performance.now();
  const { runs } = JSON.parse(await host.get(`/runs?user=${seldom}`)) as { runs: unknown[] };
  const ms = performance.now() - begun;
  if (runs.length !== 1) throw new Error(`${runs.length} runs were found`);
  return ms;
}

async function searches(subject: Subject): Promise<void> {
  await subject.host.get('/runs');
  const without = await searchMs(subject);
  const begun = performance.now();
  await subject.state.index.extend(new Date(), deadline);
  const made = performance.now() - begun;
  const first = await searchMs(subject);
  const later: number[] = [];
  for (let i = 0; i < calls; i += 1) later.push(await searchMs(subject));
  console.log(
    `/runs?user=, one among ${kept.many}: without the index ${without.toFixed(0)} ms; it is made in ${made.toFixed(0)} ms; a worker's first search ${first.toFixed(0)} ms, then ${median(later).toFixed(0)} ms`,
  );
}

interface Measured {
  ms: number[];
  requests: number;
}

async function once(
  subject: Subject,
  call: (subject: Subject) => Promise<unknown>,
  into: Measured,
): Promise<void> {
  const before = subject.host.storageRequests();
  const begun = performance.now();
  await call(subject);
  into.ms.push(performance.now() - begun);
  // The host reports on another way than it answers.
  await setTimeout(reportMs);
  into.requests += subject.host.storageRequests() - before;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[calls / 2 - 1] ?? 0) + (sorted[calls / 2] ?? 0)) / 2;
}

/** Prints one line; false when the number of requests depends on the number of runs. */
async function compare(
  what: string,
  [few, many]: readonly [Subject, Subject],
  call: (subject: Subject) => Promise<unknown>,
): Promise<boolean> {
  for (let i = 0; i < warmUpCalls; i += 1) {
    await call(few);
    await call(many);
  }
  const withFew: Measured = { ms: [], requests: 0 };
  const withMany: Measured = { ms: [], requests: 0 };
  for (let i = 0; i < calls; i += 1) {
    await once(few, call, withFew);
    await once(many, call, withMany);
  }
  const [a, b] = [median(withFew.ms), median(withMany.ms)];
  const each = [withFew, withMany].map((measured) => measured.requests / calls);
  console.log(
    `${what.padEnd(28)} ${a.toFixed(1)} ms -> ${b.toFixed(1)} ms, ratio ${(b / a).toFixed(2)}, requests a call ${each.join(' -> ')}`,
  );
  return withFew.requests === withMany.requests;
}

const get = (path: string) => (subject: Subject) => subject.host.get(path);
const oneBlob = ({ state }: Subject) => state.leases.state('sync/dcdb', deadline);

await buildApp();
const subjects = [await open(), await open()] as const;
try {
  await fill(subjects[0], kept.few);
  await fill(subjects[1], kept.many);
  console.log(`medians of ${calls} calls, ${kept.few} -> ${kept.many} finished runs`);
  const constant = [await compare('/runs', subjects, get('/runs'))];
  constant.push(await compare('/sync_status, nothing runs', subjects, get('/sync_status')));
  for (const { syncs } of subjects) await syncs.start(request, deadline);
  constant.push(await compare('/sync_status, one run', subjects, get('/sync_status')));
  await compare('Azurite: one blob', subjects, oneBlob);
  await searches(subjects[1]);
  if (constant.includes(false)) process.exitCode = 1;
} finally {
  for (const { host, azurite } of subjects) {
    await host.close();
    await azurite.close();
  }
}
