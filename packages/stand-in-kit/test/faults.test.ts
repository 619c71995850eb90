/** Which request gets which fault. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Fault, Faults } from '../src/faults/faults.ts';

/** Kind and company of each request. */
type Asked = [string, string?];

const cases: [string, Fault[], Asked[], (number | undefined)[]][] = [
  ['any', [{}], [['a'], ['b', 'x']], [1, 1]],
  ['of a kind', [{ kind: 'a' }], [['a'], ['b']], [1, undefined]],
  ['of some kinds', [{ kind: ['a', 'b'] }], [['a'], ['b'], ['c']], [1, 1, undefined]],
  ['of a company', [{ company: 'x' }], [['a', 'x'], ['a', 'y'], ['a']], [1, undefined, undefined]],
  ['so many times', [{ times: 2 }], [['a'], ['a'], ['a']], [1, 1, undefined]],
  ['after some', [{ after: 1, times: 1 }], [['a'], ['a'], ['a']], [undefined, 1, undefined]],
  [
    'others are not left out first',
    [{ kind: 'a', after: 1 }],
    [['b'], ['a'], ['b'], ['a']],
    [undefined, undefined, undefined, 1],
  ],
  ['the first that fits', [{ times: 1 }, { kind: 'a' }], [['a'], ['b'], ['a']], [1, undefined, 2]],
];

describe('faults', () => {
  for (const [name, faults, asked, expected] of cases) {
    it(`${name}: ${JSON.stringify(faults)}`, () => {
      const set = new Faults();
      for (const fault of faults) set.set(fault);
      assert.deepEqual(
        asked.map(([kind, company]) => set.take(kind, company)?.id),
        expected,
      );
    });
  }

  it('are refused when they cannot be', () => {
    const faults = new Faults();
    assert.throws(() => faults.set({ status: 200 }), /status/);
    assert.throws(() => faults.set({ retryAfterSeconds: 1 }), /needs a status/);
    assert.deepEqual(faults.list, []);
  });
});
