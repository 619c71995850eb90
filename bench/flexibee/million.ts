/**
 * 1,000,000 changes, followed by a process that is killed twice on the way: how far its memory
 * grows, what a kill costs, and whether the mirror is the source afterwards.
 */

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from './follower.ts';
import { differences, type Following, follow, mirrorDigest, type Place } from './following.ts';
import { forkReady, load, type Systems, startSystems } from './systems.ts';

const company = 'c1';
const never = new AbortController().signal;
/** The shortest that a lease can live: what waits for a dead holder waits less. */
const leaseSeconds = 15;

interface Life {
  /** Killed, or to its end. */
  end: string;
  seconds: number;
  /** Megabytes: at the first sign of life, and the most. */
  rss: [first: number, most: number];
  heap: number;
}

async function live(place: Place, killAt?: () => Promise<void>): Promise<Life> {
  const begun = performance.now();
  const { child } = await forkReady<Message>('./follower.ts', [JSON.stringify(place)]);
  const exit = once(child, 'exit');
  let first = 0;
  let rss = 0;
  let heap = 0;
  let end = 'killed';
  child.on('message', (message: Message) => {
    if (message.type === 'end') end = message.outcome;
    if (message.type !== 'memory') return;
    if (first === 0) first = message.rss;
    rss = Math.max(rss, message.rss);
    heap = Math.max(heap, message.heapUsed);
  });
  if (killAt !== undefined) {
    await Promise.race([killAt(), exit]);
    child.kill('SIGKILL');
  }
  await exit;
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  const seconds = Math.round((performance.now() - begun) / 1000);
  return { end, seconds, rss: [mb(first), mb(rss)], heap: mb(heap) };
}

function nextVersion({ context }: Following): Promise<number> {
  return context.cursors.read(company, never).then((cursor) => cursor?.next ?? 0);
}

/** What has been done beyond the cursor, and will be done again. */
async function costOfKill(systems: Systems, following: Following): Promise<string> {
  // What the dead one has sent is applied first.
  await sleep(1_000);
  const next = await nextVersion(following);
  const [row] = await following.databases.query(
    'ab',
    `SELECT COUNT(*) AS applied FROM crude.flexibee_change WHERE company = @company AND version >= ${next}`,
    [{ name: 'company', type: 'nvarchar(64)', value: company }],
    never,
  );
  const paths = await systems.flexibee.latest();
  const startOf = (path: string) => Number(/changes\.json\?start=(\d+)/.exec(path)?.[1] ?? 0);
  const again = paths.slice(paths.findIndex((path) => startOf(path) >= next));
  const pages = again.filter((path) => startOf(path) >= next).length;
  return `killed at version ${next}: ${row?.['applied']} changes applied beyond the cursor, ${pages} pages and ${again.length - pages} requests for records to be made again`;
}

export async function benchMillion(changes: number): Promise<void> {
  const systems = await startSystems();
  const place: Place = {
    flexibeeUrl: systems.flexibee.url,
    sqlServer: systems.sqlServer,
    storage: systems.azurite.connectionString,
    company,
    leaseSeconds,
  };
  const following = await follow(place);
  try {
    console.log(`idle: ${JSON.stringify(await live(place))}`);
    await systems.flexibee.bulk(company, { changes });
    const { changes: all } = await systems.flexibee.digest(company);
    console.log(`${all.count} changes to catch up (${load()})`);
    // A random moment of the first and of the second half.
    for (const half of [0, 0.5]) {
      const share = half + Math.random() * 0.4 + 0.05;
      const life = await live(place, async () => {
        while ((await nextVersion(following)) < share * changes) await sleep(500);
        await sleep(Math.random() * 3_000);
      });
      console.log(`${JSON.stringify(life)}\n  ${await costOfKill(systems, following)}`);
    }
    console.log(JSON.stringify(await live(place)));
    const faults = differences(
      await systems.flexibee.digest(company),
      await mirrorDigest(following.databases, company),
    );
    console.log(
      faults.length === 0 ? 'mirror and journal equal the source' : `FAULTS: ${faults.join('; ')}`,
    );
    console.log(JSON.stringify((await systems.flexibee.requests()).counts), load());
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await following.close();
    await systems.close();
  }
}
