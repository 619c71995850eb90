/** What is known by looking only: told once by a process, and one look that fails spares the others. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventWatch } from '../../shared/app/event-watch.ts';
import type { Closure } from '../../shared/closures/closures.ts';
import type { NewEvent } from '../../shared/events/event.ts';
import type { SyncState } from '../../shared/sync/sync-state.ts';

const now = new Date('2026-11-30T02:00:00.000Z');
const never = new AbortController().signal;

const closure = (id: string): Closure => ({
  ...{ id, server: 'dcdb', until: '2026-11-30T04:00:00.000Z', reason: 'index maintenance' },
  ...{ user: 'Jana', token: 'demo', at: '2026-11-30T01:00:00.000Z' },
});

/** @param runs what a look at the runs' locks gives */
function watched(runs: () => Promise<[]>) {
  const told: NewEvent[] = [];
  const closures: Closure[] = [closure('one')];
  const state = {
    events: { tell: async (event: NewEvent) => void told.push(event) },
    leases: { list: runs },
    waiting: { list: async () => [] },
    ages: { read: async () => [] },
  } as unknown as SyncState;
  const watch = new EventWatch({
    state: async () => state,
    closures: { current: async () => closures },
    now: () => now,
  });
  const log: string[] = [];
  return { look: () => watch.look((text) => log.push(text), never), told, closures, log };
}

test('what was told is told no second time; what comes beside it is', async () => {
  const { look, told, closures, log } = watched(async () => []);
  await look();
  await look();
  assert.deepEqual(
    told.map(({ cause }) => cause),
    ['one'],
  );
  closures.push(closure('two'));
  await look();
  assert.deepEqual(
    told.map(({ cause }) => cause),
    ['one', 'two'],
  );
  assert.deepEqual(log, []);
});

test('what cannot be looked at is said, and the others are looked at', async () => {
  const { look, told, log } = watched(async () => {
    throw new Error('storage is away');
  });
  await look();
  assert.equal(told.length, 1);
  assert.deepEqual(log, ['Nobody could look at runs under way: Error: storage is away']);
});
