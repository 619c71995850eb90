import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { scaled } from 'stand-in-kit/testing/patience';
import { type AppFolder, createAppFolder } from '../testing/app-folder.ts';
import { startHostProcess } from '../testing/host-process.ts';

const source = `
  import { app } from '@azure/functions';
  import { setTimeout as delay } from 'node:timers/promises';
  app.setup({ enableHttpStream: process.env.STREAM !== 'false' });
  app.http('slow', {
    route: 'slow/{milliseconds}',
    handler: async (request, context) => {
      context.log('slow began');
      await delay(Number(request.params.milliseconds));
      return { body: 'done' };
    },
  });
  app.http('throws', { handler: () => { throw new Error('as told'); } });
  app.http('crashes', { handler: () => { setImmediate(() => { throw new Error('unforeseen'); }); return {}; } });
  const told = Promise.withResolvers();
  app.http('held', {
    handler: async (request, context) => {
      context.log('held began');
      await told.promise;
      return { body: 'let go' };
    },
  });
  app.hook.appTerminate(async () => {
    console.log('appTerminate ran');
    told.resolve();
    await delay(Number(process.env.HOOK_MS ?? 20));
    console.log('appTerminate ended');
  });
`;

let folder: AppFolder;
before(async () => {
  folder = await createAppFolder({ source });
});
after(() => folder.remove());

// Each in a process of its own: side by side.
describe('lifecycle', { concurrency: 4 }, () => {
  test('SIGTERM: what runs is answered, new work is refused, then exit 0', async () => {
    const host = await startHostProcess(folder.directory);
    const slow = fetch(`${host.url}/api/slow/300`);
    await host.line(/slow began/);
    host.process.kill('SIGTERM');
    assert.equal(await (await slow).text(), 'done');
    assert.equal(await host.exited, 0);
    await assert.rejects(fetch(`${host.url}/api/slow/1`));
    assert.ok(host.lines.includes('appTerminate ran'));
  });

  test('SIGTERM: what still runs when the hooks have ended is cut off, and named', async () => {
    const host = await startHostProcess(folder.directory, { STREAM: 'false' });
    const slow = assert.rejects(fetch(`${host.url}/api/slow/60000`));
    await host.line(/slow began/);
    const start = performance.now();
    assert.equal(await host.stop(), 0);
    const took = performance.now() - start;
    assert.ok(took < scaled(5_000), `took ${took} ms`);
    assert.ok(host.lines.some((line) => /WARN .*left while running: slow/.test(line)));
    await slow;
  });

  test('SIGTERM: the app is told while its function still runs, and can end it', async () => {
    const host = await startHostProcess(folder.directory);
    const held = fetch(`${host.url}/api/held`);
    await host.line(/held began/);
    const start = performance.now();
    host.process.kill('SIGTERM');
    assert.equal(await (await held).text(), 'let go');
    assert.equal(await host.exited, 0);
    assert.ok(performance.now() - start < scaled(2_500));
  });

  test('SIGTERM: hooks are waited for, as long as the platform waits', async () => {
    const host = await startHostProcess(folder.directory, { HOOK_MS: '2000', STREAM: 'false' });
    const slow = fetch(`${host.url}/api/slow/2000`);
    await host.line(/slow began/);
    assert.equal(await host.stop(), 0);
    assert.equal(await (await slow).text(), 'done');
    assert.ok(host.lines.includes('appTerminate ended'));
  });

  test('SIGTERM: a caller that a throwing handler left waiting does not hold the host', async () => {
    const host = await startHostProcess(folder.directory);
    const waiting = fetch(`${host.url}/api/throws`);
    await host.line(/Executed 'throws' \(Failed/);
    const start = performance.now();
    assert.equal(await host.stop(), 0);
    assert.ok(performance.now() - start < scaled(2_000));
    assert.equal((await waiting).status, 500);
  });

  test('a second signal ends the drain at once', async () => {
    const host = await startHostProcess(folder.directory, { STREAM: 'false' });
    const slow = assert.rejects(fetch(`${host.url}/api/slow/60000`));
    await host.line(/slow began/);
    const start = performance.now();
    host.process.kill('SIGINT');
    // The first signal has been seen once the port is closed.
    for (;;) {
      const refused = await fetch(`${host.url}/none`).then(
        () => false,
        () => true,
      );
      if (refused) break;
    }
    host.process.kill('SIGINT');
    assert.equal(await host.exited, 1);
    assert.ok(performance.now() - start < scaled(2_000));
    await slow;
  });

  test('the host leaves when whoever started it is gone', async () => {
    const host = await startHostProcess(folder.directory);
    host.process.disconnect();
    assert.equal(await host.exited, 0);
  });

  test('an error outside of any invocation ends the host with 1, as it ends the real worker', async () => {
    const host = await startHostProcess(folder.directory);
    await fetch(`${host.url}/api/crashes`).catch(() => {});
    assert.equal(await host.exited, 1);
    assert.ok(host.lines.some((line) => /Worker uncaught exception: Error: unforeseen/.test(line)));
  });

  for (const stream of ['true', 'false']) {
    test(`functionTimeout fails the call and ends the process (streaming ${stream})`, async (t) => {
      const limited = await createAppFolder({ source, hostJson: { functionTimeout: '00:00:01' } });
      t.after(limited.remove);
      const host = await startHostProcess(limited.directory, { STREAM: stream });
      const response = await fetch(`${host.url}/api/slow/60000`);
      assert.equal(response.status, 500);
      assert.equal(await host.exited, 1);
      await host.line(
        /ERROR \[slow .*FunctionTimeoutError: 'slow' ran past functionTimeout, 1000 ms/,
      );
    });
  }
});
