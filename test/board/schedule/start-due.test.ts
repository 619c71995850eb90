/** What becomes of one due time, whoever dies at it and whatever is in its way. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BoardCall } from '../../../shared/board/board.ts';
import { lineEvent } from '../../../shared/board/schedule/late-events.ts';
import { claimMs } from '../../../shared/board/schedule/plan-due.ts';
import type { Due, Schedule } from '../../../shared/board/schedule/schedule.ts';
import { type DueDependencies, startDue } from '../../../shared/board/schedule/start-due.ts';
import { shippedCatalog } from '../../../shared/catalog/index.ts';
import { eventOf, type NewEvent } from '../../../shared/events/event.ts';
import { DocumentConflictError } from '../../../shared/storage/documents.ts';
import type { Run, StartOutcome, SyncRequest } from '../../../shared/sync/syncs.ts';
import { StoredInMemory } from '../../support/memory-schedule.ts';
import { pipelines, run } from '../../support/runs.ts';
import { soon } from '../../support/storage.ts';

const meter: BoardCall = { id: 'meter.mo', code: 'mo', name: 'meter', run: true };
const due = '2026-11-30T02:30:00.000Z';

interface World {
  calls?: BoardCall[] | undefined;
  hasBoard?: boolean;
  schedule?: Partial<Schedule>;
  /** In place of a start; the last one again and again. */
  starts?: (StartOutcome | Error)[];
  /** Runs that there are already, and those in line. */
  runs?: Record<string, Partial<Run>>;
  inLine?: string[];
}

function world({ calls = [meter], hasBoard = true, starts = [], ...given }: World = {}) {
  const asked: SyncRequest[] = [];
  const sent: string[] = [];
  const cancelled: string[] = [];
  const runs = new Map(Object.entries(given.runs ?? {}));
  const clock = { ms: Date.parse(due) + 5_000 };
  const schedule: Schedule = {
    ...{ board: 'nightly', cron: '30 2 * * *', timeZone: 'UTC', enabled: true },
    ...{ missed: 'last', window: '1d', whenBusy: 'wait', ...given.schedule },
  };
  const since = '2026-11-29T12:00:00.000Z';
  const stored = new StoredInMemory({
    ...{ name: 'night', revision: 1, changedAt: since, changedBy: { token: 'demo' } },
    ...{ content: schedule, state: { upTo: since, due: [] } },
  });
  const dependencies: DueDependencies = {
    schedules: stored,
    boards: {
      read: async (name) => (hasBoard ? { name, revision: 0, board: { calls } } : undefined),
    },
    catalog: shippedCatalog(),
    syncs: {
      start: async (request) => {
        asked.push(request);
        const id = request.id ?? '';
        const outcome = starts.length > 1 ? starts.shift() : starts[0];
        if (outcome instanceof Error) throw outcome;
        if (runs.has(id)) throw new DocumentConflictError(id, undefined);
        runs.set(id, { state: 'queued' });
        return outcome ?? { outcome: 'started', id };
      },
      read: async (id) => {
        const run = runs.get(id);
        return run && ({ id, ...run } as Run);
      },
      places: async () => new Map((given.inLine ?? []).map((id) => [id, { place: 0 }])),
      cancel: async (id) => {
        cancelled.push(id);
        return { outcome: 'accepted', state: 'running' };
      },
    },
    now: () => new Date(clock.ms),
    send: async (id) => void sent.push(id),
    log: () => {},
  };
  return {
    ...{ asked, sent, cancelled, runs, clock, stored },
    tick: (change: Partial<DueDependencies> = {}) =>
      startDue({ ...dependencies, ...change }, 'night', soon()),
    last: (): Due => stored.value.state?.due.at(-1) ?? assert.fail('nothing was due'),
  };
}

test('it is started once, under the id that was reserved, and sent on', async () => {
  const { tick, last, asked, sent } = world();
  await tick();
  await tick();
  const { run } = last();
  assert.deepEqual(last(), { at: due, state: 'started', run });
  assert.deepEqual(sent, [run]);
  assert.equal(asked.length, 1);
  assert.partialDeepStrictEqual(asked[0], {
    ...{ id: run, board: 'nightly', user: 'schedule night', token: 'demo', whenBusy: 'wait' },
    ...{ due: { schedule: 'night', at: due }, calls: [{ names: ['meter'], codes: ['mo'] }] },
  });
});

describe('there is no run, and it is said why', () => {
  const busy: StartOutcome = { outcome: 'busy', servers: ['dcdb'], runs: ['r1'] };
  const closure = {
    ...{ id: 'c', server: 'dcdb', until: '2026-11-30T06:00:00.000Z', reason: 'index maintenance' },
    ...{ user: 'me', token: 'demo', at: due },
  };
  for (const [what, given, state, why, lacks] of [
    ['the board is gone', { hasBoard: false }, 'failed', /^There is no board nightly\.$/, 'board'],
    [
      'nothing is on',
      { calls: [{ ...meter, run: false }] },
      'skipped',
      /^Nothing of board nightly is switched on\.$/,
      'calls',
    ],
    [
      'the catalogue has changed',
      { calls: [{ ...meter, name: 'metre' }] },
      'failed',
      /^Board nightly: .*did you mean meter\?/,
    ],
    [
      'busy',
      { starts: [busy], schedule: { whenBusy: 'skip' } },
      'skipped',
      /^Busy: dcdb \(run r1\)\.$/,
    ],
    [
      'closed',
      { starts: [{ outcome: 'closed', closure }], schedule: { whenBusy: 'skip' } },
      'skipped',
      /^Server dcdb is closed until .*: index maintenance$/,
    ],
    [
      'the plan cannot be made',
      { starts: [new RangeError('no such stage')] },
      'failed',
      /no such stage/,
    ],
  ] as [string, World, Due['state'], RegExp, Due['lacks']?][]) {
    test(what, async () => {
      const { tick, last, sent, clock } = world(given);
      await tick();
      const { run: _, ...rest } = last();
      assert.equal(rest.state, state);
      assert.match(rest.why ?? '', why);
      assert.equal(rest.lacks, lacks);
      assert.deepEqual(sent, []);
      clock.ms += claimMs * 2;
      const before = last();
      await tick();
      assert.deepEqual(last(), before);
    });
  }

  test('whoever may wait is asked to, whoever skips is not', async () => {
    const { tick, asked } = world({ schedule: { whenBusy: 'skip' } });
    await tick();
    assert.equal(asked[0]?.whenBusy, undefined);
  });
});

describe('a worker dies', () => {
  test('before anything was started: another one starts it under the same id, when it may', async () => {
    const { tick, last, clock, asked } = world({
      starts: [new Error('died'), { outcome: 'started', id: 'x' }],
    });
    await assert.rejects(tick(), /died/);
    const { run } = last();
    assert.equal(last().state, 'reserved');
    clock.ms += claimMs - 1;
    await tick();
    assert.equal(asked.length, 1);
    clock.ms += 1;
    await tick();
    assert.deepEqual(
      asked.map(({ id }) => id),
      [run, run],
    );
    assert.deepEqual(last(), { at: due, state: 'started', run });
  });

  /** The start is done, and nothing after it. */
  async function startedOnly(given: World = {}) {
    const made = world(given);
    await assert.rejects(
      made.tick({
        send: async () => {
          made.stored.fail = new Error('died');
        },
      }),
      /died/,
    );
    made.stored.fail = undefined;
    assert.equal(made.last().state, 'reserved');
    return { ...made, run: made.last().run ?? '' };
  }

  test('after the start: it is not started again, and known once it has begun', async () => {
    const { tick, last, clock, asked, runs, run } = await startedOnly();
    clock.ms += claimMs;
    await tick();
    assert.equal(last().state, 'reserved');
    runs.set(run, { state: 'running', startedAt: due });
    clock.ms += claimMs;
    await tick();
    assert.deepEqual(last(), { at: due, state: 'started', run });
    assert.equal(asked.length, 1);
  });

  test('in the start, and the sweeper has ended what owned nothing: it is started anew', async () => {
    const { tick, last, clock, runs, asked, run } = await startedOnly();
    runs.set(run, { state: 'interrupted' });
    clock.ms += claimMs;
    await tick();
    const { run: anew } = last();
    assert.notEqual(anew, run);
    assert.deepEqual(last(), { at: due, state: 'started', run: anew });
    assert.deepEqual(
      asked.map(({ id }) => id),
      [run, anew],
    );
  });

  for (const [what, before] of [
    ['cancelled while it waited', { state: 'cancelled' }],
    ['interrupted after it began', { state: 'interrupted', startedAt: due }],
    ['over', { state: 'failed', startedAt: due }],
  ] as [string, Partial<Run>][]) {
    test(`after the start, and the run is ${what}: it is not made again`, async () => {
      const { tick, last, clock, runs, asked, run } = await startedOnly();
      runs.set(run, before);
      clock.ms += claimMs;
      await tick();
      assert.deepEqual(last(), { at: due, state: 'started', run });
      assert.equal(asked.length, 1);
    });
  }

  test('after the start of one that waits: its place in line is the promise', async () => {
    const inLine: string[] = [];
    const { tick, last, clock, runs, run } = await startedOnly({ inLine });
    runs.set(run, { state: 'waiting' });
    clock.ms += claimMs;
    await tick();
    assert.equal(last().state, 'reserved');
    inLine.push(run);
    clock.ms += claimMs;
    await tick();
    assert.equal(last().state, 'started');
  });

  test('frozen at it for so long that another one has started it: nothing happens twice', async () => {
    const made = world();
    const gate = Promise.withResolvers<void>();
    const frozen = made.tick({
      boards: {
        read: async (name) => {
          await gate.promise;
          return { name, revision: 0, board: { calls: [meter] } };
        },
      },
    });
    await new Promise(setImmediate);
    made.clock.ms += claimMs;
    await made.tick();
    const after = made.last();
    assert.equal(after.state, 'started');
    gate.resolve();
    await frozen;
    assert.deepEqual(made.last(), after);
    assert.deepEqual(made.sent, [after.run]);
  });
});

test('a schedule that was switched off after its time had come starts nothing', async () => {
  const { tick, last, stored, clock, asked } = world({ starts: [new Error('died')] });
  await assert.rejects(tick(), /died/);
  stored.put((value) => ({
    ...value,
    content: { ...(value.content ?? assert.fail()), enabled: false },
  }));
  clock.ms += claimMs;
  await tick();
  assert.partialDeepStrictEqual(last(), { state: 'skipped', why: 'The schedule is switched off.' });
  assert.equal(asked.length, 1);
});

test('what is to have ended by a time is cancelled then, once', async () => {
  const { tick, last, clock, cancelled } = world({ schedule: { endBy: '07:00' } });
  await tick();
  const { run, endBy } = last();
  assert.equal(endBy, '2026-11-30T07:00:00.000Z');
  clock.ms = Date.parse(endBy ?? '') - 1;
  await tick();
  assert.deepEqual(cancelled, []);
  clock.ms += 1;
  await tick();
  await tick();
  assert.deepEqual(cancelled, [run]);
  assert.deepEqual(last(), { at: due, state: 'started', run });
});

describe('that it is late is told, each time the same', () => {
  const telling = () => {
    const told: NewEvent[] = [];
    const tell = async (event: NewEvent) => void told.push(event);
    const ids = () => new Set(told.map((event) => eventOf(event, new Date(due)).id));
    return { told, tell, ids };
  };

  test('where it cannot be started, with why', async () => {
    const { told, tell } = telling();
    await world({ hasBoard: false }).tick({ tell });
    assert.partialDeepStrictEqual(told, [
      {
        ...{ kind: 'run.late', board: 'nightly', since: due },
        reason: 'Schedule night: There is no board nightly.',
      },
    ]);
    assert.equal(told[0]?.codes, undefined);
  });

  test('where nobody could start it for five minutes, and not before', async () => {
    const { told, tell, ids } = telling();
    const { tick, clock } = world({ starts: [new Error('storage is away')] });
    for (const minutes of [0, 2, 4]) {
      clock.ms = Date.parse(due) + minutes * 60_000;
      await tick({ tell }).catch(() => {});
    }
    assert.equal(told.length, 0);
    for (const minutes of [6, 9]) {
      clock.ms = Date.parse(due) + minutes * 60_000;
      await tick({ tell }).catch(() => {});
    }
    assert.equal(ids().size, 1);
    assert.match(told[0]?.reason ?? '', /it has not begun/);
  });

  test('where it was missed, once for all that follow one another; not where it is made up for', async () => {
    const { told, tell } = telling();
    const { tick, clock } = world({ schedule: { missed: 'none' } });
    clock.ms = Date.parse(due) + 2 * 3_600_000;
    await tick({ tell });
    await tick({ tell });
    clock.ms += 86_400_000;
    await tick({ tell });
    const ids = new Set(told.map((event) => eventOf(event, new Date(due)).id));
    assert.equal(ids.size, 1);
    assert.match(told[0]?.reason ?? '', /It was missed: no worker was there/);
    const other = telling();
    const late = world({ schedule: { missed: 'last' } });
    late.clock.ms = Date.parse(due) + 2 * 3_600_000;
    await late.tick({ tell: other.tell });
    assert.deepEqual(other.told, []);
  });

  test('where its run stands in line for a quarter of an hour: as the overview has it', () => {
    const waiting = {
      ...run('r1', pipelines(['meter'])),
      ...{ state: 'waiting' as const, board: 'nightly', due: { schedule: 'night', at: due } },
    };
    const after = (minutes: number) => new Date(Date.parse(due) + minutes * 60_000);
    assert.equal(lineEvent(waiting, after(14)), undefined);
    assert.partialDeepStrictEqual(lineEvent(waiting, after(15)), {
      ...{ kind: 'run.late', board: 'nightly', run: 'r1', since: due },
      reason: 'Schedule night: its run stands in line.',
    });
    assert.equal(lineEvent({ ...waiting, state: 'running' }, after(60)), undefined);
  });

  test('where its run has not ended by its time, and not where it has', async () => {
    for (const [state, count] of [
      ['running', 1],
      ['succeeded', 0],
    ] as const) {
      const { told, tell, ids } = telling();
      const { tick, clock, last, runs } = world({ schedule: { endBy: '07:00' } });
      await tick({ tell });
      const { run = '' } = last();
      runs.set(run, { state });
      clock.ms = Date.parse('2026-11-30T07:00:10Z');
      await tick({ tell });
      await tick({ tell });
      assert.equal(ids().size, count, state);
      if (count === 1)
        assert.deepEqual([told[0]?.run, told[0]?.until], [run, '2026-11-30T07:00:00.000Z']);
    }
  });
});
