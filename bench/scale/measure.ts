/**
 * Requests to storage, counted: a worker that follows companies with nothing new for some minutes,
 * and a run of one source. What is counted goes into the simulation.
 */

import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAzurite } from 'stand-in-kit/azurite';
import { startApp } from '../flexibee/app.ts';
import { load, startSystems } from '../flexibee/systems.ts';
import { buildApp } from '../host.ts';
import { wholeOf } from '../plans.ts';
import { startBench } from '../sync-world.ts';
import { costOf, kindOf, ownerOf, type StorageRequest } from './storage-requests.ts';

const minuteMs = 60_000;

/** What was asked, whichever company, run or version it was about. */
function shapeOf({ method, path }: StorageRequest): string {
  const [place = '', query = ''] = path.split('?');
  const asked = new URLSearchParams(query);
  const kept = ['comp', 'restype', 'prefix'].flatMap((key) =>
    asked.has(key) ? [`${key}=${asked.get(key)}`] : [],
  );
  const named = place
    .replace(/\/c\d+(?=\.|$)/g, '/{company}')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27,}/g, '{id}');
  return `${method} ${named} ${kept.join(' ')}`;
}

function table(requests: readonly StorageRequest[], per: number, unit: string): void {
  const counts = new Map<string, number>();
  for (const request of requests) {
    const row = `${ownerOf(request)}: ${kindOf(request)}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  for (const [row, count] of [...counts].sort()) {
    console.log(`  ${row.padEnd(28)} ${(count / per).toFixed(2).padStart(9)} ${unit}`);
  }
}

async function measureCompanies(companies: number, minutes: number): Promise<void> {
  const systems = await startSystems(companies);
  const app = await startApp(systems, { companies, workers: 1, evidences: ['adresar'] });
  const [host] = app.hosts;
  try {
    for (;;) {
      const { counts } = await systems.flexibee.requests();
      if ((counts['list'] ?? 0) >= companies) break;
      await sleep(500);
    }
    await sleep(minuteMs - (Date.now() % minuteMs) + minuteMs);
    const before = host?.requests().length ?? 0;
    const cpu = host?.cpuSeconds() ?? 0;
    await sleep(minutes * minuteMs);
    const requests = host?.requests().slice(before) ?? [];
    console.log(
      `${companies} companies with nothing new, a minute of one worker (${load()}), ${(((host?.cpuSeconds() ?? 0) - cpu) / minutes).toFixed(1)} s of processor time:`,
    );
    table(requests, minutes, 'a minute');
    console.log('of these, most often:');
    const shapes = Map.groupBy(requests, shapeOf);
    const often = [...shapes].sort(([, one], [, other]) => other.length - one.length).slice(0, 40);
    for (const [shape, { length }] of often) {
      console.log(`  ${(length / minutes).toFixed(2).padStart(9)} ${shape}`);
    }
  } finally {
    await app.close();
    await systems.close();
  }
}

async function measureRun(): Promise<void> {
  const azurite = await startAzurite();
  const bench = await startBench(azurite, { kind: 'fixed', ms: { export: 0, crude: 0, heap: 0 } });
  const requests: StorageRequest[] = [];
  const storage = new URL(
    /BlobEndpoint=([^;]+)/.exec(azurite.connectionString)?.[1] ?? 'http://none',
  );
  try {
    subscribe('http.client.request.start', (message) => {
      const { request } = message as { request: ClientRequest };
      if (request.getHeader('host') !== storage.host) return;
      const path = request.path.replace(/^\/devstoreaccount1/, '');
      requests.push({ method: request.method, path });
    });
    const { run } = await bench.ours(wholeOf(['0c10']));
    console.log(`a run of ${run.stages.length} stages that take no time:`);
    const counts: Partial<Record<ReturnType<typeof kindOf>, number>> = {};
    for (const request of requests) counts[kindOf(request)] = (counts[kindOf(request)] ?? 0) + 1;
    console.log(
      `  ${JSON.stringify(counts)}, ${(costOf(counts) * 1000).toFixed(3)} USD for 1,000 runs`,
    );
  } finally {
    await bench.close();
    await azurite.close();
  }
}

export async function measure(companies: number, minutes: number): Promise<void> {
  await buildApp();
  if (minutes > 1) await measureRun();
  await measureCompanies(companies, minutes);
}
