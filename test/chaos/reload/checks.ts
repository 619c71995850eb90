/** What must be so however the catalogue changed: by the documents, and by what the servers saw. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import type { App } from '../../../shared/app/app.ts';
import { parseCatalog } from '../../../shared/catalog/index.ts';
import type { Run } from '../../../shared/sync/run.ts';
import type { SeenCall } from '../../support/recorded-sql-server.ts';
import { catalogOf } from './catalog.ts';

/** Every number of a catalogue that stands in a text. */
export function numberIn(text: string): Set<string> {
  const found = text.matchAll(/revision (\d+)|"name": ?"rev",[^}]*?"value": ?(\d+)/g);
  return new Set(Array.from(found, ([, said, passed]) => said ?? passed ?? ''));
}

export function checkRuns(
  runs: readonly Run[],
  seen: readonly SeenCall[],
): { broken: string[]; used: number; passedOn: number } {
  const broken: string[] = [];
  const numbers = new Set<number>();
  const calls = Map.groupBy(
    seen.filter(({ text }) => text === 'dbo.sp_call'),
    ({ parameters }) => String(parameters['run']),
  );
  const other = [...calls.keys()].filter((id) => !runs.some((run) => run.id === id));
  if (other.length > 0) broken.push(`calls of nobody: ${other.join(', ')}`);
  for (const run of runs) {
    const own = calls.get(run.id) ?? [];
    const told = (text: string) => broken.push(`run ${run.id}: ${text}`);
    const [number, ...others] = new Set([
      ...own.map(({ parameters }) => Number(parameters['rev'])),
      ...run.stages.map(({ parameters }) =>
        Number(parameters.find(({ name }) => name === 'rev')?.value),
      ),
      ...(run.statements ?? []).map((sql) => Number(/\d+$/.exec(sql)?.[0])),
    ]);
    if (number === undefined || others.length > 0) {
      told(`mixes ${[number, ...others].join(', ')}`);
      continue;
    }
    numbers.add(number);
    const catalog = parseCatalog(catalogOf(number));
    if (run.catalog !== catalog.revision) told(`says ${run.catalog}, not ${catalog.revision}`);
    if (run.state !== 'succeeded') {
      told(`${run.state}: ${JSON.stringify(run.stages.map(({ id, error }) => [id, error]))}`);
    }
    if (run.takeOvers) told(`was taken over ${run.takeOvers} times: ${JSON.stringify(run.log)}`);
    if (own.length !== run.stages.length)
      told(`${own.length} calls of ${run.stages.length} stages`);
    const [call] = run.calls ?? [];
    // A whole source that waited has what it was asked for with and what is left of that.
    const wanted = call?.names.filter((name) => catalog.hasEntity(name));
    if (String(wanted) !== String(run.freshness.map(({ entity }) => entity))) {
      told(`has ${run.freshness.map(({ entity }) => entity)} in place of ${wanted}`);
    }
  }
  const passedOn = runs.filter(({ log }) =>
    log.some(({ text }) => /^The catalogue has changed \(planned with/.test(text)),
  );
  return { broken, used: numbers.size, passedOn: passedOn.length };
}

/** Each comes to have the last one, and says so. */
export async function checkWorkers(workers: readonly App[], last: number): Promise<string[]> {
  const { revision } = parseCatalog(catalogOf(last));
  const until = performance.now() + scaled(10_000);
  const broken: string[] = [];
  for (const [index, worker] of workers.entries()) {
    while (worker.current.catalog.revision !== revision && performance.now() < until) {
      await sleep(20);
    }
    const parts = await worker.current.health(AbortSignal.timeout(30_000));
    const part = parts.find((one) => one.part === 'catalog');
    if (part?.revision !== revision || part.state !== 'ok') {
      broken.push(`worker ${index + 1} has not come to ${revision}: ${JSON.stringify(part)}`);
    }
  }
  return broken;
}
