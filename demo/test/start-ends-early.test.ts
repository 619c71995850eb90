/** `npm start` is told to end before it is ready: nothing is left of it. */

import { describe, test } from 'node:test';
import { endsAtSpawn, options } from './npm-start.ts';

describe('npm start ends', options, () => {
  for (const nth of [1, 2, 3, 4]) {
    test(`at the moment in which it starts its process ${nth}`, (t) => endsAtSpawn(t, nth));
  }
});
