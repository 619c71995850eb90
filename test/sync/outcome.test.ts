import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endingLine, errorsIn, stageCounts } from '../../shared/sync/outcome.ts';
import type { Run, StageState } from '../../shared/sync/run.ts';
import { metadataOf, summaryFromMetadata, summaryOf } from '../../shared/sync/summary.ts';
import { pipelines, run } from '../support/runs.ts';

const at = '2019-07-31T10:00:00.000Z';

/** Stages in these states; those that were called have an attempt. */
function runWith(states: readonly [state: StageState, isCalled: boolean][], change = {}): Run {
  const stages = pipelines(['a', 'b', 'c']).slice(0, states.length);
  for (const [index, [state, isCalled]] of states.entries()) {
    const error = { message: 'Hush: a text of the server', meaning: 'transient', number: 1205 };
    Object.assign(stages[index] ?? {}, {
      state,
      attempts: isCalled ? [{ startedAt: at }] : [],
      ...((state === 'failed' || state === 'interrupted') && { error }),
    });
  }
  return { ...run('id', stages), state: 'failed', startedAt: at, ...change };
}

const counted: [states: [StageState, boolean][], done: number, skipped: number][] = [
  [[['pending', false]], 0, 0],
  [[['running', true]], 0, 0],
  [
    [
      ['succeeded', true],
      ['failed', true],
      ['skipped', false],
    ],
    2,
    1,
  ],
  [
    [
      ['succeeded', true],
      ['cancelled', true],
      ['cancelled', false],
    ],
    2,
    1,
  ],
  [
    [
      ['interrupted', true],
      ['skipped', false],
      ['skipped', false],
    ],
    1,
    2,
  ],
];
for (const [states, done, skipped] of counted) {
  test(`${states.map(([state]) => state).join(', ')}: ${done} done, ${skipped} skipped`, () => {
    assert.deepEqual(stageCounts(runWith(states)), { done, skipped });
  });
}

const failed = runWith([
  ['failed', true],
  ['skipped', false],
  ['skipped', false],
  ['interrupted', true],
]);

test('a run has its errors: of its stages, in order, and its own before them', () => {
  assert.deepEqual(
    errorsIn(failed).map(({ stage, number }) => [stage, number]),
    [
      ['export:a:c', 1205],
      ['export:b:c', 1205],
    ],
  );
  const orphan = { ...failed, reason: 'It was never begun.' };
  assert.deepEqual(errorsIn(orphan)[0], { message: 'It was never begun.' });
  assert.deepEqual(errorsIn({ ...run('id', []), state: 'succeeded', reason: 'Damaged.' }), []);
});

test('the line for the log tells run, numbers and stages, and no text of a server', () => {
  assert.equal(
    endingLine(failed),
    'run id failed: 2 of 4 stages failed, 2 skipped; export:a:c (transient, Msg 1205), export:b:c (transient, Msg 1205)',
  );
  assert.equal(endingLine({ ...failed, state: 'succeeded' }), 'run id succeeded');
});

test('the line of a listing comes out of metadata as it went in, and always has room', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  const long = fc.tuple(text, fc.integer({ min: 1, max: 300 })).map(([one, n]) => one.repeat(n));
  fc.assert(
    fc.property(long, fc.nat(900), fc.nat(900), (message, codes, names) => {
      const subject: Run = {
        ...failed,
        reason: message,
        user: '界'.repeat(128),
        codes: Array.from({ length: codes + 1 }, (_, n) => `code-${n}`),
        names: Array.from({ length: names + 1 }, (_, n) => `a_long_entity_name_${n}`),
        period: { month: 7, year: 2019 },
        endedAt: at,
      };
      const metadata = metadataOf(subject);
      const bytes = Object.entries(metadata).flat().join('').length;
      assert.ok(bytes <= 8_192, `${bytes} bytes`);
      for (const value of Object.values(metadata)) assert.match(value, /^[\x20-\x7e]*$/);
      const read = summaryFromMetadata('id', metadata);
      assert.ok(read !== undefined);
      const whole = summaryOf(subject);
      const kept = read.names?.length ?? 0;
      assert.deepEqual(read.names, subject.names.slice(0, kept));
      assert.equal(kept + (read.moreNames ?? 0), subject.names.length);
      assert.deepEqual(
        [read.period, read.startedAt, read.error, read.stagesDone, read.stagesSkipped],
        [whole.period, whole.startedAt, whole.error, 2, 2],
      );
    }),
    { numRuns: 300 },
  );
});

test('metadata of an earlier version is read', () => {
  const { kind, state, user, codes, created, done, total } = metadataOf(failed);
  const old = { kind, state, user, codes, created, done, total } as Record<string, string>;
  const read = summaryFromMetadata('id', old);
  assert.equal(read?.stagesDone, 2);
  assert.deepEqual([read?.names, read?.error, read?.stagesSkipped], [undefined, undefined, 0]);
});
