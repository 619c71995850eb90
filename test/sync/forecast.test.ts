import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forecast } from '../../shared/sync/forecast.ts';
import type { Stage } from '../../shared/sync/run.ts';
import { stage } from '../support/runs.ts';

/** Stages of a plan: each at one of three servers, needing some of those before. */
const plans: fc.Arbitrary<Stage[]> = fc
  .array(
    fc.record({
      server: fc.constantFrom('a', 'b', 'c'),
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      expectedMs: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
      ended: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map((all) =>
    all.map(({ server, needs, expectedMs, ended }, index) => {
      const earlier = index === 0 ? [] : needs.map((need) => `s:${need % index}`);
      return {
        ...stage(`s:${index}`, server, [...new Set(earlier)]),
        ...(expectedMs !== undefined && { expectedMs }),
        ...(ended && { state: 'succeeded' as const }),
      };
    }),
  );

/** When each ends, worked out the slow way: over and over until nothing moves. */
function slowly(stages: readonly Stage[]): number {
  const open = stages.filter(({ state }) => state === 'pending');
  const ends = new Map<string, number>();
  for (let moved = true; moved; ) {
    moved = false;
    for (const [index, one] of open.entries()) {
      const before = open.slice(0, index).filter(({ server }) => server === one.server);
      const waits = [...before.map(({ id }) => id), ...one.needs];
      const begins = Math.max(0, ...waits.map((id) => ends.get(id) ?? 0));
      const end = begins + (one.expectedMs ?? 0);
      if (ends.get(one.id) !== end) moved = true;
      ends.set(one.id, end);
    }
  }
  return Math.max(0, ...ends.values());
}

test('any plan: the end, and a path whose stages take as long, each waiting for the one before', () => {
  fc.assert(
    fc.property(plans, (stages) => {
      const { leftMs, unknownStages, criticalPath } = forecast(stages);
      const open = stages.filter(({ state }) => state === 'pending');
      const unknown = open.filter(({ expectedMs }) => expectedMs === undefined);
      assert.equal(unknownStages, unknown.length);
      if (open.length > 0 && unknown.length === open.length) {
        assert.deepEqual([leftMs, criticalPath], [null, []]);
        return;
      }
      assert.equal(leftMs, slowly(stages));
      const byId = new Map(open.map((one) => [one.id, one]));
      const path = criticalPath.map((id) => byId.get(id) ?? assert.fail(id));
      const took = path.reduce((sum, { expectedMs = 0 }) => sum + expectedMs, 0);
      assert.equal(took, leftMs);
      for (const [index, one] of path.entries()) {
        const next = path[index + 1];
        if (next === undefined) continue;
        assert.ok(next.needs.includes(one.id) || next.server === one.server);
      }
    }),
  );
});

test('what runs has less before it, and never less than nothing', () => {
  const running = { ...stage('a', 'src'), state: 'running' as const, expectedMs: 500 };
  const next = { ...stage('b', 'src', ['a']), expectedMs: 100 };
  assert.equal(
    forecast([running, next], { elapsedMs: ({ id }) => (id === 'a' ? 200 : 0) }).leftMs,
    400,
  );
  assert.equal(forecast([running], { elapsedMs: () => 900 }).leftMs, 0);
  assert.equal(forecast([]).leftMs, 0);
});

test('a server that allows two at once has two side by side, and no third', () => {
  const three = ['a', 'b', 'c'].map((id) => ({ ...stage(id, 'src'), atOnce: 2, expectedMs: 100 }));
  assert.equal(forecast(three).leftMs, 200);
  assert.equal(forecast(three.slice(0, 2)).leftMs, 100);
});

test('stages with an exclusive name wait for one another, wherever they run', () => {
  const at = (id: string, server: string) => ({
    ...stage(id, server),
    exclusive: ['month-close'],
    expectedMs: 100,
  });
  const { leftMs, criticalPath } = forecast([at('a', 'one'), at('b', 'two')]);
  assert.deepEqual([leftMs, criticalPath], [200, ['a', 'b']]);
});

const noon = Date.parse('2026-07-01T12:00:00Z');
const minutes = (count: number) => count * 60_000;
const night = (outside: 'wait' | 'skip') => ({
  ...{ from: '22:00', to: '05:00', timeZone: 'UTC', outside },
});

test('what waits for a window is stepped over, and begins when it opens', () => {
  const close = { ...stage('close', 'src'), window: night('wait'), expectedMs: minutes(5) };
  const after = { ...stage('after', 'ab', ['close']), expectedMs: minutes(1) };
  const other = { ...stage('other', 'src'), expectedMs: minutes(10) };
  const { leftMs, begins } = forecast([close, after, other], { at: noon });
  assert.equal(leftMs, minutes(10 * 60 + 6));
  const begin = [...begins].map(([id, ms]) => [id, new Date(ms).toISOString().slice(11, 16)]);
  assert.deepEqual(Object.fromEntries(begin), { other: '12:00', close: '22:00', after: '22:05' });
  const late = forecast([close, after, other], { at: Date.parse('2026-07-01T21:55:00Z') });
  assert.equal(late.begins.get('close'), Date.parse('2026-07-01T22:05:00Z'));
});

test('what a window leaves out takes no time, and neither does what needs it', () => {
  const close = { ...stage('close', 'src'), window: night('skip'), expectedMs: minutes(5) };
  const after = { ...stage('after', 'ab', ['close']), expectedMs: minutes(1) };
  const other = { ...stage('other', 'src'), expectedMs: minutes(10) };
  const { leftMs, begins, unknownStages } = forecast([close, after, other], { at: noon });
  assert.deepEqual([leftMs, [...begins.keys()], unknownStages], [minutes(10), ['other'], 0]);
});
