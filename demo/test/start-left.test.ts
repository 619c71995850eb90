/** Whoever started `npm start` has gone: it ends. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { scaled } from 'stand-in-kit/testing/patience';
import { oneTestIn } from '../../test/support/some-of.ts';
import { endsWell, folder, options, quiet, start } from './npm-start.ts';

const test = oneTestIn(2);

describe('npm start ends', options, () => {
  test('by SIGHUP of a terminal that has gone with its output', async (t) => {
    const started = await start(t, { argv: folder() });
    await started.line(/^syncboard ready/);
    started.process.stdout?.destroy();
    started.process.stderr?.destroy();
    started.process.kill('SIGHUP');
    await endsWell(started, performance.now());
  });

  test('when npm that started it has gone', async (t) => {
    // A parent that passes nothing on, as one that was killed.
    const parent = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ${JSON.stringify([quiet, ...folder()])}, { stdio: 'inherit' });
      console.log('started ' + child.pid);`;
    const environment = { npm_lifecycle_event: 'start' };
    const started = await start(t, { environment, argv: ['-e', parent] });
    await started.line(/^syncboard ready/);
    started.process.kill('SIGKILL');
    await started.exited;
    const since = performance.now();
    while ((await started.left()).length > 0) {
      assert.ok(performance.now() - since < scaled(10_000), 'processes are left');
    }
  });
});
