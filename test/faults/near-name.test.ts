import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearest } from '../../shared/faults/near-name.ts';

/** By its definition, of the first letters of both. */
function slips(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)];
  const ways = [slips(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1), slips(x, b) + 1, slips(a, y) + 1];
  const isExchange = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(...ways, ...(isExchange ? [slips(a.slice(0, -2), b.slice(0, -2)) + 1] : []));
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });

test('the nearest name is the one with the fewest slips, and none with more than are allowed', () => {
  const cases = [
    word,
    fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 0, max: 4 }),
  ] as const;
  fc.assert(
    fc.property(...cases, (value, names, most) => {
      const allowed = names
        .map((name) => ({ name, apart: slips(value, name) }))
        .filter(({ name, apart }) => apart <= most && apart < Math.max(name.length, value.length));
      const fewest = Math.min(...allowed.map(({ apart }) => apart));
      const found = nearest(value, names, () => most);
      assert.equal(found, allowed.find(({ apart }) => apart === fewest)?.name);
    }),
  );
});
