import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Azurite } from 'stand-in-kit/azurite';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import { createSingleton } from '../src/singleton.ts';
import { type AppFolder, createAppFolder } from '../testing/app-folder.ts';
import { startHostProcess } from '../testing/host-process.ts';

const source = `
  import { app } from '@azure/functions';
  app.timer('tick', {
    schedule: '%SCHEDULE%',
    runOnStartup: process.env.RUN_ON_STARTUP === 'true',
    handler: (timer, context) => context.log('fired ' + JSON.stringify(timer)),
  });
`;

let azurite: Azurite;
let folder: AppFolder;
let container: ContainerClient;

before(async () => {
  azurite = await startAzurite();
  container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(
    'azure-webjobs-hosts',
  );
  await container.create();
  folder = await createAppFolder({
    source,
    hostJson: {
      singleton: {
        listenerLockPeriod: '00:00:15',
        listenerLockRecoveryPollingInterval: '00:00:15',
      },
    },
    settings: { AzureWebJobsStorage: azurite.connectionString },
  });
});

after(async () => {
  await azurite.close();
  await folder.remove();
});

const today = new Date();
/** Half a year away, so that it never fires while a test runs; in other years the same day. */
const fires = (years: number): string =>
  new Date(Date.UTC(today.getUTCFullYear() + years, today.getUTCMonth() + 6)).toISOString();
const yearly = `0 0 0 1 ${new Date(fires(0)).getUTCMonth() + 1} *`;

function start(hostId: string, environment: Record<string, string>) {
  return startHostProcess(folder.directory, {
    AzureFunctionsWebHost__hostid: hostId,
    ...environment,
  });
}

async function storedStatus(hostId: string): Promise<Record<string, string>> {
  const blob = container.getBlobClient(`timers/${hostId}/Host.Functions.tick/status`);
  return JSON.parse(String(await blob.downloadToBuffer()));
}

const firedLine = /\] fired \{/;

async function fired(line: Promise<string>) {
  return JSON.parse((await line).replace(/^.* fired /, '')) as {
    isPastDue: boolean;
    scheduleStatus: { last: string; next: string; lastUpdated: string } | null;
  };
}

describe('timers', { concurrency: 4 }, () => {
  test('an occurrence missed in a pause fires at the next start, as past due, once', async (t) => {
    const status = {
      Last: fires(-2).slice(0, 19),
      Next: fires(-1).slice(0, 19),
      LastUpdated: fires(-2).slice(0, 19),
    };
    const text = JSON.stringify(status);
    await container
      .getBlockBlobClient('timers/past/Host.Functions.tick/status')
      .upload(text, text.length);
    const host = await start('past', { SCHEDULE: yearly, WEBSITE_TIME_ZONE: 'UTC', TZ: 'UTC' });
    t.after(host.stop);
    const timer = await fired(host.line(firedLine));
    assert.equal(timer.isPastDue, true);
    assert.equal(timer.scheduleStatus?.next, fires(-1));
    await host.stop();
    const stored = await storedStatus('past');
    assert.ok(Date.now() - Date.parse(stored['Last'] ?? '') < 60_000);
    assert.equal(stored['Next'], fires(0));

    const again = await start('past', { SCHEDULE: yearly, TZ: 'UTC', RUN_ON_STARTUP: 'true' });
    t.after(again.stop);
    assert.equal((await fired(again.line(firedLine))).isPastDue, false);
  });

  test('a timer without a past waits for its schedule, whose state is stored', async (t) => {
    const host = await start('new', { SCHEDULE: yearly, TZ: 'UTC' });
    t.after(host.stop);
    for (;;) {
      const stored = await storedStatus('new').catch(() => undefined);
      if (stored?.['Last'] === '0001-01-01T00:00:00') break;
    }
    await host.stop();
    assert.ok(!host.lines.some((line) => firedLine.test(line)));
  });

  test('of three hosts one fires', async (t) => {
    const environment = { SCHEDULE: '* * * * * *' };
    const hosts = await Promise.all([1, 2, 3].map(() => start('three', environment)));
    for (const host of hosts) t.after(host.stop);
    await Promise.any(hosts.map((host) => host.line(/\] fired .*"scheduleStatus":null/)));
    // Long enough for the others to fire too, if they would.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const firing = hosts.filter((host) => host.lines.some((line) => firedLine.test(line)));
    assert.equal(firing.length, 1);
  });

  /** Two instances of one app, who write down when they work. */
  function twoSingletons(lockId: string, container: ContainerClient) {
    const events: string[] = [];
    const told = new EventTarget();
    const tell = (event: string): void => {
      events.push(event);
      told.dispatchEvent(new Event('event'));
    };
    const create = (name: string) =>
      createSingleton(
        container,
        lockId,
        { start: async () => tell(`${name} starts`), stop: async () => tell(`${name} stops`) },
        { listenerLockPeriod: 15_000, listenerLockRecoveryPollingInterval: 100 },
        () => {},
      );
    const until = async (event: string): Promise<void> => {
      while (!events.includes(event)) await once(told, 'event');
    };
    return { a: create('a'), b: create('b'), events, until };
  }

  test('who leaves hands over', async () => {
    const { a, b, events, until } = twoSingletons('h/leaves.Listener', container);
    a.start();
    await until('a starts');
    b.start();
    await a.stop();
    await until('b starts');
    await b.stop();
    assert.deepEqual(events, ['a starts', 'a stops', 'b starts', 'b stops']);
  });

  test('who loses the lock stops at its next renewal, and asks again', async () => {
    const { a, b, events, until } = twoSingletons('h/lost.Listener', container);
    a.start();
    await until('a starts');
    // What a broken-off network does to a lease, without its 15 s.
    await container.getBlobClient('locks/h/lost.Listener').getBlobLeaseClient('').breakLease(0);
    b.start();
    await until('b starts');
    await until('a stops');
    await b.stop();
    await a.stop();
    assert.deepEqual(events.slice(0, 4), ['a starts', 'b starts', 'a stops', 'b stops']);
  });
});
