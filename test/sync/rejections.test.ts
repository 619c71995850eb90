/** Every call that the engine makes fails once: none of them ends the process, and every run ends. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from '../../shared/async/abort.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { type EngineDependencies, executeRun } from '../../shared/sync/engine.ts';
import { finalStates } from '../../shared/sync/run.ts';
import { pipelines, postRun } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
const unheard: unknown[] = [];
const hear = (reason: unknown) => unheard.push(reason);
before(async () => {
  process.on('unhandledRejection', hear);
  storage = await startStorage();
});
after(async () => {
  process.off('unhandledRejection', hear);
  await storage.close();
});

const never = new AbortController().signal;

/** Counts calls; the one with the number `failing` rejects, done or not. */
class Saboteur {
  calls = 0;
  readonly #failing: number;
  readonly #isDone: boolean;

  constructor(failing: number, isDone: boolean) {
    this.#failing = failing;
    this.#isDone = isDone;
  }

  /** The object with every method of its that gives a promise sabotaged. */
  around<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_target, name) => {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...call: unknown[]) => {
          const result = () => value.apply(target, call);
          if (value.constructor.name !== 'AsyncFunction' && !this.#promises.has(String(name))) {
            return result();
          }
          return this.#sabotaged(String(name), result);
        };
      },
    });
  }

  /** Methods that give a promise without being declared so. */
  readonly #promises = new Set(['change', 'renew', 'release', 'setOwner', 'read', 'replace']);

  async #sabotaged(name: string, call: () => Promise<unknown>): Promise<unknown> {
    this.calls += 1;
    if (this.calls !== this.#failing) return call();
    if (this.#isDone) await call();
    throw new Error(`injected into ${name}`);
  }
}

function sabotaged(engine: EngineDependencies, saboteur: Saboteur): EngineDependencies {
  const { procedure } = engine.runners;
  assert.ok(procedure);
  return {
    ...engine,
    leases: saboteur.around(engine.leases),
    runs: saboteur.around(engine.runs),
    cancellations: saboteur.around(engine.cancellations),
    durations: saboteur.around(engine.durations),
    readFreshness: saboteur.around({ read: async () => ({ at: '2026-01-01T00:00:00.000Z' }) }).read,
    runners: {
      procedure: saboteur.around({
        open: async (...call: Parameters<typeof procedure.open>) =>
          saboteur.around(await procedure.open(...call)),
      }),
    },
  };
}

/** As if every lease had run out. */
async function runOut(container: ContainerClient): Promise<void> {
  for await (const { name } of container.listBlobsFlat({ prefix: 'locks/' })) {
    await container
      .getBlobClient(name)
      .getBlobLeaseClient('')
      .breakLease(0)
      .catch(() => {});
  }
}

async function play(failing: number, isDone: boolean): Promise<number> {
  const container = await storage.container();
  const state = syncStateOf(container);
  const engine = engineOn(state, async () => ({ rows: rowCounts([1]), returnValue: 0 }));
  const id = await postRun(state, pipelines(['a']), ['src']);
  const stored = await state.runs.read(id, soon());
  assert.ok(stored);
  const freshness = [{ entity: 'a', code: 'c', queries: [] }];
  await state.runs.replace({ ...stored.value, freshness }, stored.etag, soon());
  const saboteur = new Saboteur(failing, isDone);
  let outcome = await executeRun(sabotaged(engine, saboteur), id, never).catch(String);
  for (let delivery = 0; outcome !== 'finished' && delivery < 3; delivery += 1) {
    if (finalStates.includes((await state.runs.read(id, soon()))?.value.state ?? 'queued')) break;
    await runOut(container);
    outcome = await executeRun(engine, id, never);
  }
  const document = (await state.runs.read(id, soon()))?.value;
  const told = `call ${failing}, ${isDone ? 'done' : 'not done'}: ${outcome}`;
  assert.ok(document !== undefined && finalStates.includes(document.state), told);
  for (const stage of document.stages) {
    if (stage.state !== 'succeeded') assert.match(document.state, /failed|interrupted/, told);
  }
  return saboteur.calls;
}

test('every promise of the engine fails once', async (t) => {
  const count = await play(0, false);
  t.diagnostic(`${count} calls`);
  assert.ok(count > 20);
  const left = Array.from({ length: count }, (_, index) => index + 1);
  const lanes = Array.from({ length: 4 }, async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      await play(next, false);
      await play(next, true);
    }
  });
  await Promise.all(lanes);
  await nextTurn();
  assert.deepEqual(unheard, []);
});

test('work that nobody waits for any more may fail', async () => {
  const work = Promise.withResolvers<never>();
  await assert.rejects(unlessAborted(work.promise, AbortSignal.abort(new Error('left'))), /left/);
  work.reject(new Error('late'));
  await nextTurn();
  assert.deepEqual(unheard, []);
});
