/** Workers that die end nothing, and an older Node is told the cure. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { answers, anyWorkerOf, endsWell, folder, options, start, workersOf } from './npm-start.ts';

describe('npm start', options, () => {
  test('goes on when workers are killed, also while they start', async (t) => {
    const started = await start(t, { argv: [...folder(), '--workers', '2'] });
    await started.line(/^SQL Server stand-in listening/);
    const first = await anyWorkerOf(started, []);
    process.kill(first, 'SIGKILL');
    await started.line(/^Worker 1 ended \(killed\) while it started; it is started again\.$/);
    const url = (await started.line(/^syncboard ready/)).replace('syncboard ready on ', '');
    const more = await started.line(/^ {2}more workers +http/);
    const before = await workersOf(started);
    assert.equal(before.length, 2);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const next = await anyWorkerOf(started, before);
    process.kill(next, 'SIGKILL');
    await started.line(/^Worker \d ended \(killed\) while it started; .* in 0\.\d+ s\.$/);
    for (const address of [url, more.trim().split(/ +/)[2]]) {
      while (!(await answers(`${address}/health/live`)))
        assert.equal(started.process.exitCode, null);
    }
    started.process.kill('SIGINT');
    await endsWell(started, performance.now());
  });
});

test('an older Node is told the cure in one line, before it reads anything else', async (t) => {
  const older = `data:text/javascript,
    Object.defineProperty(process, 'versions', { value: { node: '20.11.0' } });`;
  const version = new URL('../node-version.mjs', import.meta.url).href;
  const started = await start(t, { argv: ['--import', older, '--import', version, ...folder()] });
  assert.deepEqual(await started.exited, [1, null]);
  assert.equal(started.lines.length, 1, started.lines.join('\n'));
  assert.match(
    started.lines[0] ?? '',
    /^syncboard needs Node\.js 22 and this is 20\.11\.0: npm run postinstall brings one/,
  );
  const { scripts } = manifest;
  assert.match(scripts.start, /--import \.\/demo\/node-version\.mjs demo\/start\.ts$/);
});
