/**
 * What fifty clients cost a run that poll its progress: the built app under the local host, with
 * real storage and procedures that only take time. Each client asks once a second for
 * `/runs/{id}?view=progress` with the ETag it has, from a process of their own. Runs with and
 * without them take turns, so that whatever else the machine does falls on both.
 *
 * Prints medians and their ratio (goal: under 1.02), and what an answer costs of the worker's
 * processor time, which tells more on a busy machine.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startAzurite } from 'stand-in-kit/azurite';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { buildApp, startHost } from './host.ts';
import { catalog, period } from './plans.ts';
import type { LoadModel } from './time-model.ts';

const { clients, rounds } = commandLine({
  name: 'npm run bench:polls --',
  what: 'What clients cost a run that poll its progress.',
  options: {
    clients: { ...numberAboveZero('how many poll'), default: 50 },
    rounds: { ...numberAboveZero('runs with them, and as many without'), default: 5 },
  },
});

const everyMs = 1_000;
const model: LoadModel = { kind: 'fixed', ms: { export: 50, crude: 100, heap: 60 } };
const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

/** In the process of the clients: polls until it is told to stop, then says what it was answered. */
async function poll(url: string): Promise<void> {
  // Clients are on machines of their own: what they take of this one's processors is no cost of theirs.
  setPriority(constants.priority.PRIORITY_LOW);
  const stop = new AbortController();
  process.on('message', () => stop.abort());
  const statuses: Record<number, number> = {};
  let bytes = 0;
  const client = async (offsetMs: number) => {
    await sleep(offsetMs);
    let etag = '';
    while (!stop.signal.aborted) {
      const begun = performance.now();
      const reply = await fetch(url, { headers: { ...headers, 'if-none-match': etag } });
      bytes += (await reply.arrayBuffer()).byteLength;
      etag = reply.headers.get('etag') ?? '';
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      await sleep(Math.max(0, everyMs - (performance.now() - begun)));
    }
  };
  await Promise.all(
    Array.from({ length: clients }, (_, index) => client((index * everyMs) / clients)),
  );
  process.send?.({ statuses, bytes });
  process.disconnect();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare(): Promise<void> {
  await buildApp();
  const azurite = await startAzurite();
  const server = fork(fileURLToPath(new URL('sync-server.ts', import.meta.url)), [
    JSON.stringify(model),
  ]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const addresses = catalog.databases.map(({ id, connection }) => [
    connection,
    `Server=127.0.0.1,${port};Database=${id};User Id=bench;Password=bench;Encrypt=false`,
  ]);
  const host = await startHost(azurite.connectionString, Object.fromEntries(addresses));
  const polls = { answers: 0, cpuSeconds: 0 };
  /** Milliseconds of the run, from its begin to its end by its own record. */
  const run = async (isPolled: boolean): Promise<number> => {
    const cpuBefore = host.cpuSeconds();
    const body = { user: 'bench', code: '0c10', ...period };
    const started = await fetch(`${host.url}/data_source_sync`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (started.status !== 202) throw new Error(`${started.status}: ${await started.text()}`);
    const path = started.headers.get('location') ?? '';
    const polling = isPolled
      ? fork(fileURLToPath(import.meta.url), ['--clients', String(clients)], {
          env: { ...process.env, POLLED_URL: `${host.url}${path}?view=progress` },
        })
      : undefined;
    const said = polling && once(polling, 'message');
    for (;;) {
      await sleep(500);
      const { state, startedAt, endedAt } = JSON.parse(await host.get(`${path}?view=progress`));
      if (endedAt === undefined) continue;
      if (state !== 'succeeded') throw new Error(`the run ended ${state}`);
      polling?.send('stop');
      const [answers] = (await said) ?? [];
      // The processor time is told once a second.
      await sleep(1_500);
      polls.cpuSeconds += (isPolled ? 1 : -1) * (host.cpuSeconds() - cpuBefore);
      if (answers !== undefined) {
        console.log(`  answers ${JSON.stringify(answers)}`);
        const { statuses } = answers as { statuses: Record<number, number> };
        polls.answers += Object.values(statuses).reduce((sum, count) => sum + count, 0);
      }
      return Date.parse(endedAt) - Date.parse(startedAt);
    }
  };
  try {
    await run(true); // code, connections and emulator are warm then
    Object.assign(polls, { answers: 0, cpuSeconds: 0 });
    const alone: number[] = [];
    const polled: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await run(false));
      polled.push(await run(true));
    }
    const [a, b] = [median(alone), median(polled)];
    console.log(
      `0c10: ${a} ms alone, ${b} ms while ${clients} poll, ratio ${(b / a).toFixed(3)} (${alone.join(', ')} against ${polled.join(', ')})`,
    );
    const cpuMs = (polls.cpuSeconds * 1_000) / polls.answers;
    console.log(`an answer takes ${cpuMs.toFixed(2)} ms of the worker's processor time`);
  } finally {
    await host.close();
    server.disconnect();
    await azurite.close();
  }
}

const url = process.env['POLLED_URL'];
await (url === undefined ? compare() : poll(url));
