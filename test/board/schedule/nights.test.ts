/**
 * A thousand nights by a clock of the test's: 02:30 in Prague over both changes of the clock, three
 * workers at once that die now and then, nobody there from 01:00 to 05:00 and for days on end.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedPolicies, type Schedule } from '../../../shared/board/schedule/schedule.ts';
import { type DueDependencies, startDue } from '../../../shared/board/schedule/start-due.ts';
import { shippedCatalog } from '../../../shared/catalog/index.ts';
import { DocumentConflictError } from '../../../shared/storage/documents.ts';
import type { Run, SyncRequest } from '../../../shared/sync/syncs.ts';
import { StoredInMemory } from '../../support/memory-schedule.ts';
import { seededRandom } from '../../support/random.ts';
import { soon } from '../../support/storage.ts';

const prague = 'Europe/Prague';
const dayMs = 86_400_000;
const nights = 1_000;
const firstDay = Date.parse('2026-03-01T00:00:00Z');

const format = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: prague, hourCycle: 'h23' },
  ...{ hour: '2-digit', minute: '2-digit' },
});
/** `02:30`, as somebody would read it off the wall. */
const shown = (at: number) => format.format(at);

/** Of each day: the first minute that shows 02:30, or has passed it. */
const dueTimes: readonly number[] = Array.from({ length: nights }, (_, day) => {
  const midnight = firstDay + day * dayMs - 3_600_000;
  for (let at = midnight; ; at += 300_000) {
    const time = shown(at);
    if (time >= '02:30' && time < '12:00') return at;
  }
});

class Runs {
  readonly started = new Map<string, { request: SyncRequest; at: number }>();

  async start(request: SyncRequest, at: number) {
    const id = request.id ?? assert.fail('a run without an id');
    if (this.started.has(id)) throw new DocumentConflictError(id, undefined);
    this.started.set(id, { request, at });
    return { outcome: 'started' as const, id };
  }

  async read(id: string): Promise<Run | undefined> {
    const found = this.started.get(id);
    return found && ({ id, state: 'running', startedAt: new Date(found.at).toISOString() } as Run);
  }
}

class DeadError extends Error {}

for (const missed of missedPolicies) {
  test(`missed: ${missed}: each due run once, with the month of its due time`, async () => {
    const random = seededRandom(missedPolicies.indexOf(missed) + 17);
    const schedule: Schedule = {
      ...{ board: 'nightly', cron: '30 2 * * *', timeZone: prague, enabled: true },
      ...{ missed, window: '7d', whenBusy: 'wait' },
    };
    const since = new Date(firstDay).toISOString();
    const memory = new StoredInMemory({
      ...{ name: 'night', revision: 1, changedAt: since, changedBy: { token: 'demo' } },
      ...{ content: schedule, state: { upTo: since, due: [] } },
    });
    const runs = new Runs();
    let now = firstDay;
    let deaths = 0;
    /** Whether workers die this night. */
    let isDeadly = false;

    /** A worker that may die right before or right after anything it does elsewhere. */
    const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
      const dies = isDeadly ? random() : 1;
      if (dies < 0.1) {
        deaths += 1;
        throw new DeadError();
      }
      const done = await work();
      if (dies < 0.2) {
        deaths += 1;
        throw new DeadError();
      }
      return done;
    };
    const calls = [{ id: 'payment', code: 'mo', name: 'payment', month: -1, run: true }];
    const dependencies: DueDependencies = {
      schedules: {
        read: () => mortal(() => memory.read()),
        withState: (found, state) => mortal(() => memory.withState(found, state)),
      },
      boards: { read: async (name) => ({ name, revision: 1, board: { calls } }) },
      catalog: shippedCatalog(),
      syncs: {
        start: (request) => mortal(() => runs.start(request, now)),
        read: (id) => mortal(() => runs.read(id)),
        places: async () => new Map(),
        cancel: async () => ({ outcome: 'unknown' }),
      },
      now: () => new Date(now),
      send: async () => {},
      log: () => {},
    };
    const signal = soon();
    const tick = async () => {
      const worker = () =>
        startDue(dependencies, 'night', signal).catch((error: unknown) => {
          assert.ok(error instanceof DeadError, String(error));
        });
      await Promise.all([worker(), worker(), worker()]);
    };

    /** Days on end on which nobody is there; and nights from 01:00 to 05:00. */
    const isAway = (day: number) => day % 97 >= 94;
    const isDown = (day: number) => day % 3 === 1;
    /** Due times at which somebody looked, and those that were the latest when somebody did. */
    const wasThere = new Set<number>();
    const wasLatest = new Set<number>();
    for (const [day, due] of dueTimes.entries()) {
      isDeadly = day % 5 === 2;
      const midnight = firstDay + day * dayMs;
      const minutes = [-60, -30, 0, 30, 60, 90, 120, 180, 245, 300, 600, 1_000];
      const times = [due - 1, due, due + 60_000, due + 180_000, due + 360_000];
      const all = [...minutes.map((minute) => midnight + minute * 60_000), ...times].sort(
        (one, other) => one - other,
      );
      for (const at of all) {
        const wall = shown(at);
        if (isAway(day) || (isDown(day) && wall >= '01:00' && wall < '05:00')) continue;
        now = at;
        if (at >= due && at - due <= 5 * 60_000) wasThere.add(due);
        wasLatest.add(at >= due ? due : (dueTimes[day - 1] ?? 0));
        await tick();
      }
    }
    isDeadly = false;
    for (let later = 0; later < 5; later += 1) {
      now += 300_000;
      await tick();
    }

    const byDue = Map.groupBy(runs.started.values(), ({ request }) => request.due?.at);
    const end = now;
    for (const due of dueTimes) {
      const at = new Date(due).toISOString();
      const found = byDue.get(at) ?? [];
      const expected = { none: wasThere.has(due), last: wasLatest.has(due), all: true }[missed];
      assert.equal(found.length, expected && due <= end ? 1 : 0, `${at}: ${found.length} runs`);
      for (const { request } of found) {
        const month = new Date(due).getUTCMonth();
        const year = new Date(due).getUTCFullYear();
        const before = month === 0 ? { month: 12, year: year - 1 } : { month, year };
        assert.deepEqual(request.calls[0]?.periods, [before], at);
        assert.deepEqual(
          [request.board, request.user, request.token, request.due?.schedule],
          ['nightly', 'schedule night', 'demo', 'night'],
        );
      }
    }
    assert.deepEqual(
      [...byDue.keys()].filter((at) => !dueTimes.includes(Date.parse(at ?? ''))),
      [],
    );
    assert.ok(deaths > 50, `${deaths} deaths`);
    // Newer ones have smaller ids: a listing is in the order of the due times.
    const ids = [...runs.started.values()]
      .sort((a, b) => ((a.request.due?.at ?? '') < (b.request.due?.at ?? '') ? -1 : 1))
      .map(({ request }) => request.id ?? '');
    assert.deepEqual(ids, ids.toSorted().reverse());
    // What is known of them in the end is what happened.
    const due = memory.value.state?.due ?? [];
    assert.ok(due.length >= 50);
    for (const { at, state, run, why } of due) {
      if (state === 'started') assert.equal(runs.started.get(run ?? '')?.request.due?.at, at);
      else assert.deepEqual([state, typeof why, byDue.get(at)], ['skipped', 'string', undefined]);
    }
    // Nothing is written where nothing is due.
    const { writes } = memory;
    now += 3_600_000;
    await tick();
    assert.equal(memory.writes, writes);
  });
}
