/**
 * A worker that dies at any of its calls to storage while it starts what is due, done or not: the
 * board runs once for the due time all the same, on real storage and by the real way of a run.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { claimMs } from '../../../shared/board/schedule/plan-due.ts';
import type { Schedule } from '../../../shared/board/schedule/schedule.ts';
import { Schedules } from '../../../shared/board/schedule/schedules.ts';
import { type DueDependencies, startDue } from '../../../shared/board/schedule/start-due.ts';
import { shippedCatalog } from '../../../shared/catalog/index.ts';
import type { SyncState } from '../../../shared/sync/sync-state.ts';
import { someOf } from '../../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { postingService } from '../../support/sync-state.ts';
import { asks, entity, LineWorld, type Mortal, mortal } from '../../sync/waiting/line-world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const name = 'night';
const calls = [{ id: 'one', code: '0c10', name: entity, run: true }];

type Worker = Pick<DueDependencies, 'send'> & {
  container: ContainerClient;
  state: SyncState;
  sendLater(id: string, seconds: number): Promise<void>;
};

function dependencies(
  world: LineWorld,
  { container, state, send, sendLater }: Worker,
): DueDependencies {
  return {
    schedules: new Schedules(async () => container, world.now),
    boards: { read: async (board) => ({ name: board, revision: 0, board: { calls } }) },
    catalog: shippedCatalog(),
    syncs: postingService(state, { send: sendLater, now: world.now }),
    ...{ now: world.now, send, log: () => {} },
  };
}

const living = (world: LineWorld): DueDependencies =>
  dependencies(world, {
    ...{ container: world.container, state: world.state },
    send: (id) => world.send(id, 0),
    sendLater: world.send,
  });

function dying(world: LineWorld, { proxy, state, send }: Mortal): DueDependencies {
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(world.container.containerName);
  const worker = { container, state, send: (id: string) => send(id, 0), sendLater: send };
  return dependencies(world, worker);
}

/** Once a day, and that a minute ago. */
async function scheduled(world: LineWorld, isBusy: boolean): Promise<void> {
  if (isBusy) await world.posted(asks(['0c10'], 'holder'));
  const schedules = new Schedules(async () => world.container, world.now);
  const at = new Date(world.now().getTime() - 60_000);
  const schedule: Schedule = {
    ...{ board: 'nightly', cron: `${at.getUTCMinutes()} ${at.getUTCHours()} * * *` },
    ...{ timeZone: 'UTC', enabled: true, missed: 'last', window: '1d', whenBusy: 'wait' },
  };
  await schedules.change(name, () => schedule, { token: 'demo' }, soon());
  const found = (await schedules.read(name, soon())) ?? assert.fail();
  const upTo = new Date(at.getTime() - 3_600_000).toISOString();
  await schedules.withState(found, { upTo, due: [] }, soon());
}

/** What other workers make of it in the minutes after. */
async function recover(world: LineWorld): Promise<void> {
  const schedules = new Schedules(async () => world.container, world.now);
  for (let minute = 0; minute < 12; minute += 1) {
    await Promise.all(
      [living(world), living(world)].map((worker) => startDue(worker, name, soon())),
    );
    await world.recover();
    const due = (await schedules.named(name, soon()))?.state.due ?? [];
    if (due.length > 0 && due.every(({ state }) => state === 'started')) return;
    world.aheadMs += claimMs;
  }
  assert.fail('it was never settled');
}

/** It was executed once, and the schedule names that run. */
async function check(world: LineWorld): Promise<void> {
  const runs = await Promise.all((await world.runs()).map((id) => world.read(id)));
  const ofSchedule = runs.filter(({ due }) => due?.schedule === name);
  const executed = ofSchedule.filter(({ startedAt }) => startedAt !== undefined);
  assert.deepEqual(
    executed.map(({ state }) => state),
    ['succeeded'],
  );
  for (const { state, startedAt } of ofSchedule) {
    if (startedAt === undefined) assert.equal(state, 'interrupted');
  }
  const schedules = new Schedules(async () => world.container, world.now);
  const due = (await schedules.named(name, soon()))?.state.due ?? [];
  assert.deepEqual(
    due.map(({ at, run }) => [at, run]),
    executed.map((run) => [run.due?.at, run.id]),
  );
  await world.assertClear();
}

for (const isBusy of [false, true]) {
  const what = isBusy ? 'servers that somebody else has' : 'free servers';
  test(`a due time with ${what}, at any call to storage`, async (t) => {
    const whole = await LineWorld.open(storage);
    await scheduled(whole, isBusy);
    const immortal = await mortal(whole, storage, Number.POSITIVE_INFINITY, false);
    const sent = whole.sent.length;
    await startDue(dying(whole, immortal), name, soon());
    await immortal.proxy.close();
    const count = immortal.proxy.requests.length + whole.sent.length - sent;
    t.diagnostic(`${count} calls`);
    assert.ok(count > 8);
    const deaths = Array.from({ length: count }, (_, index) =>
      [true, false].map((done) => ({ number: index + 1, done })),
    ).flat();
    const die = async ({ number, done }: { number: number; done: boolean }) => {
      const world = await LineWorld.open(storage);
      await scheduled(world, isBusy);
      const mortalOne = await mortal(world, storage, number, done);
      await startDue(dying(world, mortalOne), name, mortalOne.death).catch(() => {});
      try {
        await mortalOne.expire();
        await recover(world);
        await check(world);
      } catch (error) {
        throw new Error(`dead at call ${number}, ${done ? '' : 'not '}done`, { cause: error });
      } finally {
        // What is left of it meets a closed door.
        await mortalOne.proxy.close();
      }
    };
    const left = someOf(deaths, 1 / 6).values();
    const some = async () => {
      for (const death of left) await die(death);
    };
    await Promise.all(Array.from({ length: 4 }, some));
  });
}
