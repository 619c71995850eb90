/** From a write at FlexiBee to the row in the aggregate base, by web hook; and a burst of hooks. */

import { setTimeout as sleep } from 'node:timers/promises';
import { openCompany } from '../../shared/flexibee/client.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import { buildApp } from '../host.ts';
import { hookSecret, startApp } from './app.ts';
import { account, differences, evidences, follow, mirrorDigest } from './following.ts';
import { load, median, quantile, type Systems, startSystems } from './systems.ts';

const company = 'c1';
const tries = 30;
const burst = 1_000;
const atOnce = 50;
const lookMs = 10;
const never = new AbortController().signal;

const authorization = `Basic ${btoa(`${account.user}:${account.password}`)}`;

/** One record, as whoever works in FlexiBee; resolves when it is written there. */
async function write(systems: Systems, kod: string): Promise<void> {
  const response = await fetch(`${systems.flexibee.url}/c/${company}/adresar.json`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ winstrom: { adresar: [{ kod, nazev: `Firma ${kod}` }] } }),
  });
  if (response.status !== 201) throw new Error(await response.text());
}

type WireChange = { '@in-version': string };

/** Bodies of hooks that tell of one change each: the newest ones, oldest first. */
async function hookBodies(systems: Systems, count: number): Promise<string[]> {
  const get = async (query: string) => {
    const url = `${systems.flexibee.url}/c/${company}/changes.json?${query}`;
    const response = await fetch(url, { headers: { authorization } });
    const { winstrom } = (await response.json()) as {
      winstrom: { '@globalVersion': string; changes: WireChange[] };
    };
    return winstrom;
  };
  const globalVersion = Number((await get('limit=1'))['@globalVersion']);
  const { changes } = await get(`start=${Math.max(0, globalVersion - 2 * count)}&limit=1000`);
  return changes.slice(-count).map((change) =>
    JSON.stringify({
      winstrom: { '@globalVersion': change['@in-version'], changes: [change], next: 'none' },
    }),
  );
}

/** Milliseconds until the app has answered. */
async function deliver(url: string, body: string): Promise<{ ms: number; queued: boolean }> {
  const begun = performance.now();
  const headers = { 'content-type': 'application/json', 'x-fb-hook-seckey': hookSecret };
  const response = await fetch(url, { method: 'POST', headers, body });
  const { queued } = (await response.json()) as { queued: boolean };
  if (response.status !== 200) throw new Error(`a hook was answered with ${response.status}`);
  return { ms: performance.now() - begun, queued };
}

const distribution = (ms: readonly number[]) =>
  `median ${median(ms).toFixed(0)} ms, 95 % within ${quantile(ms, 0.95).toFixed(0)} ms, all within ${quantile(ms, 1).toFixed(0)} ms`;

export async function benchHook(): Promise<void> {
  await buildApp();
  const systems = await startSystems();
  // Only hooks have the company polled.
  const settings = { 'AzureWebJobs.clock.Disabled': 'true' };
  const app = await startApp(systems, { companies: 1, workers: 1, evidences, settings });
  const [host] = app.hosts;
  const url = `${host?.url}/flexibee/${company}/hook`;
  const place = { flexibeeUrl: systems.flexibee.url, sqlServer: systems.sqlServer };
  const storage = systems.azurite.connectionString;
  const following = await follow({ ...place, storage, company, leaseSeconds: 60 });
  const { databases, context } = following;
  const servers = new FlexibeeServers();
  const address = { origin: systems.flexibee.url, ...account, trustServerCertificate: false };
  const { hooks } = openCompany({ code: company, name: company, address }, servers);

  async function untilThere(kod: string): Promise<void> {
    const sql =
      'SELECT 1 AS found FROM crude.flexibee_record WHERE company = @company AND code = @code';
    const parameters = [
      { name: 'company', type: 'nvarchar(64)', value: company },
      { name: 'code', type: 'nvarchar(255)', value: kod },
    ] as const;
    while ((await databases.query('ab', sql, parameters, never)).length === 0) await sleep(lookMs);
  }

  try {
    // The first hook has the company loaded; what is written before that is in no journal.
    await hooks.register({ url, secret: hookSecret }, never);
    while ((await context.cursors.read(company, never))?.loads.length !== 0) await sleep(lookMs);
    await write(systems, 'FIRST');
    await untilThere('FIRST');
    const ms: number[] = [];
    for (let number = 0; number < tries; number += 1) {
      await sleep(500 + Math.random() * 1_500);
      await write(systems, `KOD${number}`);
      const written = performance.now();
      await untilThere(`KOD${number}`);
      ms.push(performance.now() - written);
    }
    console.log(`from the written record to the row: ${distribution(ms)} (${load()})`);
    if (quantile(ms, 1) > 3_000) process.exitCode = 1;

    for (const { id } of await hooks.list(never)) await hooks.remove(id, never);
    const single: number[] = [];
    for (let number = 0; number < tries; number += 1) {
      await write(systems, `ALONE${number}`);
      const [body = ''] = await hookBodies(systems, 1);
      single.push((await deliver(url, body)).ms);
      await untilThere(`ALONE${number}`);
    }
    console.log(`answer to a single hook: ${distribution(single)} (${load()})`);

    await systems.flexibee.bulk(company, { changes: burst, records: burst / 2 });
    const bodies = await hookBodies(systems, burst);
    await systems.flexibee.clear();
    const answers: { ms: number; queued: boolean }[] = [];
    const begun = performance.now();
    const senders = Array.from({ length: atOnce }, async () => {
      for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
        answers.push(await deliver(url, body));
      }
    });
    await Promise.all(senders);
    const seconds = (performance.now() - begun) / 1000;
    await sleep(5_000);
    const { counts } = await systems.flexibee.requests(company);
    const queued = answers.filter((answer) => answer.queued).length;
    console.log(
      `${answers.length} hooks in ${seconds.toFixed(1)} s, ${atOnce} at once: ${queued} messages queued, requests ${JSON.stringify(counts)}`,
    );
    console.log(`answers: ${distribution(answers.map((answer) => answer.ms))} (${load()})`);
    const faults = differences(
      await systems.flexibee.digest(company),
      await mirrorDigest(databases, company),
    );
    console.log(faults.length === 0 ? 'mirror and journal equal the source' : faults.join('; '));
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    servers.close();
    await following.close();
    await app.close();
    await systems.close();
  }
}
