/** Runs that wait on real storage: messages are kept by the test, and delivered when it says so. */

import assert from 'node:assert/strict';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { rowCounts } from '../../../shared/database/row-counts.ts';
import { type EngineDependencies, executeRun } from '../../../shared/sync/engine.ts';
import { finalStates, isFinished, type Run } from '../../../shared/sync/run.ts';
import type { SyncServiceDependencies, SyncState } from '../../../shared/sync/service.ts';
import { abandonedRuns, endOrphans } from '../../../shared/sync/sweep.ts';
import type { StartOutcome, SyncRequest } from '../../../shared/sync/syncs.ts';
import { startable } from '../../../shared/sync/waiting/sweep-line.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { requestFor } from '../../support/requests.ts';
import { soon, type TestStorage } from '../../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../../support/sync-state.ts';

const never = new AbortController().signal;

/** Entities that every data source has, of which one makes three stages. */
export const entity = 'meter';

/** `0c10` is at one server, `stek` at another. */
export function asks(
  codes: readonly string[],
  user: string,
  more: Partial<SyncRequest> = { whenBusy: 'wait' },
): SyncRequest {
  return { ...requestFor(codes, [entity], { user }), ...more };
}

export class LineWorld {
  readonly container: ContainerClient;
  readonly state: SyncState;
  /** Messages that nobody has taken yet, the oldest first. */
  readonly sent: { id: string; delaySeconds: number }[] = [];
  /** Users of the runs whose exports were called, in their order, with the codes. */
  readonly exported: string[] = [];
  aheadMs = 0;
  readonly now = () => new Date(Date.now() + this.aheadMs);

  constructor(container: ContainerClient) {
    this.container = container;
    this.state = syncStateOf(container);
  }

  static async open(storage: TestStorage): Promise<LineWorld> {
    return new LineWorld(await storage.container());
  }

  readonly send = async (id: string, delaySeconds: number) => {
    this.sent.push({ id, delaySeconds });
  };

  post(
    request: SyncRequest,
    others: Partial<SyncServiceDependencies> = {},
    signal = soon(),
  ): Promise<StartOutcome> {
    const { state, send, now } = this;
    return postingService(state, { send, now, ...others }).start(request, signal);
  }

  /** @returns the id of a run that waits, whose message is not delivered yet */
  async posted(request: SyncRequest): Promise<string> {
    const outcome = await this.post(request);
    assert.ok('id' in outcome, JSON.stringify(outcome));
    return outcome.id;
  }

  service() {
    const { state, send, now } = this;
    return postingService(state, { send, now });
  }

  engine(state = this.state): EngineDependencies {
    const { send, now, exported } = this;
    const run = async (stage: { id: string }) => {
      exported.push(stage.id);
      return { rows: rowCounts([1]), returnValue: 0 };
    };
    return { ...engineOn(state, run), send, now };
  }

  execute(id: string, others: Partial<EngineDependencies> = {}) {
    return executeRun({ ...this.engine(), ...others }, id, never);
  }

  /** Delivers messages, those that are hidden among them, until there are none; returns outcomes. */
  async deliver(): Promise<string[]> {
    const outcomes: string[] = [];
    for (let message = this.sent.shift(); message; message = this.sent.shift()) {
      outcomes.push(await this.execute(message.id));
    }
    return outcomes;
  }

  async read(id: string): Promise<Run> {
    const found = await this.state.runs.read(id, soon());
    assert.ok(found, `no run ${id}`);
    return found.value;
  }

  async entries(): Promise<string[]> {
    return (await this.state.waiting.list(soon())).map(({ id }) => id);
  }

  /** Ids of all runs, the newest first. */
  async runs(): Promise<string[]> {
    return (await this.state.runs.list({ limit: 100 }, soon())).runs.map(({ id }) => id);
  }

  /** What the sweeper does, to which every document is older than a lease lives. */
  async sweep(): Promise<string[]> {
    const older = syncStateOf(this.container, -1);
    const later = new Date(this.now().getTime() + 11_000);
    const abandoned = await abandonedRuns(older, later, soon());
    await endOrphans(older, this.now(), soon());
    return [...new Set([...abandoned, ...(await startable(older, this.now(), soon()))])];
  }

  /** Sweeps and delivers until every run has ended. */
  async recover(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      for (const id of await this.sweep()) await this.execute(id);
      await this.deliver();
      const states = await Promise.all((await this.runs()).map((id) => this.read(id)));
      const isOver = states.every((run) => isFinished(run));
      if (isOver && (await this.entries()).length === 0) return;
    }
    const left = await Promise.all((await this.runs()).map((id) => this.read(id)));
    assert.fail(
      `unfinished: ${left.map(({ id, state, log }) => `${id} ${state} ${JSON.stringify(log)}`)}`,
    );
  }

  /** Nothing is held, nothing is owned by what goes on, nobody is in line. */
  async assertClear(): Promise<void> {
    assert.deepEqual(await this.entries(), []);
    for (const { name, held, owner } of await this.state.leases.list('sync/', soon())) {
      assert.ok(!held, `${name} is held`);
      if (owner === undefined) continue;
      const run = await this.state.runs.read(owner, soon());
      assert.ok(run === undefined || finalStates.includes(run.value.state), `${name}: ${owner}`);
    }
  }
}

/** A process that dies at one of its calls to storage. */
export interface Mortal {
  state: SyncState;
  proxy: FaultProxy;
  /** Aborted when it dies. */
  death: AbortSignal;
  /** Its messages go by storage as well: one that is dead sends none. */
  send(id: string, delaySeconds: number): Promise<void>;
  /** What the passing of a lease's life does to what it holds. */
  expire(): Promise<void>;
}

/**
 * @param number of the call at which it dies, from 1
 * @param done storage carries that one out
 */
export async function mortal(
  world: LineWorld,
  storage: TestStorage,
  number: number,
  done: boolean,
): Promise<Mortal> {
  const proxy = await startFaultProxy(storage.connectionString);
  const death = new AbortController();
  let calls = 0;
  const step = () => {
    calls += 1;
    if (calls === number) death.abort(new Error('it has died'));
    return calls;
  };
  proxy.decide = () => {
    const call = step();
    if (call < number) return undefined;
    return { kind: call === number && done ? 'lost answer' : 'reset' };
  };
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const state = syncStateOf(service.getContainerClient(world.container.containerName));
  return {
    ...{ state, proxy, death: death.signal },
    async send(id, delaySeconds) {
      const call = step();
      if (call < number || (call === number && done)) await world.send(id, delaySeconds);
      if (call >= number) throw new Error('it has died');
    },
    async expire() {
      await proxy.idle();
      const ids = proxy.requests.map(({ headers }) => headers['x-ms-proposed-lease-id']);
      for (const { name } of await world.state.leases.list('sync/', soon())) {
        for (const id of new Set(ids)) {
          if (typeof id === 'string') await world.state.leases.release(name, id, soon());
        }
      }
    },
  };
}
