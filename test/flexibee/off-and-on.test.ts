/** The changelog goes off and on, whatever else happens: in the end the mirror is the source. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { noteOff, turnChangelog } from '../../shared/flexibee/changelog.ts';
import { companyState } from '../../shared/flexibee/company-state.ts';
import type { CursorStore } from '../../shared/flexibee/context.ts';
import { poll } from '../../shared/flexibee/follow.ts';
import type { TroubleKind } from '../../shared/flexibee/types.ts';
import { LeaseLostError } from '../../shared/lock/keeper.ts';
import { trouble } from '../support/flexibee-company.ts';
import { soon } from '../support/storage.ts';
import { code, evidences, newWorld, type World } from './world.ts';

const [first = '', second = ''] = evidences;

async function following(options?: Parameters<typeof newWorld>[0]): Promise<World> {
  const world = newWorld({ onRegression: 'stop', ...options });
  for (let index = 0; index < 5; index += 1) {
    world.company.write('create', first);
    world.company.write('create', second);
  }
  await world.settle();
  world.logged.length = 0;
  return world;
}

/** Nobody's log has it. */
function writeUnseen({ company }: World): void {
  company.write('update', first);
  company.write('create', second);
  company.write('delete', second);
}

function isAsSource({ mirror, company }: World): void {
  for (const evidence of evidences) {
    assert.deepEqual(mirror.alive(code, evidence), company.alive(evidence), evidence);
  }
}

async function failingPoll(world: World, kind: TroubleKind): Promise<void> {
  const { context } = world.worker();
  const fail = () => Promise.reject(trouble(kind));
  const source = { ...context.source, changes: fail, list: fail, records: fail };
  assert.equal(await poll({ ...context, source }, { waitForLockMs: 0 }, soon()), 'trouble');
}

const kinds = [
  'unreachable',
  'wrong password',
  'licence missing',
  'answer not understood',
] as const;
const enablings = ['keeps', 'empties', 'restarts'] as const;

describe('off is seen, another trouble comes, and records change', () => {
  for (const kind of kinds) {
    for (const enabling of enablings) {
      test(`${kind}; turning it on again ${enabling} the log`, async () => {
        const world = await following({ enabling });
        world.company.changelog = 'off';
        assert.equal((await world.poll()).outcome, 'trouble');
        await failingPoll(world, kind);
        assert.equal(world.cursor?.trouble?.kind, kind);
        writeUnseen(world);
        world.company.changelog = 'on';
        await failingPoll(world, kind);
        world.company.write('update', second);
        await world.settle();
        isAsSource(world);
        assert.deepEqual(world.cursor?.due, {});
      });
    }
  }

  test('the base, whose trouble hides the first', async () => {
    const world = await following();
    world.company.write('update', first);
    const { context } = world.worker();
    const apply = () => Promise.reject(new DatabaseError('the base is full', 'permanent'));
    const mirror = { ...context.mirror, apply };
    assert.equal(await poll({ ...context, mirror }, { waitForLockMs: 0 }, soon()), 'trouble');
    world.company.changelog = 'off';
    assert.equal(await poll({ ...context, mirror }, { waitForLockMs: 0 }, soon()), 'trouble');
    writeUnseen(world);
    world.company.changelog = 'on';
    await world.settle();
    isAsSource(world);
  });

  test('a worker dies as it begins to load again', async () => {
    for (let at = 1; at < 8; at += 1) {
      const world = await following();
      world.company.changelog = 'off';
      await world.poll();
      writeUnseen(world);
      world.company.changelog = 'on';
      await world.poll({ at, mode: 'before' });
      await failingPoll(world, 'unreachable');
      await world.settle();
      isAsSource(world);
    }
  });
});

describe('a restored backup is seen, and another trouble comes before everything is loaded', () => {
  for (const onRegression of ['stop', 'reload'] as const) {
    test(`onRegression ${onRegression}`, async () => {
      const world = await following({ onRegression });
      world.company.backUp();
      world.company.write('update', first);
      await world.settle();
      world.company.restore();
      const { context } = world.worker();
      let calls = 0;
      // Seen in the first answers, and gone when it is asked where the versions are now.
      const changes: typeof context.source.changes = (range, signal) => {
        calls += 1;
        const isSeen = calls <= 3;
        return isSeen
          ? context.source.changes(range, signal)
          : Promise.reject(trouble('unreachable'));
      };
      const source = { ...context.source, changes };
      assert.equal(await poll({ ...context, source }, { waitForLockMs: 0 }, soon()), 'trouble');
      assert.equal(world.cursor?.due.reload?.why, 'versions went back');
      // Grown past what we know, by the very change that we know.
      world.company.write('update', first);
      world.company.write('update', second);
      if (onRegression === 'reload') {
        await world.settle();
        world.check();
      } else {
        assert.equal((await world.poll()).outcome, 'trouble');
        assert.equal(world.cursor?.trouble?.kind, 'versions went back');
      }
    });
  }
});

describe('off and on between two polls', () => {
  for (const enabling of enablings) {
    for (const later of [0, 1, 3, 20]) {
      test(`by our own routes; the log is what "${enabling}" leaves, and ${later} writes`, async () => {
        const world = await following({ enabling });
        await world.turn('off');
        writeUnseen(world);
        await world.turn('on');
        for (let index = 0; index < later; index += 1) world.company.write('update', second);
        await world.settle();
        isAsSource(world);
        assert.equal(world.cursor?.trouble, undefined);
      });
    }
  }

  for (const later of [0, 1, 3, 20]) {
    test(`by others, which empties the log: no versions went back, ${later} writes`, async () => {
      const world = await following({ enabling: 'empties' });
      const { generation } = world.cursor ?? assert.fail();
      world.company.changelog = 'off';
      writeUnseen(world);
      world.company.changelog = 'on';
      for (let index = 0; index < later; index += 1) world.company.write('update', second);
      await world.settle();
      isAsSource(world);
      assert.equal(world.cursor?.generation, generation);
      assert.doesNotMatch(world.logged.join(), /went back/);
      world.company.write('update', first);
      await world.settle();
      isAsSource(world);
    });
  }
});

test('what is due is told before anybody polls: no lag 0 while all is to be loaded', async () => {
  const world = await following();
  await world.turn('off');
  writeUnseen(world);
  await world.turn('on');
  world.tick(7_000);
  const state = companyState(world.cursor, new Date(world.time()));
  assert.equal(state.phase, 'loading');
  assert.ok(state.lag.seconds >= 7, `${state.lag.seconds} s`);
  await world.settle();
  const settled = companyState(world.cursor, new Date(world.time()));
  assert.deepEqual(
    [settled.phase, settled.lag],
    ['following', { versions: 0, gaps: 0, seconds: 0 }],
  );
});

describe('off and on once more while everything is loaded again', () => {
  for (const later of [1, 3, 1_200]) {
    for (const again of [0, 1, 3]) {
      test(`${later} writes before, and ${again} after`, async () => {
        const world = newWorld({ onRegression: 'stop', enabling: 'empties', sliceMs: 0 });
        for (const evidence of evidences) world.company.write('create', evidence);
        await settled(world);
        world.company.changelog = 'off';
        writeUnseen(world);
        world.company.changelog = 'on';
        for (let index = 0; index < later; index += 1) world.company.write('update', second);
        // Seen, and the first evidence loaded.
        while ((world.cursor?.loads.length ?? 0) !== evidences.length - 1) await world.poll();
        world.company.changelog = 'off';
        writeUnseen(world);
        world.company.changelog = 'on';
        for (let index = 0; index < again; index += 1) world.company.write('update', second);
        await settled(world);
        isAsSource(world);
      });
    }
  }

  /** Each poll ends after a page. */
  async function settled(world: World): Promise<void> {
    for (let polls = 0; polls < 200; polls += 1) {
      const { outcome } = await world.poll();
      assert.notEqual(outcome, 'trouble', world.logged.join('\n'));
      if (outcome === 'idle') return;
    }
    assert.fail('no end of polls');
  }
});

test('turned on where it was on: nothing is loaded again', async () => {
  const world = await following();
  await world.turn('on');
  assert.deepEqual(world.cursor?.due, {});
  world.requests.length = 0;
  await world.settle();
  assert.ok(!world.requests.includes('list'));
});

test('what the server refused to turn off is not loaded again; what it perhaps did is', async () => {
  for (const [error, isOwed] of [
    [trouble('company in use'), false],
    [trouble('unreachable'), true],
  ] as const) {
    const world = await following();
    const { context } = world.worker();
    const control = {
      status: async () => true,
      enable: () => Promise.reject(error),
      disable: () => Promise.reject(error),
    };
    const turning = turnChangelog('off', context, control, { waitForLockMs: 0 }, soon());
    await assert.rejects(turning, error);
    assert.equal(world.cursor?.due.reload !== undefined, isOwed);
  }
});

test('while somebody is at work it is not turned, and the server not asked', async () => {
  const world = await following();
  const { context } = world.worker();
  const held = await world.cursors.store.acquire(code, soon());
  const no = () => assert.fail('asked');
  const control = { status: no, enable: no, disable: no };
  assert.equal(await turnChangelog('off', context, control, { waitForLockMs: 0 }, soon()), false);
  await held?.release();
});

test('that it was seen off is noted, or told as not noted', async () => {
  const world = await following();
  const { context } = world.worker();
  const note = (cursors = context.cursors) =>
    noteOff({ ...context, cursors }, { waitForLockMs: 0 }, soon());
  const lost = new LeaseLostError(code, 'another holder has it');
  const losing: CursorStore = {
    ...context.cursors,
    acquire: async (name, signal) =>
      Object.assign(Object.create((await context.cursors.acquire(name, signal)) ?? null), {
        replace: () => Promise.reject(lost),
      }),
  };
  const owed = () => world.cursor?.due.reload?.why;
  await assert.rejects(note(losing), lost);
  assert.equal(owed(), undefined);
  const held = await world.cursors.store.acquire(code, soon());
  assert.equal(await note(), false, 'somebody else is at work');
  await held?.release();
  assert.equal(await note(), true);
  assert.equal(owed(), 'changelog off');
  await world.settle();
  isAsSource(world);
});

test('a server that answers while it is off as if nothing happened is asked for that', async () => {
  const world = await following({ off: 'stands still' });
  world.company.changelog = 'off';
  writeUnseen(world);
  world.tick(6 * 60_000);
  assert.equal((await world.poll()).outcome, 'trouble');
  assert.equal(world.cursor?.trouble?.kind, 'changelog disabled');
  world.company.changelog = 'on';
  await world.settle();
  isAsSource(world);
});

describe('a pruned changelog is no other history', () => {
  for (const global of ['seen', 'of the log'] as const) {
    for (const [pruned, later] of [
      [3, 0],
      [10, 0],
      [10, 2],
      [12, 0],
      [12, 5],
    ] as const) {
      test(`${pruned} of 12 changes, ${later} later ones; global version ${global}`, async () => {
        const world = await following({ global });
        const { generation } = world.cursor ?? assert.fail();
        world.company.write('update', first);
        world.company.write('update', second);
        await world.settle();
        world.company.prune(pruned);
        for (let index = 0; index < later; index += 1) world.company.write('update', first);
        await world.settle();
        isAsSource(world);
        assert.equal(world.cursor?.trouble, undefined);
        // One that goes back below what we know cannot be told from a backup.
        if (global === 'seen') assert.equal(world.cursor?.generation, generation);
        const { done } = await world.poll();
        assert.ok(!done.includes('list'), 'loaded again and again');
      });
    }
  }
});

test('while what was cut is loaded again a late change moves the last one to a later page', async () => {
  const world = await following({ largestPage: 3, sliceMs: 0 });
  world.company.prune(10);
  world.company.begin('update', first);
  for (let index = 0; index < 4; index += 1) world.company.write('update', second);
  assert.equal((await world.poll()).outcome, 'handed on');
  assert.ok(world.cursor?.loads, 'the cut is seen');
  const { generation } = world.cursor;
  world.company.commit(0);
  await world.settle();
  isAsSource(world);
  assert.equal(world.cursor?.trouble, undefined);
  assert.equal(world.cursor?.generation, generation);
});

test('a server that is told of another time zone has the same history', async () => {
  const world = await following();
  const { context } = world.worker();
  const changes: typeof context.source.changes = async (range, signal) => {
    const page = await context.source.changes(range, signal);
    return { ...page, changes: page.changes.map((one) => ({ ...one, at: oneHourLater(one.at) })) };
  };
  const moved = { ...context, source: { ...context.source, changes } };
  assert.equal(await poll(moved, { waitForLockMs: 0 }, soon()), 'idle');
});

function oneHourLater(at = ''): string {
  const time = new Date(Date.parse(`${at.slice(0, 19).replace(' ', 'T')}Z`) + 3_600_000);
  return `${time.toISOString().slice(0, 19).replace('T', ' ')}${at.slice(19)}`;
}
