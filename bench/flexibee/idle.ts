/** What a poll costs that finds nothing new: requests, counted in this process, and milliseconds. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { poll } from '../../shared/flexibee/follow.ts';
import { type Following, follow, type Place } from './following.ts';
import { load, median, quantile, startSystems } from './systems.ts';

const polls = 200;
const never = new AbortController().signal;

/** Requests that `work` makes, by what they are. */
async function requestsOf(place: Place, work: () => Promise<void>): Promise<string[]> {
  const requests: string[] = [];
  const flexibee = new URL(place.flexibeeUrl).host;
  const count = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const isFlexibee = request.getHeader('host') === flexibee;
    const path = request.path.replace(/^\/devstoreaccount1/, '');
    requests.push(`${isFlexibee ? 'FlexiBee' : 'storage'}: ${request.method} ${path}`);
  };
  subscribe('http.client.request.start', count);
  await work();
  unsubscribe('http.client.request.start', count);
  return requests;
}

async function once({ context }: Following, expected: string): Promise<void> {
  const outcome = await poll(context, { waitForLockMs: 0 }, never);
  if (outcome !== expected) throw new Error(`the poll ended with ${outcome}, not ${expected}`);
}

export async function benchIdle(): Promise<void> {
  const systems = await startSystems();
  const place: Place = {
    flexibeeUrl: systems.flexibee.url,
    sqlServer: systems.sqlServer,
    storage: systems.azurite.connectionString,
    company: 'c1',
    leaseSeconds: 60,
  };
  const following = await follow(place);
  const other = await follow(place);
  try {
    await once(following, 'applied');
    await systems.flexibee.bulk('c1', { changes: 1_000 });
    await once(following, 'applied');
    const idle = await requestsOf(place, () => once(following, 'idle'));
    const first = await requestsOf(place, () => once(other, 'idle'));
    const ms: number[] = [];
    for (let index = 0; index < polls; index += 1) {
      const begun = performance.now();
      await once(following, 'idle');
      ms.push(performance.now() - begun);
    }
    console.log(`an idle poll:\n  ${idle.join('\n  ')}`);
    console.log(`the first one of another process:\n  ${first.join('\n  ')}`);
    console.log(
      `${polls} idle polls: median ${median(ms).toFixed(1)} ms, 95 % within ${quantile(ms, 0.95).toFixed(1)} ms (${load()})`,
    );
    const storage = idle.filter((request) => request.startsWith('storage')).length;
    if (storage > 2 || idle.length - storage !== 1) process.exitCode = 1;
  } finally {
    await following.close();
    await other.close();
    await systems.close();
  }
}
