/** `npm start` is told to end when nearly all of it is there, and the next start works. */

import { describe, test } from 'node:test';
import { someOf } from '../../test/support/some-of.ts';
import { endsAtSpawn, endsWell, folder, options, start } from './npm-start.ts';

describe('npm start ends', options, () => {
  for (const nth of someOf([5, 6, 7], 1 / 3)) {
    test(`at the moment in which it starts its process ${nth}`, (t) => endsAtSpawn(t, nth));
  }

  test('and starts again after all that', async (t) => {
    const started = await start(t, { argv: folder() });
    await started.line(/^syncboard ready/);
    started.process.kill('SIGINT');
    await endsWell(started, performance.now());
  });
});
