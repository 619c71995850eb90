import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type AppFolderOptions, createAppFolder } from '../testing/app-folder.ts';
import { type HostProcess, startHostProcess } from '../testing/host-process.ts';

const hello = `
  import { app } from '@azure/functions';
  app.http('hello', { handler: () => ({ body: 'hello' }) });
`;

async function start(t: TestContext, options: AppFolderOptions): Promise<HostProcess> {
  const folder = await createAppFolder(options);
  t.after(folder.remove);
  const host = await startHostProcess(folder.directory);
  t.after(host.stop);
  return host;
}

async function greet(host: HostProcess): Promise<string> {
  return await (await fetch(`${host.url}/api/hello`)).text();
}

const refused: [string, AppFolderOptions, RegExp][] = [
  [
    'an app that throws before it registers anything',
    { source: `throw new Error('broken settings');` },
    /unable to load entry point "dist\/main\.cjs": broken settings/,
  ],
  ['an app that registers nothing', { source: 'export {};' }, /registered no function/],
  [
    'an app that was not built',
    { source: hello, packageJson: { main: 'dist/none.cjs' } },
    /"dist\/none\.cjs": no such file.*Build the app first/,
  ],
  [
    'a trigger this host does not know',
    {
      source: `
        import { app } from '@azure/functions';
        app.storageBlob('on-blob', { path: 'a/{b}', connection: '', handler: () => {} });
      `,
    },
    /function "on-blob": .*"blobTrigger"/,
  ],
  [
    'two functions of one name',
    { source: `${hello} app.http('hello', { handler: () => ({}) });` },
    /A function with id "hello" has already been registered/,
  ],
  [
    'a wrong schedule',
    {
      source: `
        import { app } from '@azure/functions';
        app.timer('tick', { schedule: '99 * * * * *', handler: () => {} });
      `,
      settings: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    },
    /function "tick": schedule: "99" is no second/,
  ],
  [
    'a connection string that is none',
    {
      source: `
        import { app } from '@azure/functions';
        app.storageQueue('on-queue', { queueName: 'abc', connection: '', handler: () => {} });
      `,
      settings: { AzureWebJobsStorage: 'AccountKey=c2VjcmV0' },
    },
    /setting "AzureWebJobsStorage" must be/,
  ],
];

// Each in a process of its own: side by side.
describe('loading', { concurrency: 4 }, () => {
  test('an app of ES modules', async (t) => {
    const host = await start(t, { source: hello, format: 'esm' });
    assert.equal(await greet(host), 'hello');
  });

  test('an entry point named by a pattern; .cjs although the package is of modules', async (t) => {
    const packageJson = { main: 'dist/*.cjs', type: 'module' };
    const host = await start(t, { source: hello, packageJson });
    assert.equal(await greet(host), 'hello');
  });

  test('hooks run around the function, in order, and may replace what it gets', async (t) => {
    const host = await start(t, {
      source: `
      import { app } from '@azure/functions';
      app.hook.appStart((context) => { context.hookData.seen = ['start']; });
      app.hook.preInvocation((context) => {
        context.hookData.before = context.invocationContext.functionName;
        const inner = context.functionHandler;
        context.functionHandler = async (...inputs) => ({ body: 'wrapped ' + (await inner(...inputs)).body });
      });
      app.hook.postInvocation((context) => { console.log('after ' + context.hookData.before); });
      app.http('hello', { handler: () => ({ body: 'hello' }) });
    `,
    });
    assert.equal(await greet(host), 'wrapped hello');
    await host.line(/^after hello$/);
  });

  test('a handler may be called in the caller’s trace', async (t) => {
    const host = await start(t, {
      source: `
      import { app } from '@azure/functions';
      app.http('hello', { handler: (_, context) => ({ body: context.traceContext.traceParent }) });
    `,
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await fetch(`${host.url}/api/hello`, { headers: { traceparent } });
    assert.match(
      await response.text(),
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)[0-9a-f]{16}-01$/,
    );
  });

  for (const [name, options, expected] of refused) {
    test(`${name} is refused aloud`, async (t) => {
      const host = await start(t, options);
      assert.equal(await host.exited, 1);
      const output = host.lines.join('\n');
      assert.match(output, expected);
      assert.ok(!output.includes('c2VjcmV0'), 'a secret is in the output');
    });
  }
});
