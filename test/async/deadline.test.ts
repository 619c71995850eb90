import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Deadline } from '../../shared/async/deadline.ts';

/** A clock that timers follow. */
function clock(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let at = 0;
  return {
    now: () => at,
    pass(ms: number) {
      at += ms;
      t.mock.timers.tick(ms);
    },
  };
}

test('a deadline that nothing holds up passes after its time, as a time-out', (t) => {
  const { now, pass } = clock(t);
  const { signal } = new Deadline(30, now);
  pass(29);
  assert.equal(signal.aborted, false);
  pass(1);
  assert.equal((signal.reason as Error).name, 'TimeoutError');
});

test('one that has ended, or has passed, starts no more', (t) => {
  const { now, pass } = clock(t);
  const [ended, passed] = [new Deadline(30, now), new Deadline(10, now)];
  const goOn = ended.hold();
  ended.end();
  goOn();
  pass(10);
  const again = passed.hold();
  const { reason } = passed.signal;
  again();
  pass(1_000);
  assert.equal(ended.signal.aborted, false);
  assert.equal(passed.signal.reason, reason);
});

test('only the time in which nothing holds it up counts', (t) => {
  const { now, pass } = clock(t);
  const step = fc.oneof(
    fc.record({ pass: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ hold: fc.nat(2) }),
    fc.record({ goOn: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const deadline = new Deadline(30, now);
      const holds = new Map<number, Array<() => void>>();
      const held = new Set<number>();
      let counted = 0;
      for (const one of steps) {
        if ('pass' in one) {
          pass(one.pass);
          if (held.size === 0) counted += one.pass;
        } else if ('hold' in one) {
          if (held.has(one.hold)) continue;
          held.add(one.hold);
          holds.set(one.hold, [...(holds.get(one.hold) ?? []), deadline.hold()]);
        } else {
          held.delete(one.goOn);
          // Those of before are called again: they do nothing.
          for (const goOn of holds.get(one.goOn) ?? []) goOn();
        }
        // A timer of no milliseconds is due at the next tick.
        pass(0);
        assert.equal(deadline.signal.aborted, counted >= 30, `${counted} ms`);
      }
    }),
  );
});
