/**
 * Many companies at one server, followed by several workers: the timer fans out each minute. Some of
 * them have something new each minute.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from '../host.ts';
import { startApp } from './app.ts';
import { follow, mirrorDigest } from './following.ts';
import { load, median, quantile, type Systems, startSystems } from './systems.ts';

const rounds = 3;
/** Companies that something is written to in each round. */
const writers = 50;
const minuteMs = 60_000;

/** One, so that the first load is over soon: a poll asks for the changes of all at once anyway. */
const evidence = 'adresar';

const nextMinute = () => sleep(minuteMs - (Date.now() % minuteMs));

async function firstLoad(systems: Systems, companies: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { counts } = await systems.flexibee.requests();
    if ((counts['list'] ?? 0) >= companies) return (performance.now() - begun) / 1000;
    await sleep(500);
  }
}

export async function benchCompanies(companies: number, workers: number): Promise<void> {
  await buildApp();
  const systems = await startSystems(companies);
  for (let number = 1; number <= companies; number += 1) {
    await systems.flexibee.bulk(`c${number}`, { changes: 20, records: 9 });
  }
  const app = await startApp(systems, { companies, workers, evidences: [evidence] });
  try {
    const loadSeconds = await firstLoad(systems, companies);
    console.log(`${companies} companies loaded in ${loadSeconds.toFixed(0)} s (${load()})`);
    await nextMinute();
    // What the first load has delayed is over with this round.
    await nextMinute();
    await systems.flexibee.clear();
    const before = app.hosts.map((host) => [host.cpuSeconds(), host.storageRequests()] as const);
    const written = new Set<string>();
    const begun = Date.now();
    for (let round = 0; round < rounds; round += 1) {
      for (let index = 0; index < writers; index += 1) {
        const company = `c${1 + Math.floor(Math.random() * companies)}`;
        written.add(company);
        await systems.flexibee.bulk(company, { changes: 20, records: 9 });
      }
      await nextMinute();
      console.log(`round ${round + 1} (${load()})`);
    }
    const ended = Date.now();
    const { times, mostAtOnce } = await systems.flexibee.requests();
    for (let round = 0; round < rounds; round += 1) {
      const from = begun + round * minuteMs;
      const firsts = Object.values(times).flatMap((all) => {
        const first = all.find((at) => at >= from && at < from + minuteMs);
        return first === undefined ? [] : [(first - from) / 1000];
      });
      console.log(
        `round ${round + 1}: ${firsts.length} companies polled, the first after ${quantile(firsts, 0).toFixed(1)} s, half within ${median(firsts).toFixed(1)} s, all within ${quantile(firsts, 1).toFixed(1)} s`,
      );
      if (firsts.length < companies) process.exitCode = 1;
    }
    const minutes = (ended - begun) / minuteMs;
    for (const [index, host] of app.hosts.entries()) {
      const [cpu = 0, requests = 0] = before[index] ?? [];
      console.log(
        `worker ${index + 1}: ${((host.cpuSeconds() - cpu) / minutes).toFixed(1)} s of processor time and ${Math.round((host.storageRequests() - requests) / minutes)} requests to storage a minute`,
      );
    }
    console.log(`most requests for one company's changes at once: ${mostAtOnce}`);
    if (mostAtOnce > 1) process.exitCode = 1;
    await nextMinute();
    await check(systems, written);
  } finally {
    await app.close();
    await systems.close();
  }
}

async function check(systems: Systems, companies: ReadonlySet<string>): Promise<void> {
  const place = { flexibeeUrl: systems.flexibee.url, sqlServer: systems.sqlServer };
  const storage = systems.azurite.connectionString;
  const { databases, close } = await follow({ ...place, storage, company: '', leaseSeconds: 60 });
  let wrong = 0;
  for (const company of companies) {
    const source = await systems.flexibee.digest(company);
    const mirror = await mirrorDigest(databases, company);
    if (source.records[evidence]?.sha256 !== mirror.records[evidence]?.sha256) wrong += 1;
  }
  await close();
  console.log(`${companies.size} companies written to; ${wrong} mirrors differ from their source`);
  if (wrong > 0) process.exitCode = 1;
}
