/** A deployment: workers of two versions of the app at once, on one storage. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { cursorStore } from '../../shared/flexibee/follow.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { newRunId, RunStore, runForm } from '../../shared/sync/run-store.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { breakLeases, contentOf } from '../support/odd-blobs.ts';
import { requestFor } from '../support/requests.ts';
import { pipelines, postRun, run, stage } from '../support/runs.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const newerVersion = runForm.version + 1;

/** What a worker of each version has. */
async function versions() {
  const container = await storage.container();
  const state = syncStateOf(container);
  const told: string[] = [];
  const tell = (text: string) => told.push(text);
  return {
    container,
    told,
    older: { ...state, runs: new RunStore(container, tell) },
    newer: { ...state, runs: new RunStore(container, tell, { ...runForm, version: newerVersion }) },
  };
}

async function versionOf(container: ContainerClient, id: string): Promise<unknown> {
  return JSON.parse(String(await contentOf(container, `runs/${id}.json`))).version;
}

test('messages reach workers of both: every run ends, every stage is called once', async () => {
  const { container, told, older, newer } = await versions();
  const calls = new Map<string, number>();
  const engine = (state: typeof older, id: string) =>
    engineOn(state, async (called) => {
      const key = `${id} ${called.id}`;
      calls.set(key, (calls.get(key) ?? 0) + 1);
      return { rows: { sum: 1, statements: 1, last: [1] }, returnValue: 0 };
    });
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    ids.push(await postRun(n % 2 ? newer : older, pipelines(['meter'], `s${n}`), [`s${n}`]));
  }
  // The queue: whoever takes a message may be of either version, and what fails comes again.
  const queue = [...ids, ...ids];
  let turn = 0;
  let left = 0;
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    turn += 1;
    const state = turn % 3 === 0 ? newer : older;
    try {
      const outcome = await executeRun({ ...engine(state, id), sliceMs: 0 }, id, soon());
      if (outcome === 'handed on') {
        // A slice of no time begins nothing; this one has a stage's worth.
        const again = turn % 3 === 0 ? newer : older;
        const rest = await executeRun(engine(again, id), id, soon());
        assert.ok(['finished', 'left'].includes(rest), rest);
      }
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      left += 1;
      queue.push(id);
    }
  }
  assert.ok(left > 0);
  for (const id of ids) {
    const seen = await older.runs.look(id, soon());
    assert.equal(seen?.value.state, 'succeeded', id);
  }
  assert.deepEqual([...new Set(calls.values())], [1]);
  assert.equal(calls.size, ids.length * 3);
  assert.deepEqual(await brokenTexts(container), []);
  assert.deepEqual(told, []);
});

test('a run that the newer one has is running for the older one, and busy; its death is not seen to', async () => {
  const { container, older, newer } = await versions();
  const started = await postingService(newer).start(requestFor(['0c10'], ['meter']), soon());
  assert.ok(started.outcome === 'started');
  const { id } = started;
  await breakLeases(container);
  assert.equal(await versionOf(container, id), newerVersion);
  const again = await postingService(older).start(requestFor(['0c10'], ['meter']), soon());
  assert.equal(again.outcome, 'busy');
  assert.deepEqual(
    (await postingService(older).active(soon())).map((one) => one.id),
    [id],
  );
  assert.deepEqual(await abandonedRuns(older, new Date(), soon()), []);
  assert.deepEqual(await endOrphans(older, new Date(), soon()), []);
  assert.deepEqual(await abandonedRuns(newer, new Date(), soon()), [id]);
  assert.equal(await executeRun(engineOn(newer), id, soon()), 'finished');
  // It has ended: its server is free for the older one, too.
  const next = await postingService(older).start(requestFor(['0c10'], ['meter']), soon());
  assert.equal(next.outcome, 'started');
});

test('a request to cancel a run of the newer one is made by the older one', async () => {
  const { older, newer } = await versions();
  const id = await postRun(newer, pipelines(['meter']), ['src']);
  assert.deepEqual(await postingService(older).cancel(id, 'me', soon()), {
    ...{ outcome: 'accepted', state: 'queued' },
  });
  assert.equal(await executeRun(engineOn(newer), id, soon()), 'finished');
  assert.equal((await newer.runs.read(id, soon()))?.value.state, 'cancelled');
});

test('documents that were written before there were versions', async () => {
  const { container, told, older } = await versions();
  const put = async (name: string, document: object) => {
    const text = JSON.stringify(document);
    await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  };
  const id = newRunId(new Date());
  await put(`runs/${id}.json`, run(id, [stage('export:meter:0c10', 'dcdb')]));
  await put('state/durations.json', { 'export:meter:0c10': [1_000, -3_597_000] });
  await put(`cancellations/${id}.json`, { by: 'me', at: '2019-07-31T10:00:00.000Z' });
  const counts = { changes: 1, created: 1, updated: 0, deleted: 0 };
  const cursor = {
    ...{ generation: 7, next: 10, globalVersion: 9, gaps: [], loads: [], pending: [] },
    evidences: { adresar: counts },
  };
  await put('flexibee/c.json', cursor);
  assert.equal((await older.runs.read(id, soon()))?.value.stages.length, 1);
  assert.deepEqual(await older.durations.read(soon()), { 'export:meter:0c10': [1_000] });
  assert.match(String(await older.cancellations.requested(id, soon())), /me/);
  const held = await cursorStore(container, 15).acquire('c', soon());
  const { pending: _, ...kept } = cursor;
  assert.partialDeepStrictEqual(held?.value, { ...kept, pending: {} });
  await held?.release();
  assert.deepEqual(await brokenTexts(container), []);
  assert.deepEqual(told, []);
});
