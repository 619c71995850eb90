/** `npm start` is told to end before it is ready: nothing is left of it. */

import { describe, test } from 'node:test';
import { someOf } from '../../test/support/some-of.ts';
import { endsAtSpawn, options } from './npm-start.ts';

describe('npm start ends', options, () => {
  for (const nth of someOf([1, 2, 3, 4], 1 / 4)) {
    test(`at the moment in which it starts its process ${nth}`, (t) => endsAtSpawn(t, nth));
  }
});
