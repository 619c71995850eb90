/** The overview over real storage: what is in it is what there is, however it came about. */

import assert from 'node:assert/strict';
import { loadavg } from 'node:os';
import { after, before, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { lookAtAll } from '../../shared/app/overview/look.ts';
import { Overviews } from '../../shared/app/overview/overviews.ts';
import type { ActiveCell } from '../../shared/board/overview/active-cells.ts';
import { noFacts } from '../../shared/board/overview/facts.ts';
import { type Overview, overviewOf } from '../../shared/board/overview/overview.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { restarted } from '../../shared/flexibee/cursor.ts';
import { cursorStore } from '../../shared/flexibee/follow.ts';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId } from '../../shared/sync/run-id.ts';
import { run as runOf, stage } from '../support/runs.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';
import { call, post } from './app.ts';

const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

let storage: TestStorage;
let app: App;
let container: ContainerClient;
before(async () => {
  storage = await startStorage();
  app = await startApp();
  container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
    'syncboard',
  );
  await container.createIfNotExists();
});
after(async () => {
  await app.stop();
  await storage.close();
});

function startApp(): Promise<App> {
  return App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
}

async function overview(more: Record<string, string> = {}) {
  const reply = await call(app, 'overview', { headers: { ...headers, ...more } });
  return { ...reply, json: reply.text === '' ? undefined : JSON.parse(reply.text) };
}

/** Until it is so: each answer is asked for when the one before is not true any more. */
async function until(isSo: (found: Awaited<ReturnType<typeof overview>>['json']) => boolean) {
  const limit = soon();
  let found = await overview();
  while (!isSo(found.json)) {
    limit.throwIfAborted();
    const known = { ...headers, 'if-none-match': found.headers.get('etag') ?? '' };
    const next = await call(app, 'overview', { headers: known, query: { wait: '5' } });
    if (next.status === 200) found = { ...next, json: JSON.parse(next.text) };
  }
  return found;
}

/** As a worker leaves it: written, and its failures noted. */
async function endedRun(begun: Date, state: 'succeeded' | 'failed'): Promise<Run> {
  const startedAt = begun.toISOString();
  const endedAt = new Date(begun.getTime() + 60_000).toISOString();
  const one = {
    ...stage('export:payment:0c10', 'dcdb'),
    ...{ state, attempts: [{ startedAt, endedAt }] },
    rows: { sum: 7, statements: 1, last: [7] },
    ...(state === 'failed' && {
      error: { message: "Could not find 'dbo.x'", meaning: 'permanent' as const },
    }),
  };
  const document: Run = {
    ...runOf(newRunId(begun), [one]),
    ...{ state, createdAt: startedAt, startedAt, endedAt },
    freshness: [{ entity: 'payment', code: '0c10' }],
  };
  await syncStateOf(container).runs.create(document, soon());
  await syncStateOf(container).failures.note(document, new Set(), soon());
  return document;
}

const ago = (ms: number) => new Date(Date.now() - ms);
const hourMs = 3_600_000;

test('where there is none it is made, of runs of long ago, too', async () => {
  const old = await endedRun(ago(20 * hourMs), 'succeeded');
  const failed = await endedRun(ago(hourMs / 2), 'failed');
  const { status, json } = await overview();
  assert.equal(status, 200);
  assert.equal(json.well, false);
  const [first] = json.wrong;
  assert.deepEqual(
    [first.kind, first.subject, first.what, first.names, first.run],
    ['failed', '0c10', "Could not find 'dbo.x'", ['payment'], failed.id],
  );
  const cells = await call(app, 'overview_cells', { headers, query: { code: '0c10' } });
  const [cell, ...others] = JSON.parse(cells.text).cells;
  assert.deepEqual(others, []);
  assert.deepEqual([cell.state, cell.run], ['failed', failed.id]);
  assert.deepEqual(cell.success, {
    ...{ run: old.id, at: old.endedAt, tookMs: 60_000, rows: { export: 7 } },
  });
});

test('an ETag holds while nothing happens, however often somebody looks', async () => {
  const { headers: first } = await overview();
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await app.foldOverview();
  const again = await overview({ 'if-none-match': first.get('etag') ?? '' });
  assert.equal(again.status, 304);
});

test('what is done through the app is in it soon; who waits for that is told', async () => {
  const end = new Date(Date.now() + hourMs).toISOString();
  const body = { user: 'me', server: 'dcdb', until: end, reason: 'index maintenance' };
  const closed = await post(app, 'closures', body, headers);
  assert.equal(closed.status, 201, closed.text);
  const { json } = await until(({ wrong }) =>
    wrong.some(({ kind }: { kind: string }) => kind === 'closed'),
  );
  const last = json.wrong.at(-1);
  assert.deepEqual([last.subject, last.what], ['dcdb', 'index maintenance']);
  const server = json.servers.find((one: { server: string }) => one.server === 'dcdb');
  assert.equal(server.closedUntil, JSON.parse(closed.text).until);
  const id = JSON.parse(closed.text).id;
  await call(app, 'closure', { method: 'DELETE', headers, params: { id } });
});

test('a success takes the failure away', async () => {
  await endedRun(new Date(), 'succeeded');
  await until(({ wrong }) => wrong.every(({ kind }: { kind: string }) => kind !== 'failed'));
});

test('a damaged one is set aside and made anew', async () => {
  const blob = container.getBlockBlobClient('state/overview.json');
  const { json } = await overview();
  await blob.upload('{"version": 1, "cells": 7', 25);
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const again = await overview();
  assert.equal(again.status, 200);
  assert.deepEqual(again.json, json);
  assert.ok((await brokenTexts(container)).some((text) => text.includes('"cells": 7')));
  assert.ok(performance.now() - begun < 30_000);
});

test('as text, in the language that is asked for', async () => {
  for (const [language, expected] of [
    ['ru', /Серверы/],
    ['cs-CZ', /Servery/],
    ['de', /Servers/],
  ] as const) {
    const asked = { ...headers, accept: 'text/plain', 'accept-language': language };
    const { text, headers: given } = await call(app, 'overview', { headers: asked });
    assert.match(text, expected);
    assert.match(given.get('vary') ?? '', /Accept-Language/);
  }
});

test('a source that there is not is refused, with a near name', async () => {
  const reply = await call(app, 'overview_cells', { headers, query: { code: '0c11' } });
  assert.equal(reply.status, 400);
  assert.match(reply.text, /code must be one of/);
});

test('companies that all fall at once: no writer waits, the overview is right within 5 s', async () => {
  const own = await storage.container();
  const codes = Array.from({ length: 200 }, (_, index) => `company-${index}`);
  const companies = codes.map((code) => ({ code, paused: false }));
  const now = () => new Date();
  const stopping = new AbortController();
  const opened = async () => own;
  const overviews = new Overviews({
    ...{ container: opened, leaseSeconds: 15, now },
    stopping: stopping.signal,
  });
  const shipped = shippedCatalog();
  const none = { current: async () => [], list: async () => [] };
  const [company] = shipped.companies;
  assert.ok(company);
  overviews.lookBy((known, signal) =>
    lookAtAll(
      {
        catalog: {
          codes: () => ({}),
          entityOrder: () => [],
          hasEntity: () => false,
          isDated: () => false,
          servers: shipped.servers,
          companies: companies.map((one) => ({ ...company, ...one })),
        },
        ...{ container: own, state: syncStateOf(own), schedules: none, boards: none },
        ...{ closures: none, acknowledgements: none, system: undefined, retentionDays: 90, now },
      },
      known,
      signal,
    ),
  );
  const cursors = cursorStore(own, 15, undefined, overviews.changed);
  const waits: number[] = [];
  const write = async (code: string, trouble: boolean) => {
    const held = await cursors.acquire(code, soon());
    assert.ok(held);
    const at = now().toISOString();
    const fallen = {
      ...{ kind: 'unreachable' as const, since: at },
      ...{ message: 'no answer', cure: 'See to it.' },
    };
    const cursor = { ...restarted(held.value, now()), next: 1 };
    const begun = performance.now();
    await held.replace({ ...cursor, ...(trouble && { trouble: fallen }) }, soon());
    waits.push(performance.now() - begun);
    await held.release();
  };
  const all = async (trouble: boolean) => {
    for (let from = 0; from < codes.length; from += 20) {
      await Promise.all(codes.slice(from, from + 20).map((code) => write(code, trouble)));
    }
  };
  const seen = async (isSo: (found: Overview) => boolean) => {
    for (const limit = soon(); ; ) {
      limit.throwIfAborted();
      const found = await overviews.facts(soon());
      if (found?.value) {
        const shown = overviewOf(found.value);
        if (isSo(shown)) return shown;
        await overviews.changedSince(found.etag, AbortSignal.timeout(1_000));
      }
    }
  };
  await all(false);
  await seen((found) => found.companies.following === 200);
  await all(true);
  const begun = performance.now();
  const fallen = await seen((found) => found.companies.inTrouble === 200);
  // 5 s on a machine of its own; bench/overview.ts measures them.
  assert.ok(performance.now() - begun < 5_000 * Math.max(1, loadavg()[0] ?? 1));
  assert.deepEqual(
    fallen.wrong.map(({ kind, what, count }) => [kind, what, count]),
    [['company', 'unreachable', 200]],
  );
  assert.ok(Buffer.byteLength(JSON.stringify(fallen)) < 60_000);
  // Writing is one call, as it is without an overview.
  const median = waits.toSorted((a, b) => a - b)[waits.length / 2] ?? 0;
  assert.ok(median < 1_000, `${median} ms`);
  stopping.abort();
  await overviews.close();
});

test('two processes at once: one looks at a time, and what changes while it looks is in it soon', async () => {
  const own = await storage.container();
  const stopping = new AbortController();
  let looking = 0;
  let most = 0;
  const looks: string[] = [];
  const world = { run: 'r1' };
  const open = () => {
    const overviews = new Overviews({
      ...{ container: async () => own, leaseSeconds: 15, now: () => new Date() },
      stopping: stopping.signal,
    });
    overviews.lookBy(async () => {
      looking += 1;
      most = Math.max(most, looking);
      const { run } = world;
      const lookedAt = new Date();
      looks.push(lookedAt.toISOString());
      if (run === 'r1') {
        // The other one's run ends while this one has looked already, and has not written.
        world.run = 'r2';
        for (const each of all) each.changed();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      looking -= 1;
      return { ...noFacts(lookedAt), unread: [], runs: { folded: [run], open: [] } };
    });
    return overviews;
  };
  const all = [open(), open()] as const;
  await Promise.allSettled(all.map((one) => one.fold(soon())));
  const folded = async (one: Overviews) => (await one.facts(soon()))?.value?.runs.folded[0];
  for (const limit = soon(); ; ) {
    limit.throwIfAborted();
    const seen = await Promise.all(all.map(folded));
    if (seen.every((run) => run === 'r2')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(most, 1, 'the document is the lock');
  const gaps = looks.slice(1).map((at, index) => Date.parse(at) - Date.parse(looks[index] ?? at));
  assert.ok(
    gaps.every((gap) => gap >= 2_000),
    `however many there are, every two seconds at most: ${gaps}`,
  );
  stopping.abort();
  await Promise.all(all.map((one) => one.close()));
});

test('what unfinished runs still have is told cell by cell, whether it has its servers or waits', async () => {
  const body = (name: string) => ({ user: 'me', calls: [{ code: ['0c20', '0c10'], name }] });
  const first = await post(app, 'runs', body('meter_place'), headers);
  assert.equal(first.status, 202, first.text);
  const second = await post(app, 'runs', { ...body('meter'), whenBusy: 'wait' }, headers);
  assert.equal(second.status, 202, second.text);
  const [running, waiting] = [first, second].map(({ text }) => JSON.parse(text).id);
  const { text, headers: answered } = await call(app, 'overview_active_cells', { headers });
  const shown = JSON.parse(text).cells.map(
    ({ code, entity, run: id, state, stagesDone }: ActiveCell) =>
      [code, entity, id, state, stagesDone].join(' '),
  );
  assert.deepEqual(shown.toSorted(), [
    `0c10 meter ${waiting} waiting 0`,
    `0c10 meter_place ${running} pending 0`,
    `0c20 meter ${waiting} waiting 0`,
    `0c20 meter_place ${running} pending 0`,
  ]);
  const etag = answered.get('etag') ?? '';
  const again = { headers: { ...headers, 'if-none-match': etag } };
  assert.equal((await call(app, 'overview_active_cells', again)).status, 304);
});
