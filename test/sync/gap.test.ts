/** What is asked beside the stages leaves the moments between two of them to the next call. */

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { rowCounts } from '../../shared/database/row-counts.ts';
import type { Leases } from '../../shared/lock/leases.ts';
import { executeStages } from '../../shared/sync/execution.ts';
import { Gap } from '../../shared/sync/gap.ts';
import { Journal } from '../../shared/sync/journal.ts';
import type { Freshness, Run } from '../../shared/sync/run.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import { noChecks } from '../support/no-checks.ts';
import { run, stage } from '../support/runs.ts';

const never = new AbortController().signal;

/** What an execution did, in order. */
async function execute(
  t: TestContext,
  document: Run,
  write: () => Promise<void>,
): Promise<string[]> {
  const events: string[] = [];
  const store = {
    async replace() {
      await write();
      return 'etag';
    },
  } as unknown as RunStore;
  const leases = { lifeMs: 60_000, acquire: async () => true, letGo: async () => {} };
  const journal = new Journal(store, document, 'etag');
  t.after(() => journal.close());
  await executeStages({
    journal,
    log: { message() {}, tell() {} },
    leases: leases as unknown as Leases,
    now: () => new Date(0),
    signal: never,
    sliceOver: never,
    askChecks: noChecks,
    async readFreshness(_, entry) {
      const { entity } = entry as Freshness;
      events.push(`read ${entity}`);
      return { at: '2019-07-31T10:00:00.000Z' };
    },
    runners: {
      procedure: {
        open: async () => ({
          fits: () => true,
          tellsCall: true as const,
          async run({ id }, _onMessage, _signal, onCall = () => {}) {
            await onCall();
            events.push(`call ${id}`);
            return { rows: rowCounts([]) };
          },
          close: async () => {},
        }),
      },
    },
  });
  return events;
}

const entry = (entity: string): Freshness => ({ entity, code: '0c10', before: { at: '' } });

describe('a reading after', () => {
  test('is begun when the next stage of its lane has been called, and the last at its end', async (t) => {
    const stages = ['heap:a', 'heap:b'].map((id) => stage(id, 'ab'));
    const document = { ...run('r', stages), freshness: [entry('a'), entry('b')] };
    // However busy the machine is, the gap is not over by itself.
    t.mock.timers.enable({ apis: ['setTimeout'] });
    // Long enough for a reading that does not wait.
    const write = async () => {
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    };
    const events = await execute(t, document, write);
    assert.deepEqual(events, ['call heap:a', 'call heap:b', 'read a', 'read b']);
  });
});

describe('a gap', () => {
  test('is over with the next call, and with the next gap; before the first there is none', async () => {
    const gap = new Gap();
    await gap.over;
    gap.begin();
    const first = gap.over;
    gap.begin();
    await first;
    const second = gap.over;
    gap.end();
    await second;
    await gap.over;
  });

  test('does not last', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const gap = new Gap();
    gap.begin();
    let isOver = false;
    const over = gap.over.then(() => {
      isOver = true;
    });
    t.mock.timers.tick(99);
    await nextTurn();
    assert.equal(isOver, false);
    t.mock.timers.tick(1);
    await over;
  });
});
