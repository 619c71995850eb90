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
  assert.equal(forecast([running, next], ({ id }) => (id === 'a' ? 200 : 0)).leftMs, 400);
  assert.equal(forecast([running], () => 900).leftMs, 0);
  assert.equal(forecast([]).leftMs, 0);
});
