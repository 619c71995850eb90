/**
 * V8's code cache of the built app's chunks, made by playing what a worker does that wakes up, on
 * real storage. It is of the Node that builds, and of machines of its kind (`chunk-loader.ts`).
 */

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startHostProcess } from 'functions-host/testing/host-process';
import { startAzurite } from 'stand-in-kit/azurite';
import sample from '../../local.settings.sample.json' with { type: 'json' };

const recorder = fileURLToPath(import.meta.resolve('./record-code-cache.ts'));

/** What the sample names may be there, and is left alone: nothing listens on port 1. */
const settings = Object.fromEntries(
  Object.entries(sample.Values).map(([name, value]) => [
    name,
    value.replace(/127\.0\.0\.1[:,]\d+/g, (address) => address.replace(/\d+$/, '1')),
  ]),
);

/**
 * @param app an absolute path of a folder that `packageApp` has written
 * @param chunks names of the files that it has written there
 * @throws Error for an app that does not start, or does not answer as it should
 */
export async function makeCodeCache(app: string, chunks: readonly string[]): Promise<void> {
  const azurite = await startAzurite();
  try {
    const environment = {
      ...settings,
      AzureWebJobsStorage: azurite.connectionString,
      RECORDED_APP: app,
      RECORDED_CHUNKS: chunks.join(' '),
    };
    const host = await startHostProcess(app, environment, ['--import', recorder]);
    try {
      if (!host.ready) throw new Error(`The app does not start:\n${host.lines.join('\n')}`);
      await use(host.url);
      host.process.send('record');
      const recorded = once(host.process, 'message').then(([message]) => message as unknown);
      const heard = await Promise.race([recorded, host.exited]);
      if (heard !== 'recorded') throw new Error(`No code cache:\n${host.lines.join('\n')}`);
    } finally {
      // The sync that it has begun is of no use to anybody.
      host.process.kill('SIGKILL');
      await host.exited;
    }
  } finally {
    await azurite.close();
  }
}

/** What callers ask for first: what is there, what goes on, and a sync. */
async function use(url: string): Promise<void> {
  const headers = { Authorization: 'Bearer demo-token', 'Content-Type': 'application/json' };
  const ask = async (path: string, body?: object): Promise<Response> => {
    const init = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { headers, ...init });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const [code] = Object.keys((await (await ask('/valid_codes')).json()) as object);
  await ask('/overview');
  await ask('/data_source_sync', { user: 'build', code, month: 1, year: 2026 });
}
