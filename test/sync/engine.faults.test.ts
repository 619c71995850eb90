import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient, type ContainerClient, RestError } from '@azure/storage-blob';
import fc from 'fast-check';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { type EngineDependencies, executeRun } from '../../shared/sync/engine.ts';
import { WorkerStoppingError } from '../../shared/sync/interruption.ts';
import { isFinished, type Run, type Stage } from '../../shared/sync/run.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { abandonedRuns } from '../../shared/sync/sweep.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { between, hash, pick, type Random, seededRandom } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { pipelines, postRun } from '../support/runs.ts';
import { type Script, ScriptedServers } from '../support/scripted-servers.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** One worker process: its own way to storage, its own sessions, one death. */
class Worker {
  readonly proxy: FaultProxy;
  readonly #dependencies: EngineDependencies;
  readonly #death: AbortController;

  private constructor(proxy: FaultProxy, dependencies: EngineDependencies, death: AbortController) {
    this.proxy = proxy;
    this.#dependencies = dependencies;
    this.#death = death;
  }

  static async start(
    servers: ScriptedServers,
    containerName: string,
    faults: { seed: number; rate: number },
  ): Promise<Worker> {
    const proxy = await startFaultProxy(storage.connectionString);
    proxy.decide = randomFaults({ ...faults, stallMs: 40 });
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
      retryOptions: { maxTries: 1 },
    });
    const death = new AbortController();
    return new Worker(
      proxy,
      {
        ...engineOn(syncStateOf(service.getContainerClient(containerName))),
        runners: { procedure: servers.runner(faults.seed, death.signal) },
        readFreshness: async () => ({ at: new Date().toISOString() }),
      },
      death,
    );
  }

  get isDead(): boolean {
    return this.#death.signal.aborted;
  }

  execute(id: string, sliceMs: number) {
    return executeRun({ ...this.#dependencies, sliceMs }, id, never);
  }

  /** Nothing of it reaches storage any more, and its sessions are cut. */
  die(): void {
    this.proxy.decide = () => ({ kind: 'status', status: 403 });
    this.#death.abort(new Error('killed'));
  }
}

const never = new AbortController().signal;

interface Scenario {
  seed: number;
  entities: number;
  workers: number;
  kills: number;
  /** The share of storage calls that suffer a fault, in percent. */
  percent: number;
}

/** Two runs on sources of their own that share the aggregate server. */
function plansOf(random: Random, { entities }: Scenario): Stage[][] {
  const names = Array.from({ length: entities }, (_, index) => `e${index}`);
  return ['one', 'two'].map((source) => {
    const stages = pipelines(names, source);
    for (const stage of stages) stage.repeatable = random() < 0.9;
    return stages;
  });
}

class World {
  readonly servers: ScriptedServers;
  readonly direct: SyncState;
  readonly workers: Worker[] = [];
  readonly #container: ContainerClient;
  readonly #scenario: Scenario;
  readonly #deliveries = new Set<Promise<void>>();
  readonly random: Random;

  constructor(container: ContainerClient, scenario: Scenario) {
    this.random = seededRandom(scenario.seed);
    this.#container = container;
    this.#scenario = scenario;
    this.direct = syncStateOf(container);
    const fails = new Set<string>();
    const script: Script = (stage) => {
      if (this.random() < 0.02) fails.add(stage.id);
      const ms = between(this.random, 0, 15);
      return fails.has(stage.id) ? { ms, error: new DatabaseError('no', 'permanent') } : { ms };
    };
    this.servers = new ScriptedServers(script);
  }

  async addWorker(): Promise<void> {
    const { seed, percent } = this.#scenario;
    const faults = { seed: hash(`${seed} ${this.workers.length}`), rate: percent / 100 };
    this.workers.push(await Worker.start(this.servers, this.#container.containerName, faults));
  }

  async post(stages: Stage[]): Promise<string> {
    return postRun(this.direct, stages, [stages[0]?.server ?? '']);
  }

  /** A message reaches one of the living; whatever it throws, messages come again. */
  deliver(id: string): void {
    const worker = pick(
      this.random,
      this.workers.filter(({ isDead }) => !isDead),
    );
    const sliceMs = this.random() < 0.2 ? between(this.random, 0, 60) : 60_000;
    const delivery = worker.execute(id, sliceMs).then(
      (outcome) => {
        if (outcome === 'handed on') this.deliver(id);
      },
      () => {},
    );
    this.#deliveries.add(delivery);
    void delivery.finally(() => this.#deliveries.delete(delivery));
  }

  async killAndReplace(): Promise<void> {
    const alive = this.workers.filter(({ isDead }) => !isDead);
    await this.addWorker();
    pick(this.random, alive).die();
  }

  /** Until every run has ended: what dies is swept, as the timer would. */
  async finish(ids: readonly string[]): Promise<Run[]> {
    const deadline = soon();
    for (;;) {
      deadline.throwIfAborted();
      const stored = await Promise.all(ids.map((id) => this.direct.runs.read(id, soon())));
      const runs = stored.flatMap((one) => (one === undefined ? [] : [one.value]));
      if (runs.every(isFinished) && this.#deliveries.size === 0) return runs;
      // Whoever is dead, or has let go without being heard, holds its leases no longer than 15 s.
      await this.#expire(
        this.workers.filter(({ isDead }) => isDead || this.#deliveries.size === 0),
      );
      for (const id of await abandonedRuns(this.direct, new Date(), soon())) this.deliver(id);
      await Promise.race([...this.#deliveries, sleep(30)]);
    }
  }

  async #expire(workers: readonly Worker[]): Promise<void> {
    for (const { proxy } of workers) {
      await proxy.idle();
      const held = proxy.requests.flatMap(({ headers, path, status }) => {
        const id = headers['x-ms-proposed-lease-id'];
        return typeof id === 'string' && (status === 200 || status === 201)
          ? [{ id, name: path.replace(/^.*locks\//, '') }]
          : [];
      });
      for (const { id, name } of held) await this.direct.leases.release(name, id, soon());
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(({ proxy }) => proxy.close()));
  }
}

function checkDocument(servers: ScriptedServers, document: Run): void {
  assert.ok(document.endedAt);
  assert.equal(document.holder, undefined);
  const calls = servers.calls.filter(({ runId }) => runId === document.id);
  const states = new Map(document.stages.map((stage) => [stage.id, stage.state]));
  for (const stage of document.stages) {
    const own = calls.filter(({ stage: id }) => id === stage.id);
    assert.ok(stage.attempts.length >= own.length, `${stage.id}: an attempt is not written down`);
    assert.ok(stage.attempts.every(({ endedAt }) => endedAt !== undefined));
    const succeeded = own.some(({ outcome }) => outcome === 'succeeded');
    if (stage.state === 'succeeded') assert.ok(succeeded, `${stage.id} never did`);
    if (!stage.repeatable) assert.ok(own.length <= 1, `${stage.id} was repeated`);
    if (stage.state === 'skipped' && document.state !== 'interrupted') {
      assert.ok(stage.needs.some((id) => states.get(id) !== 'succeeded'));
    }
    assert.ok(['succeeded', 'failed', 'skipped', 'interrupted'].includes(stage.state), stage.state);
  }
  const found = new Set(states.values());
  const expected = found.has('interrupted')
    ? 'interrupted'
    : found.has('failed')
      ? 'failed'
      : 'succeeded';
  assert.equal(document.state, expected);
  for (const lane of Map.groupBy(document.stages, ({ server }) => server).values()) {
    const begun = lane.map(({ id }) => calls.findIndex(({ stage }) => stage === id));
    const order = begun.filter((place) => place >= 0);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      'order on one server',
    );
  }
}

async function play(scenario: Scenario): Promise<{ kills: number; faults: number; runs: Run[] }> {
  const world = new World(await storage.container(), scenario);
  try {
    for (let number = 0; number < scenario.workers; number += 1) await world.addWorker();
    const ids: string[] = [];
    for (const stages of plansOf(world.random, scenario)) ids.push(await world.post(stages));
    const killing = (async () => {
      for (let number = 0; number < scenario.kills; number += 1) {
        await sleep(between(world.random, 5, 250));
        await world.killAndReplace();
      }
    })();
    for (const id of ids) {
      const copies = between(world.random, 1, 3);
      for (let copy = 0; copy < copies; copy += 1) world.deliver(id);
    }
    await killing;
    const runs = await world.finish(ids);
    assert.deepEqual(world.servers.faults, []);
    for (const document of runs) checkDocument(world.servers, document);
    const faults = world.workers.flatMap(({ proxy }) => proxy.requests.filter((r) => r.fault));
    return { kills: scenario.kills, faults: faults.length, runs };
  } catch (error) {
    const log = world.servers.calls.map((call) => JSON.stringify(call)).join('\n');
    throw new Error(`${JSON.stringify(scenario)}\n${log}`, { cause: error });
  } finally {
    await world.close();
  }
}

describe('runs under faults', { concurrency: true }, () => {
  test('any faults, kills and doubled messages: every stage ran, in order, one at a time', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    const scenarios = fc.sample(
      fc.record({
        seed: fc.nat(),
        entities: fc.integer({ min: 1, max: 3 }),
        workers: fc.integer({ min: 1, max: 3 }),
        kills: fc.integer({ min: 0, max: 3 }),
        percent: fc.integer({ min: 0, max: 20 }),
      }),
      { numRuns: Number(process.env['FAULT_CASES'] ?? 8), seed },
    );
    // A few at a time: they wait for their retries more than they work.
    const left = [...scenarios];
    const played: Awaited<ReturnType<typeof play>>[] = [];
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          played.push(await play(next));
        }
      }),
    );
    const states = Object.groupBy(
      played.flatMap(({ runs }) => runs),
      ({ state }) => state,
    );
    const counted = Object.entries(states).map(([state, runs]) => `${runs.length} ${state}`);
    const sum = (of: 'kills' | 'faults') => played.reduce((total, one) => total + one[of], 0);
    t.diagnostic(`${counted.join(', ')}; ${sum('kills')} kills, ${sum('faults')} faults`);
  });

  test('a message that comes again while its run is executed changes nothing', async () => {
    const state = syncStateOf(await storage.container());
    const servers = new ScriptedServers(() => ({ ms: 100 }));
    const stages = pipelines(['a'], 'one');
    for (const stage of stages) stage.repeatable = false;
    const id = await postRun(state, stages, ['one']);
    const execute = () =>
      executeRun(
        {
          ...engineOn(state),
          runners: { procedure: servers.runner(1, never) },
          readFreshness: async () => ({ at: '2019-07-31T10:00:00.000Z' }),
        },
        id,
        never,
      );
    const first = execute();
    for (let number = 0; number < 3; number += 1) {
      while (servers.calls.length <= number) await sleep(5);
      assert.equal(await execute(), 'left');
    }
    assert.equal(await first, 'finished');
    assert.equal((await state.runs.read(id, soon()))?.value.state, 'succeeded');
    assert.equal(servers.calls.length, 3);
  });

  test('a stage that its worker only waited with has not been attempted', async () => {
    const state = syncStateOf(await storage.container());
    const stopping = new AbortController();
    const id = await postRun(state, pipelines(['a'], 'one'), ['one']);
    const outcome = await executeRun(
      {
        ...engineOn(state),
        runners: {
          procedure: {
            async open(_stage, _runId, signal) {
              setImmediate(() => stopping.abort(new WorkerStoppingError()));
              await once(signal, 'abort');
              throw signal.reason;
            },
          },
        },
        readFreshness: async () => ({ at: '2019-07-31T10:00:00.000Z' }),
      },
      id,
      stopping.signal,
    );
    assert.equal(outcome, 'stopped');
    const document = (await state.runs.read(id, soon()))?.value;
    assert.deepEqual(
      document?.stages.map(({ state, attempts }) => [state, attempts.length]),
      Array(3).fill(['pending', 0]),
    );
  });

  test('storage that is gone while a stage waits for its lease costs an attempt, not the run', async () => {
    const container = await storage.container();
    const state = syncStateOf(container);
    let refusals = 1;
    /** What `acquire` throws when its own retries are used up. */
    class Outage extends Leases {
      override async acquire(name: string, id: string, signal: AbortSignal): Promise<boolean> {
        if (name !== 'procedure/one' || refusals === 0) return super.acquire(name, id, signal);
        refusals -= 1;
        throw new RestError('The server is busy.', { statusCode: 503 });
      }
    }
    const servers = new ScriptedServers(() => ({ ms: 1 }));
    const stages = pipelines(['a'], 'one');
    for (const stage of stages) stage.repeatable = false;
    const id = await postRun(state, stages, ['one']);
    const outcome = await executeRun(
      {
        ...engineOn(state),
        leases: new Outage(container, 15),
        runners: { procedure: servers.runner(1, never) },
        readFreshness: async () => ({ at: '2019-07-31T10:00:00.000Z' }),
      },
      id,
      never,
    );
    assert.equal(outcome, 'finished');
    const document = (await state.runs.read(id, soon()))?.value;
    assert.equal(document?.state, 'succeeded');
    assert.equal(document.stages[0]?.attempts.length, 2);
    assert.deepEqual(servers.faults, []);
  });
});
