import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cancellations } from '../../shared/sync/cancellations.ts';
import { RunLogs } from '../../shared/sync/log/run-logs.ts';
import { removeExpiredRuns } from '../../shared/sync/retention.ts';
import { finalStates, type Run, type RunState, runStates } from '../../shared/sync/run.ts';
import { RunIndex } from '../../shared/sync/run-index.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { run } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const now = new Date('2019-07-31T03:30:00.000Z');

function daysAgo(days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}

async function newStore() {
  const container = await storage.container();
  const runs = new RunStore(container);
  const cancellations = new Cancellations(container);
  const logs = new RunLogs(container);
  const index = new RunIndex(container, runs);
  return {
    runs,
    cancellations,
    logs,
    index,
    container,
    /** Creates a run and returns its id. */
    async add(state: RunState, begun: Date, ended?: Date): Promise<string> {
      const document: Run = {
        ...run(newRunId(begun), []),
        state,
        createdAt: begun.toISOString(),
        ...(ended !== undefined && { endedAt: ended.toISOString() }),
      };
      await runs.create(document, soon());
      return document.id;
    },
    async ids(): Promise<string[]> {
      const page = await runs.list({ limit: 100 }, soon());
      return page.runs.map(({ id }) => id);
    },
  };
}

test('finished runs go that long after their end, to the second', async () => {
  const { runs, cancellations, logs, index, add, ids } = await newStore();
  const limit = daysAgo(7);
  const second = (seconds: number) => new Date(limit.getTime() + seconds * 1000);
  for (const state of finalStates) await add(state, daysAgo(30), second(-1));
  const kept = [
    await add('succeeded', daysAgo(30), second(0)),
    await add('failed', daysAgo(30), second(1)),
    await add('succeeded', daysAgo(1), daysAgo(1)),
  ];
  assert.equal(await removeExpiredRuns({ runs, cancellations, logs, index }, 7, now, soon()), 4);
  assert.deepEqual(await ids(), kept.sort());
  assert.equal(await removeExpiredRuns({ runs, cancellations, logs, index }, 7, now, soon()), 0);
});

test('a run that has not ended stays, however old it is', async () => {
  const { runs, cancellations, logs, index, add, ids } = await newStore();
  const unfinished = runStates.filter((state) => !finalStates.includes(state));
  assert.ok(unfinished.length > 0);
  for (const state of unfinished) await add(state, daysAgo(3650));
  assert.equal(await removeExpiredRuns({ runs, cancellations, logs, index }, 1, now, soon()), 0);
  assert.equal((await ids()).length, unfinished.length);
});

test('a log, and a request to cancel that was left behind, go with their run, others stay', async () => {
  const { runs, cancellations, logs, index, container, add } = await newStore();
  const old = await add('cancelled', daysAgo(9), daysAgo(9));
  const recent = await add('cancelled', daysAgo(1), daysAgo(1));
  const request = { by: 'operator', at: now.toISOString() };
  for (const id of [old, recent]) {
    await cancellations.request(id, request, soon());
    for (const holder of ['h1', 'h2']) {
      const log = logs.open(id, holder, () => now);
      log.message('export:payment:0c10', 'said');
      await log.close(soon());
    }
  }
  assert.equal(await removeExpiredRuns({ runs, cancellations, logs, index }, 7, now, soon()), 1);
  const left: string[] = [];
  for await (const { name } of container.listBlobsFlat()) left.push(name);
  assert.deepEqual(left, [
    `cancellations/${recent}.json`,
    `logs/${recent}/00000001`,
    `logs/${recent}/00000002`,
    `runs/${recent}.json`,
  ]);
});

test('nothing is missed from page to page while runs are removed', async () => {
  const { runs, add, ids } = await newStore();
  const expected: string[] = [];
  for (let day = 1; day <= 11; day += 1) {
    const state = day % 4 === 0 ? 'running' : 'succeeded';
    const id = await add(state, daysAgo(day), daysAgo(day));
    if (day > 3 && state === 'succeeded') expected.push(id);
  }
  const found: string[] = [];
  for await (const id of runs.endedBefore(daysAgo(3), soon(), 2)) {
    found.push(id);
    await runs.remove(id, soon());
  }
  assert.deepEqual(found, expected.sort());
  assert.equal((await ids()).length, 11 - expected.length);
});

test('a worker that stops leaves the rest for the next time', async () => {
  const { runs, cancellations, logs, index, add, ids } = await newStore();
  for (let day = 8; day <= 10; day += 1) await add('succeeded', daysAgo(day), daysAgo(day));
  const stopping = new AbortController();
  let asked = 0;
  const interrupting: Pick<Cancellations, 'remove'> = {
    async remove(id, signal) {
      await cancellations.remove(id, signal);
      asked += 1;
      if (asked === 2) stopping.abort(new Error('the worker stops'));
    },
  };
  const interrupted = { runs, logs, index, cancellations: interrupting };
  await assert.rejects(removeExpiredRuns(interrupted, 7, now, stopping.signal), /the worker stops/);
  assert.equal((await ids()).length, 2);
  assert.equal(await removeExpiredRuns({ runs, cancellations, logs, index }, 7, now, soon()), 2);
});
