/** A process that dies at each of its calls to storage, done or not: what it was at is finished or undone. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { executeRun } from '../../../shared/sync/engine.ts';
import { someOf } from '../../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { postingService } from '../../support/sync-state.ts';
import { asks, LineWorld, type Mortal, mortal } from './line-world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

interface Scene {
  /** Before: the run that is at it, or nothing. */
  arrange(world: LineWorld): Promise<string>;
  act(dying: Mortal, world: LineWorld, id: string): Promise<unknown>;
  /** After everything has ended. */
  check(world: LineWorld, id: string): Promise<void>;
}

/** `0c10` is busy, and there is one who waits for it. */
async function busy(world: LineWorld): Promise<{ holder: string; id: string }> {
  const holder = await world.posted(asks(['0c10'], 'holder'));
  return { holder, id: await world.posted(asks(['0c10', 'stek'], 'waits')) };
}

const scenes: Record<string, Scene> = {
  'a POST that waits': {
    arrange: (world) => world.posted(asks(['0c10'], 'holder')),
    async act({ state, send, death }, world) {
      const service = postingService(state, { send, now: world.now });
      return service.start(asks(['0c10', 'stek'], 'dies'), death);
    },
    async check(world) {
      for (const id of await world.runs()) {
        const { state, user, reason } = await world.read(id);
        if (user === 'dies' && state === 'interrupted') assert.match(reason ?? '', /not in line/);
        else assert.equal(state, 'succeeded', user);
      }
    },
  },
  'the start of a run that has waited': {
    async arrange(world) {
      const { holder, id } = await busy(world);
      await world.execute(holder);
      return id;
    },
    act: ({ state, send, death }, world, id) =>
      executeRun({ ...world.engine(state), send }, id, death),
    async check(world, id) {
      assert.equal((await world.read(id)).state, 'succeeded');
    },
  },
  'the end of a run for which others wait': {
    async arrange(world) {
      const { holder } = await busy(world);
      return holder;
    },
    act: ({ state, send, death }, world, id) =>
      executeRun({ ...world.engine(state), send }, id, death),
    async check(world) {
      for (const id of await world.runs()) {
        assert.equal((await world.read(id)).state, 'succeeded');
      }
    },
  },
  'a cancellation of a run that waits': {
    async arrange(world) {
      await world.posted(asks(['0c10'], 'holder'));
      return world.posted(asks(['0c10'], 'waits'));
    },
    async act({ state, send, death }, world, id) {
      return postingService(state, { send, now: world.now }).cancel(id, 'somebody', death);
    },
    async check(world, id) {
      const { state, stages } = await world.read(id);
      const called = stages.some(({ attempts }) => attempts.length > 0);
      assert.equal(state, called ? 'succeeded' : 'cancelled');
    },
  },
};

/** How many calls the whole of it makes. */
async function callsOf({ arrange, act }: Scene): Promise<number> {
  const world = await LineWorld.open(storage);
  const id = await arrange(world);
  const living = await mortal(world, storage, Number.POSITIVE_INFINITY, false);
  const sentBefore = world.sent.length;
  await act(living, world, id);
  await living.proxy.close();
  return living.proxy.requests.length + world.sent.length - sentBefore;
}

/** Deaths that are played side by side. */
const atOnce = 6;

describe('deaths', () => {
  for (const [name, scene] of Object.entries(scenes)) {
    test(`${name}, at any call to storage`, async (t) => {
      const calls = await callsOf(scene);
      assert.ok(calls > 3);
      t.diagnostic(`${calls} calls`);
      /** Each call, both before it is done and after. */
      const deaths = Array.from({ length: calls }, (_, index) =>
        [true, false].map((done) => ({ number: index + 1, done })),
      ).flat();
      const die = async ({ number, done }: { number: number; done: boolean }) => {
        const world = await LineWorld.open(storage);
        const id = await scene.arrange(world);
        const dying = await mortal(world, storage, number, done);
        const acting = scene.act(dying, world, id).catch(() => {});
        if (!dying.death.aborted) {
          await Promise.race([
            acting,
            new Promise((resolve) => dying.death.addEventListener('abort', resolve)),
          ]);
        }
        try {
          await dying.expire();
          const follower = await world.posted(asks(['stek', '0c10'], 'follower'));
          await world.recover();
          assert.equal((await world.read(follower)).state, 'succeeded');
          await world.assertClear();
          await scene.check(world, id);
        } catch (error) {
          throw new Error(`dead at call ${number}, ${done ? '' : 'not '}done`, { cause: error });
        } finally {
          // What is left of it meets a closed door.
          await dying.proxy.close();
        }
      };
      const left = someOf(deaths, 1 / 10).values();
      const some = async () => {
        for (const death of left) await die(death);
      };
      await Promise.all(Array.from({ length: atOnce }, some));
    });
  }

  test('exports are called once, by whoever starts it', async () => {
    const world = await LineWorld.open(storage);
    const { holder, id } = await busy(world);
    await world.execute(holder);
    world.exported.length = 0;
    await Promise.all(Array.from({ length: 8 }, () => world.execute(id).catch(() => {})));
    await world.recover();
    const { state, stages } = await world.read(id);
    assert.equal(state, 'succeeded');
    assert.equal(world.exported.length, stages.length);
    await world.assertClear();
  });

  test('heads with nothing in common, and POSTs between, all at once: each runs once', async () => {
    const world = await LineWorld.open(storage);
    const holders = [];
    for (const code of ['0c10', 'stek']) {
      holders.push(await world.posted(asks([code], `holder ${code}`)));
    }
    for (const [index, codes] of [['0c10'], ['stek'], ['0c10', 'stek'], ['0c10']].entries()) {
      await world.posted(asks(codes, `waits ${index}`));
    }
    const acts: Promise<unknown>[] = holders.map((id) => world.execute(id));
    for (let turn = 0; turn < 20; turn += 1) {
      acts.push(world.post(asks([turn % 2 === 0 ? '0c10' : 'stek'], `posts ${turn}`)));
      acts.push(world.deliver());
    }
    await Promise.all(acts);
    await world.deliver();
    await world.recover();
    for (const id of await world.runs()) {
      const { state, user, stages } = await world.read(id);
      assert.equal(state, 'succeeded', user);
      assert.ok(stages.every(({ attempts }) => attempts.length === 1));
    }
    await world.assertClear();
    assert.deepEqual(await world.state.waiting.list(soon()), []);
  });
});
