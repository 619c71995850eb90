/** Two of `npm start` do not meet: one that runs, one that was killed, and others on its ports. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe } from 'node:test';
import { oneTestIn } from '../../test/support/some-of.ts';
import { endsWell, folder, freeVariables, options, start, state } from './npm-start.ts';

const test = oneTestIn(2);

describe('npm start', options, () => {
  test('beside a running one: says who it is, and touches nothing', async (t) => {
    const ports = await freeVariables();
    const running = await start(t, { environment: ports, argv: folder() });
    const url = (await running.line(/^syncboard ready/)).replace('syncboard ready on ', '');
    const sameFolder = ['--fresh', '--workers', '2'];
    for (const environment of [ports, {}]) {
      const second = await start(t, { environment, argv: [...folder(), ...sameFolder] });
      assert.deepEqual(await second.exited, [1, null]);
      const told = second.lines.join('\n');
      assert.match(told, /^syncboard runs already since /);
      assert.ok(told.includes(`process ${running.process.pid}, ${url}\n`), told);
      assert.ok(told.includes(`kill ${running.process.pid}`), told);
      assert.deepEqual(await second.left(), []);
    }
    assert.equal((await fetch(`${url}/valid_codes`)).status, 200);
    assert.ok((await readdir(state)).includes('azurite'));
    running.process.kill('SIGTERM');
    await endsWell(running, performance.now());
  });

  test('with a port that another process has: tells its setting, removes nothing', async (t) => {
    const ports = await freeVariables();
    const kept = join(state, 'kept');
    await writeFile(kept, '');
    const server = createServer();
    await once(server.listen(Number(ports['FLEXIBEE_PORT']), '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const started = await start(t, { environment: ports, argv: [...folder(), '--fresh'] });
    assert.deepEqual(await started.exited, [1, null]);
    assert.deepEqual(started.lines, [
      `FLEXIBEE_PORT is ${ports['FLEXIBEE_PORT']}, which another process has; set FLEXIBEE_PORT or --ports N`,
    ]);
    await access(kept);
  });

  test('--fresh after one that was killed: waits for its parts, then removes', async (t) => {
    const ports = await freeVariables();
    const killed = await start(t, { environment: ports, argv: folder() });
    await killed.line(/^syncboard ready/);
    const parts = await killed.left();
    killed.process.kill('SIGKILL');
    const next = await start(t, { environment: ports, argv: [...folder(), '--fresh'] });
    await next.line(/^syncboard ready/);
    for (const pid of parts) assert.throws(() => process.kill(pid, 0), `${pid} is left`);
    next.process.kill('SIGINT');
    await endsWell(next, performance.now());
  });
});
