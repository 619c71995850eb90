/** Numbers of records are compared as numbers, whatever their length and sign. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBelow } from '../../shared/flexibee/record-ids.ts';

test('one is below another as their numbers are', () => {
  const id = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const near = fc.bigInt({ min: -12n, max: 12n });
  fc.assert(
    fc.property(fc.oneof(id, near), fc.oneof(id, near), (one, other) => {
      assert.equal(isBelow(`${one}`, `${other}`), one < other);
    }),
  );
});
